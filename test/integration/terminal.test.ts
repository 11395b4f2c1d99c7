/** No command writes to a terminal what it would obey: names, messages, paths and arguments are text of others. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

/** Clears the screen, sets a title, writes to the clipboard, turns the direction. */
const EVIL = 'x\u001b[2J\u001b]0;t\u0007\u001b]52;c;eA==\u001b\\\u009b31m\u202e\u2066\u200f';
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
let folder = '';
let outside = '';
let server: RunningServer;

beforeAll(async () => {
  folder = temporaryFolder();
  outside = temporaryFolder();
  server = await startServer(folder, { THERMOCLINE_LOG_LEVEL: 'debug' });
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: EVIL, scope: 'read' }),
  });
  const at = new Date().toISOString();
  const report = `${at} REPORT RequestId: 3f1c0a5e-0000-4000-8000-000000000001\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
  await fetch(`${server.url}/ingest/logs?logStream=s&logGroup=${encodeURIComponent(`/aws/lambda/${EVIL}`)}`, {
    method: 'POST',
    headers,
    body: report,
  });
  writeFileSync(
    join(outside, 'rules.yaml'),
    `rules:\n  - id: ${JSON.stringify(EVIL)}\n    ${JSON.stringify(EVIL)}: 1\n`,
  );
  writeFileSync(join(outside, `log${EVIL.replaceAll('/', '')}.txt`), EVIL);
  mkdirSync(join(outside, `backup-${EVIL.replaceAll('/', '')}`));
  writeFileSync(join(outside, 'backup.json'), EVIL);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
  removeFolder(outside);
});

const evilPath = (): string => join(outside, `backup-${EVIL.replaceAll('/', '')}`);

test.each([
  ['an unknown command', () => [EVIL]],
  ['an unknown option', () => ['report', `--${EVIL}`]],
  ['an argument that is refused', () => ['token', 'create', 'x', '--scope', EVIL]],
  ['report of a name', () => ['report', EVIL]],
  ['report as JSON', () => ['report', EVIL, '--json']],
  ['token list', () => ['token', 'list']],
  ['token list as JSON', () => ['token', 'list', '--json']],
  ['token revoke', () => ['token', 'revoke', EVIL]],
  ['sign-in', () => ['sign-in', '--token', EVIL]],
  ['rules check', () => ['rules', 'check', join(outside, 'rules.yaml')]],
  ['rules check of a name', () => ['rules', 'check', evilPath()]],
  ['rules test', () => ['rules', 'test', evilPath()]],
  ['verify', () => ['verify', evilPath()]],
  ['restore', () => ['restore', evilPath(), '--yes']],
  ['import', () => ['import', join(outside, `log${EVIL.replaceAll('/', '')}.txt`)]],
  ['import of a missing file', () => ['import', `${evilPath()}/missing`]],
  ['import --undo', () => ['import', '--undo', EVIL]],
  ['import --list', () => ['import', '--list']],
  ['delete', () => ['delete', EVIL]],
  ['delete-lines', () => ['delete-lines', '--function', EVIL, '--request', EVIL, '--from', EVIL]],
  ['tail', () => ['tail', `${EVIL}x`]],
  ['inventory', () => ['inventory', '--from-file', evilPath()]],
  ['connect', () => ['connect', EVIL]],
  ['connect to an endpoint', () => ['connect', 'sam', '--endpoint', `https://${EVIL}`]],
  ['doctor', () => ['doctor', '--json']],
] as const)('%s', async (_name, args) => {
  const { stdout, stderr } = await runCommand(folder, args());
  expect(stdout.length + stderr.length).toBeGreaterThan(0);
  expect(stdout).not.toMatch(OBEYED);
  expect(stderr).not.toMatch(OBEYED);
});

test('backups, and settings that cannot be read', async () => {
  for (const environment of [
    { THERMOCLINE_BACKUP_FOLDER: evilPath() },
    { THERMOCLINE_HOST_NAMES: EVIL },
    { THERMOCLINE_LOG_LEVEL: EVIL },
    { [`THERMOCLINE_${EVIL}`]: 'x' },
  ] as Record<string, string>[]) {
    const { stdout, stderr } = await runCommand(folder, ['backups'], { environment });
    expect(stdout + stderr).not.toBe('');
    expect(stdout + stderr).not.toMatch(OBEYED);
  }
});

test('the log of a server', async () => {
  await fetch(`${server.url}/api/v1/functions/${encodeURIComponent(EVIL)}`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  expect(server.output()).not.toMatch(OBEYED);
});
