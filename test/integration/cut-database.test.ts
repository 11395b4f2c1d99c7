/**
 * A database file that was cut short while its first pages are in the write-ahead log. The start
 * says that a file is damaged and what to do, because no retry mends it.
 */
import { cpSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { sendInvocations } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import { memoryFolder, startProduct, startServer } from '../support/product.ts';

const folders = testFolders(memoryFolder);
/** The files of a store whose process was killed: most pages are in the file, the newest commits in the log. */
const crashed = folders.create();

beforeAll(async () => {
  const folder = folders.create();
  const first = await startProduct({ folder });
  expect((await sendInvocations(first, 0, 2000)).status).toBe(200);
  await first.close();
  const second = await startProduct({ folder });
  expect((await sendInvocations(second, 2000, 20)).status).toBe(200);
  cpSync(folder, crashed, { recursive: true });
  await second.close();
});

test('the write-ahead log holds the first page, so that a cut file opens', () => {
  const folder = folders.copyOf(crashed);
  truncateSync(join(folder, 'telemetry.db'), 4096 * 10);
  const db = new Database(join(folder, 'telemetry.db'));
  expect(db.pragma('user_version', { simple: true })).toBeGreaterThan(0);
  expect(() => db.pragma('integrity_check')).toThrow('malformed');
  db.close();
});

test.each([0.1, 0.5, 0.9])('a file cut to %d of its size is named as damage, with its remedy', async (share) => {
  const folder = folders.copyOf(crashed);
  const path = join(folder, 'telemetry.db');
  truncateSync(path, Math.floor((statSync(path).size * share) / 4096) * 4096);
  const server = await startServer(folder, {}, { ready: /maintenance mode at (http:\/\/[\d.]+:\d+)/ });
  expect(server.output()).toMatch(/A file in .* is damaged: .*thermocline restore/);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.stop();
});
