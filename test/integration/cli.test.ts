/** The CLI, with and without a running server. What a process adds is tested with real ones: streams, exit codes, signals. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { invocation } from '../support/firehose.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startServer } from '../support/product.ts';

let folder: string;
beforeEach(() => {
  folder = memoryFolder();
});
afterEach(() => removeFolder(folder));

const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const events = [...invocation(1), ...invocation(2)];
const lines = events
  .map((event) => `${new Date(Number(event.timestamp)).toISOString()} ${STREAM} ${String(event.message).trimEnd()}`)
  .join('\n');

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const data = (): string => join(folder, 'data');

describe('import', () => {
  test.each<[string, string, () => string | Buffer]>([
    ['aws logs tail', 'tail.txt', () => lines],
    [
      'filter-log-events',
      'events.json',
      () =>
        JSON.stringify(
          {
            events: events.map((event) => ({
              logStreamName: STREAM,
              timestamp: event.timestamp,
              message: event.message,
              eventId: event.id,
            })),
          },
          null,
          2,
        ),
    ],
    [
      'NDJSON',
      'events.ndjson',
      () => events.map((event) => JSON.stringify({ logStreamName: STREAM, ...event })).join('\n'),
    ],
    [
      'an S3 export',
      `export/2026-11-20-[$LATEST]0123456789abcdef0123456789abcdef/000000.gz`,
      () => gzipSync(lines.replaceAll(`${STREAM} `, '')),
    ],
  ])('%s; a second import adds nothing', async (_name, name, content) => {
    const path = file(name, content());
    const first = await runCommand(data(), [
      'import',
      path,
      '--function',
      'orders',
      '--account',
      '111122223333',
      '--region',
      'eu-west-1',
    ]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('2 invocations of 1 function, 0 cold starts, 20 Nov 2026\n');
    expect(first.stdout).toContain('Log events: 4 stored, 0 already stored, 0 without telemetry, 0 dead letters.');
    expect(first.stdout).toContain(`Written to the folder ${data()}.`);
    const second = await runCommand(data(), [
      'import',
      path,
      '--function',
      'orders',
      '--account',
      '111122223333',
      '--region',
      'eu-west-1',
    ]);
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Log events: 0 stored, 4 already stored'),
    });
  });

  test('the four formats hold the same four events', async () => {
    const paths = [
      file('tail.txt', lines),
      file('events.ndjson', events.map((event) => JSON.stringify({ logStreamName: STREAM, ...event })).join('\n')),
    ];
    const both = await runCommand(data(), ['import', ...paths, '--function', 'orders']);
    // The invocations of both files are the same two.
    expect(both.stdout).toContain('2 invocations of 1 function');
    expect(both.stdout).toContain('Log events: 4 stored, 4 already stored');
  });

  test('imports standard input through the running server', async () => {
    const server = await startServer(data());
    const result = await runCli(data(), ['import', '-', '--function', 'orders'], { input: lines });
    expect(result.stdout).toContain('Log events: 4 stored, 0 already stored');
    expect(result.stdout).toContain(`Written to the server at ${server.url}.\nOpen ${server.url}\n`);
    const response = await fetch(`${server.url}/api/v1/functions?from=now-399d`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(((await response.json()) as { items: { name: string; invocations: number }[] }).items[0]).toMatchObject({
      name: 'orders',
      invocations: 2,
    });
    await server.stop();
  });

  test('an unreadable file gives an error message and exit code 1', async () => {
    expect(await runCommand(data(), ['import', join(folder, 'nowhere.txt')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no such file'),
    });
    expect(await runCommand(data(), ['import', file('broken.gz', Buffer.from('not gzip'))])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('broken.gz'),
    });
    const nothing = await runCommand(data(), ['import', file('letters.txt', 'dear sir\nmadam\n')]);
    expect(nothing.code).toBe(1);
    expect(nothing.stdout).toContain('Nothing was read');
    expect(nothing.stdout).toMatch(
      /2 lines not read:\n {2}2 × The line has no timestamp\. .*letters\.txt\)\n {6}such as: dear sir\n/,
    );
  });

  test('a bad file does not stop the others; each problem is named once', async () => {
    const truncated = gzipSync(lines, { level: 0 }).subarray(0, -20);
    const result = await runCommand(data(), [
      'import',
      join(folder, 'nowhere.txt'),
      file('archive.zip', Buffer.from('504b0304140000000800', 'hex')),
      file('cut.log', truncated),
      file('a/tail.txt', lines),
      join(folder, 'a', '*.json'),
      '--function',
      'orders',
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('nowhere.txt: no such file');
    expect(result.stderr).toContain('archive.zip: zip data. Expected text or JSON');
    expect(result.stderr).toMatch(/cut\.log: gzip is truncated at byte \d+/);
    expect(result.stderr).toContain('*.json: no file matches this pattern');
    expect(result.stdout).toContain('2 invocations of 1 function');
    expect(result.stdout).toContain('4 files could not be read completely');
  });

  test('a pattern and gzip without a name for it are read', async () => {
    file('logs/one', gzipSync(lines));
    const result = await runCommand(data(), ['import', join(folder, 'logs', '*'), '--function', 'orders']);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('2 invocations of 1 function') });
  });

  test('--dry-run reads and writes nothing', async () => {
    const result = await runCommand(data(), ['import', file('tail.txt', lines), '--function', 'orders', '--dry-run']);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('2 invocations of 1 function');
    expect(result.stdout).toContain(`Dry run: nothing was written. The import would write to the folder ${data()}.`);
    expect(existsSync(data())).toBe(false);
  });

  test('lines that name no function are refused with the flag that names it', async () => {
    const result = await runCommand(data(), ['import', file('tail.txt', lines)]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('tail.txt: the function is unknown. Add --function NAME');
    expect(result.stdout).toContain('Log events: 0 stored');
  });

  test('sends a large file in parts', async () => {
    // Of 6 MB: a part has 4.
    const many = Array.from({ length: 20_000 }, (_, n) =>
      invocation(n + 1)
        .map(
          (event) => `${new Date(Number(event.timestamp)).toISOString()} ${STREAM} ${String(event.message).trimEnd()}`,
        )
        .join('\n'),
    ).join('\n');
    const result = await runCommand(data(), ['import', file('large.txt', many), '--function', 'orders']);
    expect(result.stdout).toContain('20,000 invocations of 1 function');
    expect(result.stdout).toContain('Log events: 40,000 stored, 0 already stored');
  });
});

describe('demo', () => {
  test('fills the store; a second run adds nothing', async () => {
    const small = ['demo', '--functions', '4'];
    expect((await runCommand(data(), small)).stdout).toMatch(/simulated log events/);
    const server = await startServer(data());
    const status = async () =>
      (await (
        await fetch(`${server.url}/api/v1/ingest/status`, { headers: { authorization: `Bearer ${ADMIN}` } })
      ).json()) as { accepted: number; sources: { kind: string }[] };
    const before = await status();
    expect(before.accepted).toBeGreaterThan(10_000);
    expect(before.sources.map((source) => source.kind)).toContain('demo');
    await runCommand(data(), small);
    expect((await status()).accepted).toBe(before.accepted);
    await server.stop();
  });
});

describe('token', () => {
  test('creates, lists and revokes tokens, with and without a server', async () => {
    const alone = await runCommand(data(), ['token', 'create', 'firehose', '--scope', 'ingest']);
    expect(alone.stdout).toMatch(/^tc_ingest_[\w-]{32}\n$/);
    const server = await startServer(data());
    const live = await runCommand(data(), ['token', 'create', 'grafana', '--scope', 'read', '--expires-in-days', '90']);
    const ask = (token: string) =>
      fetch(`${server.url}/api/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask(live.stdout.trim())).status).toBe(200);
    const list = await runCommand(data(), ['token', 'list']);
    const id = /^(\w+)\s+read/m.exec(list.stdout)?.[1] ?? '';
    expect(list.stdout).not.toContain(live.stdout.trim());
    expect((await runCommand(data(), ['token', 'revoke', id])).code).toBe(0);
    expect((await ask(live.stdout.trim())).status).toBe(401);
    expect(await runCommand(data(), ['token', 'revoke', 'nothing'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Unknown or revoked token'),
    });
    await server.stop();
  });
});

describe('usage', () => {
  test('--help of the process', async () => {
    expect(await runCli(data(), ['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('import') });
  });

  test.each(['import', 'demo', 'token create', 'serve'])('%s --help', async (command) => {
    const result = await runCommand(data(), [...command.split(' '), '--help']);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Examples:');
  });

  test('wrong usage exits with 2; every invalid environment variable is named', async () => {
    expect((await runCommand(data(), ['nonsense'])).code).toBe(2);
    expect((await runCommand(data(), ['token', 'create', 'x', '--scope', 'root'])).code).toBe(2);
    const result = await runCli(data(), ['token', 'list'], {
      environment: { THERMOCLINE_PORT: 'x', THERMOCLINE_READERS: '0' },
    });
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/THERMOCLINE_PORT[\s\S]*THERMOCLINE_READERS/),
    });
  });
});

describe('serve', () => {
  test('a second server on the same data folder is rejected and the first keeps running', async () => {
    const first = await startServer(data());
    await expect(startServer(data())).rejects.toThrow(/in use/);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    await first.stop();
  });

  test('a port in use gives a clear error', async () => {
    const first = await startServer(data());
    const { port } = new URL(first.url);
    await expect(startServer(join(folder, 'other'), { THERMOCLINE_PORT: port })).rejects.toThrow(/is in use/);
    await first.stop();
  });

  test('the first start prints the token once; SIGTERM ends cleanly', async () => {
    const first = await startServer(data(), { THERMOCLINE_ADMIN_TOKEN: 'too-short' }).catch(() => null);
    expect(first).toBeNull();
    const { spawn } = await import('node:child_process');
    const start = () =>
      new Promise<{ text: string; code: number | null }>((resolve) => {
        const child = spawn(process.execPath, ['dist/main.js'], {
          env: { PATH: process.env['PATH'], THERMOCLINE_DATA: data(), THERMOCLINE_PORT: '0' },
        });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('Next:')) child.kill('SIGTERM');
        });
        child.once('close', (code) => resolve({ text, code }));
      });
    const one = await start();
    expect(one.text).toMatch(/Admin token \(shown only once\): {2}tc_admin_[\w-]{32}/);
    expect(one.code).toBe(0);
    expect((await start()).text).not.toContain('tc_admin_');
  });
});

describe('report', () => {
  test('reports on a function, and rejects an unknown function and wrong options', async () => {
    await runCommand(data(), ['import', file('tail.txt', lines), '--function', 'edge']);
    const printed = await runCommand(data(), ['report', 'edge', '--since', '8w']);
    expect(printed.code).toBe(0);
    expect(printed.stdout).toMatch(
      /^edge: insufficient data\n {2}\d+ warm, successful invocations in \d+ environments/,
    );
    const json = await runCommand(data(), ['report', 'edge', '--since', '8w', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ finding: 'insufficient-data' });
    const unknown = await runCommand(data(), ['report', 'nobody']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('Unknown function nobody');
    for (const wrong of [
      ['--since', 'yesterday'],
      ['--strategy', 'cheap'],
      ['--max-duration', '-3'],
    ]) {
      const refused = await runCommand(data(), ['report', 'edge', ...wrong]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(wrong[0]);
    }
  });
});

test.each([
  ['repot', "error: unknown command 'repot'\n(Did you mean report?)"],
  ['frobnicate', "error: unknown command 'frobnicate'\n(add --help for usage)"],
])('a misspelt command is named: %s', async (name, message) => {
  const { code, stderr } = await runCommand(data(), [name, 'checkout']);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
