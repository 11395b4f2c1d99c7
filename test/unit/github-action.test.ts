import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../server/cli/program.ts';
import { runCommand } from '../support/command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'action-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ACTION = parse(readFileSync('deploy/github-action/action.yml', 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly { readonly env: Readonly<Record<string, string>> }[] };
};
const [STEP] = ACTION.runs.steps;

/** Runs the script with these inputs. In the place of npx is one that writes what it was given, and ends with the code of the function. */
function runAction(inputs: Readonly<Record<string, string>>, codes: Readonly<Record<string, number>> = {}) {
  const [summary, output, calls] = ['summary', 'output', 'calls'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [summary, output, calls]) writeFileSync(path, '');
  const cases = Object.entries(codes).map(([name, code]) => `${name}) exit ${code};;`);
  const install = codes['install'] ?? 0;
  const stub = `#!/bin/bash\n[ "$4" != --version ] || exit ${install}\nprintf '%s\\n' "$(printf '[%s]' "$@")" >> ${calls}\nname=\${!#}\necho "about $name"\ncase "$name" in ${cases.join(' ')} esac\n`;
  writeFileSync(join(folder, 'npx'), stub, { mode: 0o755 });
  const github: Readonly<Record<string, string>> = {
    ...{ 'github.server_url': 'https://github.com', 'github.repository': 'acme/shop', 'github.sha': '9f2c1d7' },
    ...Object.fromEntries(
      Object.entries(ACTION.inputs).map(([name, one]) => [`inputs.${name}`, inputs[name] ?? one.default ?? '']),
    ),
  };
  const env = Object.entries(STEP?.env ?? {}).map(([name, text]) => [
    name,
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, key: string) => github[key] ?? `unknown ${key}`),
  ]);
  const runner = {
    ...{ GITHUB_SHA: '9f2c1d7', GITHUB_ACTOR: 'ada', GITHUB_RUN_ID: '81', GITHUB_RUN_ATTEMPT: '2' },
    ...{ GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output, PATH: `${folder}:/usr/bin:/bin` },
  };
  return new Promise<{ code: number; calls: string[]; summary: string; output: string; err: string }>((resolve) => {
    execFile(
      'bash',
      ['deploy/github-action/run.sh'],
      { env: { ...Object.fromEntries(env), ...runner } },
      (error, _, err) => {
        const read = (path: string): string => readFileSync(path, 'utf8');
        resolve({
          ...{
            code: typeof error?.code === 'number' ? error.code : 0,
            err,
            calls: read(calls).split('\n').filter(Boolean),
          },
          ...{ summary: read(summary), output: read(output) },
        });
      },
    );
  });
}

/** Runs the command line against a server that answers nothing: which function the request names, and with which token. */
async function asked(args: readonly string[]): Promise<readonly unknown[]> {
  const requests: unknown[][] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray()).toString('utf8');
      const name =
        body === ''
          ? new URL(request.url ?? '', 'http://x').searchParams.get('function')
          : (JSON.parse(body) as { functions: readonly string[] }).functions.join();
      requests.push([name, request.headers.authorization]);
      response.writeHead(404).end('{}');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const environment = { THERMOCLINE_URL: `http://127.0.0.1:${port}`, THERMOCLINE_TOKEN: 'x' };
  await runCommand(folder, args, { environment });
  await new Promise((resolve) => server.close(resolve));
  return requests.flat();
}

const SERVER = { url: 'https://t.example.com', token: 'x' };
const NPX = '[--yes][--package=thermocline][thermocline]';

test('marker: reports the commit, its author and the functions, with an id of this attempt of the run', async () => {
  const { code, calls } = await runAction({
    ...SERVER,
    step: 'marker',
    functions: ' checkout\n\n orders-* \n',
    version: '43',
  });
  expect([code, calls.length]).toEqual([0, 1]);
  expect(calls[0]).toMatch(/\[--id\]\[github-81-2-[0-9a-f]{12}\]/);
  expect(calls[0]?.replace(/\[--id\]\[[^\]]*\]/, '')).toBe(
    `${NPX}[deploy-marker][--commit][9f2c1d7][--author][ada][--link][https://github.com/acme/shop/commit/9f2c1d7]` +
      '[--function-version][43][--function=checkout][--function=orders-*]',
  );
});

test('marker without functions concerns all of them', async () => {
  const { calls } = await runAction({ ...SERVER, step: 'marker' });
  expect(calls[0]).not.toContain('--function');
});

const gate = (functions: string, codes: Readonly<Record<string, number>>, more = {}) =>
  runAction({ ...SERVER, step: 'gate', functions, ...more }, codes);

test('gate: asks about each function with all limits, and writes the summary', async () => {
  const { code, calls, summary, output } = await gate(
    'a\nb',
    {},
    { 'max-regression': 'p95=20%\nerrors=1%', wait: '4h' },
  );
  const call = (name: string) =>
    `${NPX}[gate][--since-deploy][--commit][9f2c1d7][--max-regression][p95=20%][--max-regression][errors=1%][--wait][4h][--format][markdown][--][${name}]`;
  expect([code, calls, summary, output]).toEqual([0, [call('a'), call('b')], 'about a\nabout b\n', 'outcome=fine\n']);
});

test.each([
  [{ a: 1 }, 1, 'outcome=worse\n'],
  [{ a: 1, b: 2 }, 1, 'outcome=worse\n'],
  [{ b: 2 }, 0, 'outcome=open\n'],
  [{ a: 3 }, 3, ''],
])('gate with exit codes %o ends with %i', async (codes, expected, written) => {
  const { code, output } = await gate('a\nb', codes);
  expect([code, output]).toEqual([expected, written]);
});

test.each([
  [{ step: 'deploy' }, 'step: expected marker or gate, not deploy'],
  [{ step: 'gate' }, 'functions: expected at least one name or id'],
])('%o is an error', async (inputs, message) => {
  const { code, calls, err } = await runAction({ ...SERVER, ...inputs });
  expect([code, calls, err]).toEqual([1, [], `::error::${message}\n`]);
});

test.each(['marker', 'gate'])('%s: a command line that cannot be installed is no regression', async (step) => {
  const { code, calls, output, err } = await runAction({ ...SERVER, step, functions: 'a' }, { install: 1 });
  expect([code, calls, output]).toEqual([3, [], '']);
  expect(err).toContain('::error::The command line of Thermocline cannot be installed');
});

test('what an input contains is never run', async () => {
  const hostile = '$(touch pwned); `touch pwned`';
  const { calls } = await runAction({ ...SERVER, step: 'marker', functions: hostile, version: hostile });
  expect(calls[0]).toContain(`[--function-version][${hostile}][--function=${hostile}]`);
});

test.each(['-x', '--help', '--token=stolen', '--output=/etc/passwd', '$(id)', 'a; b', '*', '~', '--'])(
  'the name %s is a name, no option, pattern or command',
  async (name) => {
    const marker = await runAction({ ...SERVER, step: 'marker', functions: name });
    expect(marker.calls[0]?.endsWith(`[--function=${name}]`)).toBe(true);
    const gated = await gate(name, {});
    expect(gated.calls[0]?.endsWith(`[--][${name}]`)).toBe(true);
    // As the command line reads what it was given: the name in the request, and no token of another.
    for (const call of [marker.calls[0], gated.calls[0]]) {
      const [, args = ''] = call?.split(`${NPX}[`) ?? [];
      const read = await asked(args.slice(0, -1).split(']['));
      expect(read).toEqual([name, 'Bearer x']);
    }
  },
);

test('the command line has every option that the action uses', async () => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const helpOf = async (command: string): Promise<string> => {
    said.mockClear();
    await run(['node', 'thermocline', command, '--help']);
    return said.mock.calls.map(([chunk]) => String(chunk)).join('');
  };
  const [marker, gated] = [
    await runAction({ ...SERVER, step: 'marker', functions: 'a', version: '1' }),
    await gate('a', {}, { wait: '1h' }),
  ];
  for (const [command, { calls }] of Object.entries({ 'deploy-marker': marker, gate: gated })) {
    const help = await helpOf(command);
    const options = [...(calls.at(-1)?.matchAll(/\[(--[a-z-]+)[\]=]/g) ?? [])].map(([, option]) => option).slice(2);
    expect(options.length).toBeGreaterThan(3);
    for (const option of options) expect(help).toContain(`  ${option} `);
  }
  said.mockRestore();
});
