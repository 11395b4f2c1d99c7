/**
 * Acknowledged commits that a store has lost while it was stopped: each loss is reported with its range, and nothing is
 * started without the operator's decision. Copies of a store, restores and interrupted transactions are no losses.
 */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { readHighWater, writeHighWater } from '../../server/storage/sqlite/high-water.ts';
import { runCommand } from '../support/command.ts';
import { flipBit, overwrite } from '../support/damage.ts';
import { sendInvocations } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, startProduct, startServer } from '../support/product.ts';

const REQUESTS = 10;
const FRAME = 4096 + 24;
const folders = testFolders(memoryFolder);

/** Sends what `fillAll` sent, in one request. */
const fillAgain = (product: TestProduct) => sendInvocations(product, 0, REQUESTS * 20);

async function fillAll(product: TestProduct): Promise<void> {
  for (let n = 0; n < REQUESTS; n += 1) expect((await sendInvocations(product, n * 20)).status).toBe(200);
}

/** The files of a store whose process was killed: its acknowledged commits are in the write-ahead log. */
const crashed = folders.create();
/** The files of a store that was closed. */
const closed = folders.create();
/** The files of another store that was closed. */
const other = folders.create();

beforeAll(async () => {
  const product = await startProduct({ folder: folders.create() });
  await fillAll(product);
  cpSync(product.folder, crashed, { recursive: true });
  await product.close();
  cpSync(product.folder, closed, { recursive: true });
  const stranger = await startProduct({ folder: other });
  await sendInvocations(stranger, 1);
  await stranger.close();
});

/** Starts and stops the store. Returns the reason if it does not start. */
async function startOn(folder: string): Promise<string | null> {
  try {
    await (await startProduct({ folder })).close();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function rows(folder: string): number {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM invocation').pluck().get());
  } finally {
    db.close();
  }
}

/** Offset of a byte in the page of the frame at this share of the log. */
const inFrame = (wal: string, share: number): number =>
  32 + Math.floor(((statSync(wal).size - 32) / FRAME) * share) * FRAME + 700;

test.each([
  ['a bit of the first frame flipped', (wal: string) => flipBit(wal, inFrame(wal, 0))],
  ['a bit in the middle flipped', (wal: string) => flipBit(wal, inFrame(wal, 0.5))],
  ['a bit of the last frame flipped', (wal: string) => flipBit(wal, inFrame(wal, 0.999))],
  ['a bit of a frame header flipped', (wal: string) => flipBit(wal, inFrame(wal, 0.3) - 700 + 9)],
  ['cut in half', (wal: string) => truncateSync(wal, Math.floor(statSync(wal).size / 2))],
  ['cut by one byte', (wal: string) => truncateSync(wal, statSync(wal).size - 1)],
  ['the header zeroed', (wal: string) => overwrite(wal, 0, Buffer.alloc(32))],
  ['a bit of the header flipped', (wal: string) => flipBit(wal, 17)],
  ['garbage in the middle', (wal: string) => overwrite(wal, inFrame(wal, 0.4), Buffer.alloc(9000, 0xa7))],
  ['zeros in the middle', (wal: string) => overwrite(wal, inFrame(wal, 0.4), Buffer.alloc(9000))],
  ['garbage from start to end', (wal: string) => overwrite(wal, 0, Buffer.alloc(statSync(wal).size, 0xa7))],
  ['deleted', (wal: string) => rmSync(wal)],
  ['empty', (wal: string) => truncateSync(wal, 0)],
] as const)(
  'the write-ahead log is damaged (%s): the start names what is lost, and accept-loss continues',
  async (_name, spoil) => {
    const folder = folders.copyOf(crashed);
    spoil(join(folder, 'telemetry.db-wal'));
    // A killed process leaves this file; a backup of the folder may not.
    rmSync(join(folder, 'telemetry.db-shm'), { force: true });
    const before = readFileSync(join(folder, 'telemetry.db'));
    const reason = await startOn(folder);
    expect(reason).toMatch(
      /telemetry\.db lost acknowledged commits? \d+(?: to 10)?: its newest one is number \d of \d{4}-\d\d-.*Z, the last acknowledged one number 10 of .*restore.*accept-loss/,
    );
    expect(readFileSync(join(folder, 'telemetry.db')).equals(before)).toBe(true);
    const accepted = await runCommand(folder, ['accept-loss', '--yes']);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('lost acknowledged commit') });
    expect(readFileSync(join(folder, 'accepted-losses.jsonl'), 'utf8')).toContain('lost acknowledged commit');
    const product = await startProduct({ folder });
    expect((await fillAgain(product)).status).toBe(200);
    await product.close();
    expect(rows(folder)).toBe(REQUESTS * 20);
  },
);

test.each([
  ['in-use', ['in-use'], /telemetry\.db lost acknowledged commits \d+ to 10/],
  ['in-use and high-water', ['in-use', 'high-water'], /telemetry\.db lost what was committed after number \d/],
] as const)('damage of the log is reported although %s was deleted as well', async (_name, deleted, reason) => {
  const folder = folders.copyOf(crashed);
  flipBit(join(folder, 'telemetry.db-wal'), inFrame(join(folder, 'telemetry.db-wal'), 0.5));
  for (const name of deleted) rmSync(join(folder, name));
  expect(await startOn(folder)).toMatch(reason);
  expect((await runCommand(folder, ['accept-loss', '--yes'])).code).toBe(0);
  expect(await startOn(folder)).toBeNull();
});

test('a mark that is deleted or replaced while the server runs is written again', async () => {
  const product = await startProduct({ folder: folders.create() });
  await fillAll(product);
  const mark = join(product.folder, 'high-water');
  for (const replace of [() => rmSync(mark), () => copyFileSync(join(other, 'high-water'), `${mark}.copy`)]) {
    replace();
    if (existsSync(`${mark}.copy`)) renameSync(`${mark}.copy`, mark);
    await expect.poll(() => readHighWater(product.folder)).toMatchObject({ telemetry: { commits: REQUESTS } });
  }
  await sendInvocations(product, REQUESTS * 20);
  expect(readHighWater(product.folder)).toMatchObject({ telemetry: { commits: REQUESTS + 1 } });
  const killed = folders.copyOf(product.folder);
  await product.close();
  expect(await startOn(killed)).toBeNull();
});

test('the log is of another database: the start says that the file is damaged', async () => {
  const folder = folders.copyOf(crashed);
  copyFileSync(join(folder, 'control.db-wal'), join(folder, 'telemetry.db-wal'));
  expect(await startOn(folder)).toMatch(/is damaged/);
});

test('the log of control.db is deleted: each start says so', async () => {
  const folder = folders.copyOf(crashed);
  rmSync(join(folder, 'control.db-wal'));
  const reason = await startOn(folder);
  expect(reason).toMatch(/control\.db lost acknowledged commits? \d/);
  expect(await startOn(folder)).toBe(reason);
});

test('commits that no mark knows are missed if two or more follow the damage', async () => {
  const folder = folders.copyOf(crashed);
  // A mark as it is on disk after a power cut: up to a second old.
  const mark = join(folder, 'high-water');
  const db = new Database(join(folders.copyOf(closed), 'telemetry.db'));
  const id = String(db.prepare('SELECT id FROM store').pluck().get());
  db.close();
  rmSync(mark);
  writeHighWater(folder, { id, telemetry: { commits: 1, committedMs: 0 }, control: { commits: 1, committedMs: 0 } });
  flipBit(join(folder, 'telemetry.db-wal'), inFrame(join(folder, 'telemetry.db-wal'), 0.5));
  expect(await startOn(folder)).toMatch(
    /telemetry\.db lost what was committed after number \d.*is damaged after frame \d+/,
  );
});

test.each([
  ['nothing', () => undefined],
  ['half a frame after the last commit', (wal: string) => appendFileSync(wal, readFileSync(wal).subarray(32, 2000))],
  [
    'a transaction whose frames reached the disk in part',
    (wal: string) => {
      // The last frame again, as the commit of a transaction with a checksum that does not match.
      appendFileSync(wal, readFileSync(wal).subarray(-FRAME));
    },
  ],
] as const)('a crash left %s: the store starts, with all that was acknowledged', async (_name, spoil) => {
  const folder = folders.copyOf(crashed);
  spoil(join(folder, 'telemetry.db-wal'));
  expect(await startOn(folder)).toBeNull();
  expect(rows(folder)).toBe(REQUESTS * 20);
});

test('a moved or copied folder starts', async () => {
  expect(await startOn(folders.copyOf(closed))).toBeNull();
  expect(await startOn(folders.copyOf(crashed))).toBeNull();
});

test('the mark is missing or damaged: the start says that losses cannot be excluded', async () => {
  const missing = folders.copyOf(closed);
  rmSync(join(missing, 'high-water'));
  expect(await startOn(missing)).toMatch(/high-water.* is missing.*accept-loss/);
  expect((await runCommand(missing, ['accept-loss', '--yes'])).code).toBe(0);
  expect(await startOn(missing)).toBeNull();
  const garbled = folders.copyOf(closed);
  overwrite(join(garbled, 'high-water'), 0, Buffer.alloc(1024, 0xa7));
  expect(await startOn(garbled)).toMatch(/high-water.* cannot be read/);
  const half = folders.copyOf(closed);
  overwrite(join(half, 'high-water'), 5, Buffer.alloc(100, 0xa7));
  expect(await startOn(half)).toBeNull();
});

test.each([
  [
    'of another store',
    (folder: string) => copyFileSync(join(other, 'telemetry.db'), join(folder, 'telemetry.db')),
    /telemetry\.db is of another store: it has the id/,
  ],
  ['of another program', (folder: string) => foreign(folder, 0), /not a database of Thermocline: it has no schema/],
  [
    'of another program with a version',
    (folder: string) => foreign(folder, 5),
    /telemetry\.db is of another store, or older/,
  ],
  ['empty of tables', (folder: string) => foreign(folder, 0, ''), /not a database of Thermocline: it has no schema/],
  ['older than the last stop', (folder: string) => older(folder), /telemetry\.db lost acknowledged commits 1 to 10/],
  [
    'of another store (control)',
    (folder: string) => copyFileSync(join(other, 'control.db'), join(folder, 'control.db')),
    /control\.db is of another store/,
  ],
] as const)('a database file is %s: the start says so and changes nothing', async (_name, spoil, reason) => {
  const folder = folders.copyOf(closed);
  spoil(folder);
  const before = readFileSync(join(folder, 'telemetry.db'));
  expect(await startOn(folder)).toMatch(reason);
  expect(readFileSync(join(folder, 'telemetry.db')).equals(before)).toBe(true);
  if (!reason.source.includes('lost')) {
    const refused = await runCommand(folder, ['accept-loss', '--yes']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('set-aside') });
  }
  const file = reason.source.startsWith('control') ? 'control' : 'telemetry';
  expect((await runCommand(folder, ['set-aside', file, '--yes'])).code).toBe(0);
  expect(await startOn(folder)).toBeNull();
});

function foreign(folder: string, version: number, sql = 'CREATE TABLE notes (text TEXT)'): void {
  const path = join(folder, 'telemetry.db');
  rmSync(path);
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(`${sql}; PRAGMA user_version = ${version}`);
  db.exec('CREATE TABLE IF NOT EXISTS t (a); DROP TABLE t');
  db.close();
}

/** Puts the telemetry of before the first commit in place. */
function older(folder: string): void {
  const db = new Database(join(folder, 'telemetry.db'));
  db.exec('UPDATE store SET commits = 0, committed_ms = 0; DELETE FROM invocation');
  db.close();
}

test('a backup that is older than the mark starts after a restore, of both files or one', async () => {
  const product = await startProduct({ folder: folders.create() });
  await sendInvocations(product, 1);
  await product.json('/api/v1/backups', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  await expect
    .poll(async () => (await product.json<{ running: unknown; items: unknown[] }>('/api/v1/backups')).items.length)
    .toBe(1);
  await fillAll(product);
  await product.close();
  for (const only of [['--only', 'telemetry'], []]) {
    expect((await runCommand(product.folder, ['restore', '--yes', ...only])).code).toBe(0);
    expect(await startOn(product.folder)).toBeNull();
  }
});

test('the server stays in maintenance mode with the reason in its log', async () => {
  const folder = folders.copyOf(crashed);
  rmSync(join(folder, 'telemetry.db-wal'));
  const server = await startServer(folder, {}, { ready: /maintenance mode at (http:\/\/[^\s:]+:\d+)/ });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  await expect.poll(() => server.output()).toMatch(/telemetry\.db lost acknowledged commits 1 to 10/);
  expect(await server.stop()).toBe(3);
});
