/** Completion in genuine shells: bash always; zsh and fish where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { KEY_PLACEHOLDER, KIT_IDS, kits } from '../config/deploy-kits.ts';
import { assetPaths } from '../config/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function script(shell: string): Promise<string> {
  const { code, stdout } = await runCommand(folder, ['completion', shell]);
  expect(code).toBe(0);
  const file = join(folder, `thermocline.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe('bash', () => {
  /** What bash offers after the words, the last of which is being written. */
  const offers = async (...words: readonly string[]): Promise<readonly string[]> => {
    const file = await script('bash');
    const text = `source ${file}
COMP_WORDS=(thermocline ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_thermocline; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-euc', text], { encoding: 'utf8' })
      .split('\n')
      .filter((word) => word !== '');
  };

  test('commands, subcommands, options and their values', async () => {
    expect(await offers('ru')).toEqual(['rules']);
    expect(await offers('rules', '')).toEqual(
      expect.arrayContaining(['plan', 'apply', 'export', 'release', 'check', 'test']),
    );
    expect(await offers('rules', 'plan', '--pr')).toEqual(['--prune']);
    expect(await offers('rules', 'plan', '--owner', '')).toEqual([]);
    expect(await offers('gate', 'checkout', '--format', 'j')).toEqual(['json', 'junit']);
    expect(await offers('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
    expect(await offers('serve', '--p')).toEqual(['--port', '--public-url']);
    expect(await offers('connect', '')).toEqual(expect.arrayContaining([...KIT_IDS]));
    expect(await offers('connect', 'open')).toEqual(['opentelemetry']);
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  test('commands, subcommands, options and their values, with descriptions', async () => {
    const file = await script('fish');
    const offers = (line: string): readonly string[] =>
      execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], {
        encoding: 'utf8',
        env: { ...process.env, HOME: folder },
      })
        .split('\n')
        .filter((word) => word !== '');
    expect(offers('thermocline ru')).toEqual([expect.stringMatching(/^rules\tplan, apply/)]);
    expect(offers('thermocline rules pl')).toEqual([expect.stringMatching(/^plan\tshow what/)]);
    expect(offers('thermocline rules plan --pr')).toEqual([expect.stringMatching(/^--prune\t/)]);
    expect(offers('thermocline gate checkout --format j').map((one) => one.split('\t')[0])).toEqual(['json', 'junit']);
    expect(offers('thermocline connect ')).toEqual(expect.arrayContaining([...KIT_IDS]));
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  test('the script is sourced, and hands the words of each place to the completion', async () => {
    const file = await script('zsh');
    // Completion widgets run in a terminal only: their functions are replaced by ones that print what they are given.
    const text = `compdef() { }; _files() { print files }; compadd() { print -l -- \${@:#--} }
_describe() { print -l -- \${(P)2} }
source ${file}
offers() { words=(thermocline "$@"); CURRENT=$#words; _thermocline; print -- --- }
offers ru; offers rules pl; offers gate f --format j; offers rules plan --owner x; offers connect c`;
    const parts = execFileSync('zsh', ['-f', '-c', text], { encoding: 'utf8' }).split('---\n');
    expect(parts[0]).toMatch(/^rules:plan, apply/m);
    expect(parts[1]).toMatch(/^plan:show what applying/m);
    expect(parts[2]?.split('\n')).toEqual(['text', 'json', 'junit', 'markdown', '']);
    expect(parts[3]).toBe('files\n');
    expect(parts[4]?.split('\n')).toEqual(expect.arrayContaining([...KIT_IDS]));
  });
});

test('every kit is named by the help of connect', async () => {
  const made = kits(assetPaths.kits, { baseUrl: 'https://t.example.com', key: KEY_PLACEHOLDER }).map(({ id }) => id);
  expect(made).toEqual(KIT_IDS);
  const { stdout } = await runCommand(folder, ['connect', '--help']);
  const words = stdout.split(/[\s,"()]+/);
  expect(made.filter((id) => !words.includes(id))).toEqual([]);
  const unknown = await runCommand(folder, ['connect', 'opentelemtry']);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('Allowed choices are cloudformation, sam,'),
  ]);
});

test('another shell is refused with those that there are', async () => {
  const { code, stderr } = await runCommand(folder, ['completion', 'tcsh']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
});

describe('help', () => {
  test('lists commands in groups', async () => {
    const { stdout } = await runCommand(folder, ['--help']);
    const headings = [...stdout.matchAll(/^(\S.*):$/gm)].map((match) => match[1]);
    expect(headings).toEqual([
      'Options',
      'Run',
      'Connect AWS',
      'Data',
      'Pipelines and alerts',
      'Access',
      'Operate',
      'Settings and help',
    ]);
  });

  test.each([
    [['ruels', 'plan'], 'Did you mean rules?'],
    [['rules', 'aply'], 'Did you mean apply?'],
    [['rules', 'apply', '--prun'], 'Did you mean --prune?'],
    [['--prot', '9000'], 'Did you mean --port?'],
  ])('%j is answered with what was meant', async (args, sentence) => {
    const { code, stderr } = await runCommand(folder, args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });

  test('flags of serve take precedence over the environment, and errors name them', async () => {
    const environment = { THERMOCLINE_PORT: '1', THERMOCLINE_HOST: 'not a host' };
    const { code, stderr } = await runCommand(folder, ['serve', '--port', '80 80'], { environment });
    expect([code, stderr]).toEqual([
      2,
      'Invalid settings:\n' +
        'THERMOCLINE_HOST: expected an address or a host name\n' +
        '--port: expected a whole number from 0 to 65535 without a unit, got "80 80"\n',
    ]);
  });
});
