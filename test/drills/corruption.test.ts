/**
 * Database files damaged while the server was down. The server never answers 200 with wrong data; it starts normally or in
 * maintenance mode with a reason, and deletes nothing.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { checkStore } from '../../server/storage/sqlite/maintenance/check.ts';
import { copyCrashed } from '../support/crash.ts';
import { figure } from '../support/drill.ts';
import { removeFolder, runCli, startServer, temporaryFolder } from '../support/product.ts';
import { Senders } from '../support/senders.ts';

const COPIES = Number(process.env['DRILL_COPIES'] ?? 60);
const GARBAGE_BYTES = 512;
const PAGE = 4096;
const origin = temporaryFolder();
const folders = [origin];
afterAll(() => folders.forEach(removeFolder));
/** Data folder as left by a crash, with a write-ahead log that was not checkpointed. */
const crashed = join(origin, 'crashed');
const clean = join(origin, 'clean');

beforeAll(async () => {
  const data = join(origin, 'data');
  // Of some thousand pages: a check reads all of them for each copy.
  expect((await runCli(data, ['demo', '--functions', '4'])).code).toBe(0);
  cpSync(data, clean, { recursive: true });
  const server = await startServer(data);
  const senders = new Senders(20);
  await copyCrashed(server, data, crashed, async () => {
    for (let n = 0; n < 20; n += 1) await senders.send(server.url);
  });
});

function copy(from: string): string {
  const folder = temporaryFolder();
  folders.push(folder);
  cpSync(from, folder, { recursive: true });
  return folder;
}

function garble(path: string, offset: number, random: Random, bytes = GARBAGE_BYTES): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from(Array.from({ length: bytes }, () => Math.floor(random.next() * 256))), 0, bytes, offset);
}

interface Outcome {
  readonly started: boolean;
  readonly answer: number;
}

/** Starts the server and sends one request. After a 200 the event must be stored after another start. */
async function startOn(folder: string): Promise<Outcome> {
  const before = new Set(readdirSync(folder).filter((name) => name.endsWith('.db')));
  const server = await startServer(folder, {}, { ready: /(?:ready|maintenance mode) at (http:\/\/[^\s:]+:\d+)/ });
  const started = !server.output().includes('maintenance mode');
  const senders = new Senders(20);
  const answer = (await senders.send(server.url)) ?? 0;
  if (!started) {
    expect(answer).toBe(503);
    await expect
      .poll(() => server.output())
      .toMatch(/(?:is damaged: |lost acknowledged commits? ).*thermocline restore/);
  }
  await server.stop();
  for (const name of before) expect(existsSync(join(folder, name)), `${name} is still there`).toBe(true);
  if (answer === 200) expect(senders.check(folder)).toMatchObject({ lost: 0 });
  return { started, answer };
}

test(`integrity check of ${COPIES} copies with ${GARBAGE_BYTES} bytes of garbage`, () => {
  const random = new Random(7);
  const size = statSync(join(clean, 'telemetry.db')).size;
  let seen = 0;
  let overTheHead = 0;
  let seenOverTheHead = 0;
  for (let n = 0; n < COPIES; n += 1) {
    const folder = copy(clean);
    const page = Math.floor(((n + random.next()) / COPIES) * (size / PAGE));
    // Every other copy is damaged in a page header, the rest anywhere.
    const head = n % 2 === 0;
    const offset = page * PAGE + (head ? (page === 0 ? 100 : 0) : Math.floor(random.next() * (PAGE - GARBAGE_BYTES)));
    garble(join(folder, 'telemetry.db'), Math.min(offset, size - GARBAGE_BYTES), random);
    const found = checkStore(folder).damage.length > 0;
    if (found) seen += 1;
    if (head) overTheHead += 1;
    if (head && found) seenOverTheHead += 1;
    rmSync(folder, { recursive: true });
  }
  figure(
    'damage',
    `${seen} of ${COPIES} damaged copies seen by the check; ${seenOverTheHead} of ${overTheHead} where the head of a page was hit`,
  );
  expect(seen).toBe(COPIES);
});

test.each([
  ['the header', (folder: string) => garble(join(folder, 'telemetry.db'), 0, new Random(1), 16)],
  ['the format version', (folder: string) => garble(join(folder, 'telemetry.db'), 18, new Random(2), 2)],
  ['the first page', (folder: string) => garble(join(folder, 'telemetry.db'), 100, new Random(3), 400)],
  [
    'cut in half',
    (folder: string) =>
      truncateSync(
        join(folder, 'telemetry.db'),
        Math.floor(statSync(join(folder, 'telemetry.db')).size / 2 / PAGE) * PAGE,
      ),
  ],
  ['truncated to zero bytes', (folder: string) => truncateSync(join(folder, 'telemetry.db'), 0)],
  ['deleted', (folder: string) => rmSync(join(folder, 'telemetry.db'))],
  ['the control file, deleted', (folder: string) => rmSync(join(folder, 'control.db'))],
  ['the control file', (folder: string) => garble(join(folder, 'control.db'), 0, new Random(4), 16)],
] as const)('%s: enters maintenance mode and modifies nothing', async (_name, spoil) => {
  const folder = copy(clean);
  spoil(folder);
  expect(await startOn(folder)).toEqual({ started: false, answer: 503 });
});

test.each([
  ['cut short', (wal: string) => truncateSync(wal, Math.floor(statSync(wal).size / 2))],
  ['with garbage at its end', (wal: string) => garble(wal, statSync(wal).size - GARBAGE_BYTES, new Random(5))],
  ['deleted', (wal: string) => rmSync(wal)],
  ['empty', (wal: string) => truncateSync(wal, 0)],
] as const)('the write-ahead log is %s: maintenance mode names the lost commits', async (_name, spoil) => {
  const folder = copy(crashed);
  expect(statSync(join(folder, 'telemetry.db-wal')).size).toBeGreaterThan(0);
  spoil(join(folder, 'telemetry.db-wal'));
  rmSync(join(folder, 'telemetry.db-shm'), { force: true });
  expect(await startOn(folder)).toEqual({ started: false, answer: 503 });
});

test('SQLite replays the write-ahead log of another database, and the integrity check detects the damage', async () => {
  const folder = copy(crashed);
  copyFileSync(join(folder, 'control.db-wal'), join(folder, 'telemetry.db-wal'));
  rmSync(join(folder, 'telemetry.db-shm'), { force: true });
  expect(await startOn(folder)).toEqual({ started: false, answer: 503 });
});

test('the server starts if the shared-memory file is garbage', async () => {
  const folder = copy(crashed);
  writeFileSync(join(folder, 'telemetry.db-shm'), Buffer.alloc(32_768, 0xa7));
  expect(await startOn(folder)).toEqual({ started: true, answer: 200 });
});
