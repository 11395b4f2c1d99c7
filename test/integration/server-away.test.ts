/** Commands whose server cannot be reached: one sentence with the address and the reason, and the documented exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-away-'));
const rules = join(folder, 'rules.yaml');
let url = '';
beforeAll(async () => {
  writeFileSync(rules, 'rules: []\n');
  // A port that was free a moment ago.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS: readonly (readonly [exitCode: number, args: readonly string[]])[] = [
  [3, ['gate', 'checkout', '--against', '7d', '--cost', '1%']],
  [1, ['deploy-marker', '--function', 'checkout']],
  [1, ['sql', 'SELECT 1']],
  [1, ['sql', '--schema']],
  [1, ['sql', '--format', 'csv', 'SELECT 1']],
  [1, ['report', 'checkout']],
  [1, ['report', '--html', '-']],
  [1, ['mcp']],
  [1, ['export', 'parquet', '--to', join(folder, 'out')]],
  [1, ['rules', 'plan', rules]],
  [1, ['rules', 'apply', rules]],
  [1, ['rules', 'export']],
  [1, ['rules', 'release', '--owner', 'ci']],
];

test.each(COMMANDS)('exit code %i: %j', async (code, args) => {
  const environment = { THERMOCLINE_URL: url, THERMOCLINE_TOKEN: 't' };
  expect(await runCommand(folder, args, { environment })).toEqual({
    ...{ code, stdout: '', stderr: `Cannot reach ${url}: the connection was refused (ECONNREFUSED)\n` },
  });
});

test.each([
  ['thermocline.example.com', 'expected an address such as https://thermocline.example.com'],
  ['ftp://thermocline.example.com', 'expected an address such as'],
  ['https://ada:secret@thermocline.example.com', 'without user, password and query'],
  ['https://thermocline.example.com/?token=x', 'without user, password and query'],
])('--url %s is refused', async (given, message) => {
  const { code, stderr } = await runCommand(folder, ['sql', 'SELECT 1', '--url', given, '--token', 't']);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(stderr).not.toContain('secret');
});

test('a token that no header can have is refused without being printed', async () => {
  const { code, stderr } = await runCommand(folder, ['sql', 'SELECT 1', '--url', url, '--token', 'schlüssel…']);
  expect([code, stderr]).toEqual([
    1,
    '--token (THERMOCLINE_TOKEN): expected letters, digits and punctuation of ASCII, without blanks\n',
  ]);
});

describe('behind a proxy', () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url);
    if (request.url?.startsWith('/old/') === true) response.writeHead(301, { location: 'https://new.example/x' }).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"columns":["1"],"rows":[[1]],"truncated":null}');
  });
  let at = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(() => proxy.close());
  const sql = (path: string) => runCommand(folder, ['sql', 'SELECT 1', '--url', at + path, '--token', 't']);

  test.each(['/tools/thermocline', '/tools/thermocline/'])('the prefix of %s is kept', async (prefix) => {
    expect(await sql(prefix)).toEqual({ code: 0, stdout: '1\n1\n', stderr: '' });
    expect(asked.at(-1)).toBe('/tools/thermocline/api/v1/sql');
  });

  test('a redirection is not followed: the token is for this address', async () => {
    const stderr = `${at}/old redirects to https://new.example: give the address of the server itself\n`;
    expect(await sql('/old')).toEqual({ code: 1, stdout: '', stderr });
  });
});

test('a command on the data folder says that it does not use the address', async () => {
  const environment = { THERMOCLINE_URL: url, THERMOCLINE_TOKEN: 't' };
  const { code, stdout, stderr } = await runCommand(folder, ['token', 'list'], { environment });
  expect([code, stderr]).toEqual([0, `THERMOCLINE_URL is not used: this command works on the data folder ${folder}\n`]);
  expect(stdout).toMatch(/^ID +SCOPE/);
});
