/** Starts that cannot work end at once, with one sentence that names the setting and what is expected. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { memoryFolder, removeFolder } from '../support/product.ts';

const main = new URL('../../dist/main.js', import.meta.url).pathname;
const folder = memoryFolder();
afterAll(() => removeFolder(folder));
const file = join(folder, 'file');
writeFileSync(file, 'x');

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly cpuSeconds: number;
}

/** Runs `serve` until it ends. CPU time includes that of the shell that prints it. */
function serve(environment: Record<string, string>, before = ''): Promise<Ended> {
  const child = spawn(
    '/bin/bash',
    ['-c', `${before} TIMEFORMAT='%U %S'; time "$@"`, 'bash', process.execPath, main, 'serve'],
    {
      env: { PATH: process.env['PATH'], THERMOCLINE_PORT: '0', THERMOCLINE_DATA: join(folder, 'data'), ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      const lines = text.trimEnd().split('\n');
      const cpuSeconds = (lines.pop() ?? '').split(' ').reduce((sum, part) => sum + Number(part), 0);
      resolve({ code, stderr: lines.filter((line) => !line.startsWith('{')).join('\n'), cpuSeconds });
    }),
  );
}

test.each([
  ['200 open files', {}, 'ulimit -n 200;', /^The limit of open files is 200; expected at least 256\. Raise it/],
  ['64 open files', {}, 'ulimit -n 64;', /^The limit of open files is 64; expected at least 256\. Raise it/],
  [
    'a file as the data folder',
    { THERMOCLINE_DATA: file },
    '',
    /^THERMOCLINE_DATA: expected a folder .*is not a folder/,
  ],
  ['below a file', { THERMOCLINE_DATA: join(file, 'x') }, '', /^THERMOCLINE_DATA: expected a folder /],
  ['/proc', { THERMOCLINE_DATA: '/proc/thermocline' }, '', /^THERMOCLINE_DATA: expected a folder .*is not on a disk/],
  ['/sys', { THERMOCLINE_DATA: '/sys/thermocline' }, '', /^THERMOCLINE_DATA: expected a folder .*is not on a disk/],
  ['a device', { THERMOCLINE_DATA: '/dev/null' }, '', /^THERMOCLINE_DATA: expected a folder .*is not a folder/],
  ['a number with a unit', { THERMOCLINE_MEMORY_MB: '256 MB' }, '', /THERMOCLINE_MEMORY_MB: expected a whole number/],
  ['a blank port', { THERMOCLINE_PORT: ' ' }, '', /THERMOCLINE_PORT: expected/],
  [
    'a certificate that is not there',
    { THERMOCLINE_CLICKHOUSE_CA: join(folder, 'none.pem') },
    '',
    /^THERMOCLINE_CLICKHOUSE_CA: expected a PEM file that can be read, but it cannot be read: ENOENT /,
  ],
  [
    'a folder in place of a certificate',
    { THERMOCLINE_CLICKHOUSE_CA: folder },
    '',
    /^THERMOCLINE_CLICKHOUSE_CA: expected a PEM file that can be read, but it cannot be read: EISDIR /,
  ],
  [
    'a file without a certificate',
    { THERMOCLINE_CLICKHOUSE_CA: file },
    '',
    /^THERMOCLINE_CLICKHOUSE_CA: expected a PEM file .*no -----BEGIN CERTIFICATE----- block/,
  ],
  [
    'a file as the folder of backups',
    { THERMOCLINE_BACKUP_FOLDER: file },
    '',
    /^THERMOCLINE_BACKUP_FOLDER: expected a folder of its own that can be written, but .*is not a folder/,
  ],
  ['backups below a file', { THERMOCLINE_BACKUP_FOLDER: join(file, 'x') }, '', /^THERMOCLINE_BACKUP_FOLDER: expected /],
  ['backups below /proc', { THERMOCLINE_BACKUP_FOLDER: '/proc/x' }, '', /^THERMOCLINE_BACKUP_FOLDER: .*not on a disk/],
  [
    'backups in the data folder itself',
    { THERMOCLINE_BACKUP_FOLDER: join(folder, 'data') },
    '',
    /^THERMOCLINE_BACKUP_FOLDER: .*it is THERMOCLINE_DATA/,
  ],
  [
    'no address of this machine',
    { THERMOCLINE_HOST: '192.0.2.1' },
    '',
    /^THERMOCLINE_HOST: expected an address of this machine, got 192\.0\.2\.1 /,
  ],
])('%s', async (_, environment, before, sentence) => {
  const { code, stderr, cpuSeconds } = await serve(environment, before);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).not.toBe(0);
  expect(cpuSeconds).toBeLessThan(1);
});
