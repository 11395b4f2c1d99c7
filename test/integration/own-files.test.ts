/** Links in the data folder lead nowhere, and the lock holds when its file is removed. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../server/storage/sqlite/lock.ts';
import { runCommand } from '../support/command.ts';
import { sendInvocations } from '../support/firehose.ts';
import { removeFolder, runCli, startProduct, startServer, temporaryFolder } from '../support/product.ts';

let folder = '';
let outside = '';
const victim = (): string => join(outside, 'victim');

beforeEach(() => {
  folder = temporaryFolder();
  outside = temporaryFolder();
  writeFileSync(victim(), 'untouched', { mode: 0o644 });
});
afterEach(() => {
  removeFolder(folder);
  removeFolder(outside);
});

test('server.json and ballast replace links at their paths, and their targets stay as they are', async () => {
  const names = ['server.json', 'server.json.new', 'ballast', 'ballast.new'];
  for (const name of names) symlinkSync(victim(), join(folder, name));
  const server = await startServer(folder, { THERMOCLINE_MIN_FREE_MB: '1' });
  try {
    await expect.poll(() => lstatSync(join(folder, 'ballast'), { throwIfNoEntry: false })?.isFile()).toBe(true);
    expect(lstatSync(join(folder, 'server.json')).isFile()).toBe(true);
    expect(lstatSync(join(folder, 'server.json')).mode & 0o777).toBe(0o600);
  } finally {
    await server.stop();
  }
  expect([readFileSync(victim(), 'utf8'), lstatSync(victim()).mode & 0o777]).toEqual(['untouched', 0o644]);
});

test('sums of pages are not written through links', async () => {
  const databases = ['telemetry.db', 'control.db'];
  for (const name of databases) symlinkSync(victim(), join(folder, `${name}-sums`));
  const product = await startProduct({ folder });
  await sendInvocations(product, 0);
  await product.close();
  expect([readFileSync(victim(), 'utf8'), lstatSync(victim()).mode & 0o777]).toEqual(['untouched', 0o644]);
  for (const name of databases) {
    const sums = lstatSync(join(folder, `${name}-sums`));
    expect([sums.isFile(), sums.mode & 0o777]).toEqual([true, 0o600]);
  }
});

test('server.json cannot be written: the server starts, says so, and stops when it is told to', async () => {
  mkdirSync(join(folder, 'server.json'));
  const server = await startServer(folder);
  // It is written in the background, while the server may be ready.
  await expect.poll(() => server.output()).toContain('server.json cannot be written');
  expect(await server.stop()).toBe(0);
});

test('a pipe in place of the high-water mark is reported, not waited for', async () => {
  await (await startProduct({ folder })).close();
  rmSync(join(folder, 'high-water'));
  spawnSync('mkfifo', [join(folder, 'high-water')]);
  await expect(startProduct({ folder })).rejects.toThrow('high-water');
});

test('a command does not read server.json through a link', async () => {
  const decoy = JSON.stringify({ url: 'http://127.0.0.1:1', token: 'x' });
  writeFileSync(join(outside, 'decoy.json'), decoy);
  symlinkSync(join(outside, 'decoy.json'), join(folder, 'server.json'));
  expect(await runCommand(folder, ['token', 'list'])).toMatchObject({ code: 0 });
});

test('backups neither write into, verify nor restore through links', async () => {
  expect(await runCommand(folder, ['backup'])).toMatchObject({ code: 0 });
  const [id = ''] = readdirSync(join(folder, 'backups'));
  const made = join(folder, 'backups', id);
  renameSync(made, join(outside, id));
  rmSync(join(folder, 'backups'), { recursive: true });
  symlinkSync(outside, join(folder, 'backups'));
  const before = readdirSync(outside).toSorted();
  const refused = await runCommand(folder, ['backup']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('is a link');
  expect(readdirSync(outside).toSorted()).toEqual(before);
  // A backup of which one file is a link.
  const linked = join(outside, 'backup-linked');
  mkdirSync(linked);
  for (const name of readdirSync(join(outside, id)))
    if (name === 'control.db') symlinkSync(join(outside, id, name), join(linked, name));
    else writeFileSync(join(linked, name), readFileSync(join(outside, id, name)));
  symlinkSync(join(outside, id), join(outside, 'backup-link'));
  for (const path of [linked, join(outside, 'backup-link')]) {
    expect(await runCommand(folder, ['verify', path])).toMatchObject({ code: 1 });
    expect(await runCommand(folder, ['restore', path, '--yes'])).toMatchObject({ code: 1 });
  }
  expect(await runCommand(folder, ['verify', join(outside, id)])).toMatchObject({ code: 0 });
});

test('files that commands write replace links', async () => {
  const truth = join(folder, 'truth.json');
  symlinkSync(victim(), truth);
  symlinkSync(victim(), join(outside, 'template.yaml'));
  expect(
    await runCommand(folder, ['connect', 'sam', '--endpoint', 'https://t.example', '--out', outside]),
  ).toMatchObject({
    code: expect.any(Number),
  });
  expect(readFileSync(victim(), 'utf8')).toBe('untouched');
});

test('a lock whose path is a link is refused', () => {
  symlinkSync(victim(), join(folder, 'lock.db'));
  expect(() => lockFolder(folder)).toThrow('is a link');
  expect(readFileSync(victim(), 'utf8')).toBe('untouched');
});

test('removing or replacing lock.db does not admit a second server', async () => {
  const server = await startServer(folder);
  const second = async (): Promise<string> =>
    (await runCli(folder, ['serve'], { environment: { THERMOCLINE_PORT: '0' } })).stderr;
  try {
    rmSync(join(folder, 'lock.db'));
    expect(await second()).toContain('in use');
    rmSync(join(folder, 'lock.db'), { force: true });
    // A first server that was paused for a moment still has its lock renewed before the second takes it.
    expect(await second()).toContain('in use');
    renameSync(join(folder, 'lock.db'), join(folder, 'lock.old'));
    expect(await second()).toContain('in use');
    await expect.poll(() => existsSync(join(folder, 'lock.db'))).toBe(true);
    // The first one stores nothing more until it is restarted, and says so.
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('no longer the file')]);
  } finally {
    expect(await server.stop()).toBe(0);
  }
  const next = await startServer(folder);
  await next.stop();
});
