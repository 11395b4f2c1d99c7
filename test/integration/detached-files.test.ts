/**
 * Database files that are deleted, replaced or truncated while the server runs: from that moment nothing is acknowledged, the
 * server says why, and no new file is created in their place.
 */
import { copyFileSync, cpSync, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sendInvocations } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import { startProduct, startServer } from '../support/product.ts';
import { Senders } from '../support/senders.ts';

const folders = testFolders();
const bearer = { 'content-type': 'application/json' };

/** Replaces a file by a copy of itself, as `cp` to a temporary name and `mv` do. */
function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`);
  renameSync(`${path}.copy`, path);
}

const REASON = /^Ingest is paused: a database file was deleted, replaced or truncated while the server was running/;

test.each([
  ['the folder is deleted', (at: string) => deleteUnderLoad(at), 'telemetry|lock'],
  ['the folder is renamed', (at: string) => moved(at), 'telemetry|lock'],
  ['the folder is emptied', (at: string) => cleared(at), 'telemetry|lock'],
  ['telemetry.db is replaced by a copy', (at: string) => replaceByCopy(join(at, 'telemetry.db')), 'telemetry.db is'],
  ['telemetry.db is deleted', (at: string) => rmSync(join(at, 'telemetry.db')), 'telemetry.db is'],
  ['telemetry.db-wal is deleted', (at: string) => rmSync(join(at, 'telemetry.db-wal')), 'telemetry.db-wal is'],
  ['telemetry.db-wal is replaced', (at: string) => replaceByCopy(join(at, 'telemetry.db-wal')), 'telemetry.db-wal is'],
  ['telemetry.db-shm is deleted', (at: string) => rmSync(join(at, 'telemetry.db-shm')), 'telemetry.db-shm is'],
  ['telemetry.db is truncated', (at: string) => truncateSync(join(at, 'telemetry.db'), 4096), 'truncated from'],
  ['telemetry.db-wal is truncated', (at: string) => truncateSync(join(at, 'telemetry.db-wal'), 0), 'truncated from'],
  [
    'telemetry.db-wal is cut in half',
    (at: string) => truncateSync(join(at, 'telemetry.db-wal'), statSync(join(at, 'telemetry.db-wal')).size / 2),
    'truncated from',
  ],
  ['lock.db is deleted', (at: string) => rmSync(join(at, 'lock.db')), 'lock.db is'],
] as const)(
  '%s: ingest answers 503 with the reason, an alert fires, no new file is created',
  async (_name, spoil, what) => {
    const product = await startProduct({ folder: folders.create() });
    expect((await sendInvocations(product, 1)).status).toBe(200);
    spoil(product.folder);
    const left = existsSync(product.folder);
    const refused = await sendInvocations(product, 100);
    expect(refused.status).toBe(503);
    expect(refused.body.errorMessage).toMatch(REASON);
    const ready = await product.fetch('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      reason: expect.stringMatching(/no longer the file that the server opened/),
    });
    // A second of the schedule.
    await product.storage.round();
    const alerts = async () =>
      (await product.json<{ items: { summary: string; state: string }[] }>('/api/v1/alerts/instances')).items;
    await expect.poll(alerts).toHaveLength(1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ state: 'firing', summary: expect.stringMatching(new RegExp(what)) });
    expect(alert?.summary).toContain('thermocline restore');
    // Reads use the open files, if their content is still there.
    if (what !== 'truncated from') expect((await product.fetch('/api/v1/functions')).status).toBe(200);
    expect(existsSync(product.folder)).toBe(left);
    expect(existsSync(join(product.folder, 'telemetry.db-journal'))).toBe(false);
    await product.close();
  },
);

function moved(folder: string): void {
  renameSync(folder, `${folder}-moved`);
  folders.add(`${folder}-moved`);
}

function cleared(folder: string): void {
  cpSync(folder, `${folder}-copy`, { recursive: true });
  folders.add(`${folder}-copy`);
  for (const name of ['telemetry.db', 'telemetry.db-wal', 'telemetry.db-shm', 'control.db', 'lock.db', 'in-use'])
    rmSync(join(folder, name));
}

test('a log that is cut is reported although the server was idle, and commits nothing over it', async () => {
  const product = await startProduct({ folder: folders.create() });
  await sendInvocations(product, 1);
  const wal = join(product.folder, 'telemetry.db-wal');
  const half = Math.floor(statSync(wal).size / 2);
  truncateSync(wal, half);
  // Longer than the writer waits before it merges and truncates its log.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(statSync(wal).size).toBe(half);
  expect((await sendInvocations(product, 100)).status).toBe(503);
  await product.close();
});

test('control.db is replaced: changes are refused', async () => {
  const product = await startProduct({ folder: folders.create() });
  replaceByCopy(join(product.folder, 'control.db'));
  const token = JSON.stringify({ name: 'dashboard', scope: 'read' });
  const answer = await product.fetch('/api/v1/tokens', { method: 'POST', headers: bearer, body: token });
  expect(answer.status).toBe(503);
  expect((await product.fetch('/readyz')).status).toBe(503);
  await product.close();
});

test('ingest continues when the file is back', async () => {
  const product = await startProduct({ folder: folders.create() });
  const path = join(product.folder, 'telemetry.db');
  renameSync(path, `${path}.aside`);
  expect((await sendInvocations(product, 1)).status).toBe(503);
  renameSync(`${path}.aside`, path);
  expect((await product.fetch('/readyz')).status).toBe(200);
  expect((await sendInvocations(product, 1)).status).toBe(200);
  await product.close();
});

test('the log is deleted and the server is stopped: what was stored is still written to the database', async () => {
  const folder = folders.create();
  const product = await startProduct({ folder });
  await sendInvocations(product, 1);
  rmSync(join(folder, 'telemetry.db-wal'));
  expect((await sendInvocations(product, 100)).status).toBe(503);
  await product.close();
  const again = await startProduct({ folder });
  expect((await sendInvocations(again, 1)).status).toBe(200);
  const { duplicates } = await again.json<{ duplicates: number }>('/api/v1/ingest/status');
  expect(duplicates).toBe(40);
  await again.close();
});

/** Deletes a folder that a running server may still add a file to between listing and removal. */
const deleteUnderLoad = (folder: string): void => {
  rmSync(folder, { recursive: true, maxRetries: 100, retryDelay: 10 });
};

test('a running server under load: no request is acknowledged after its folder was deleted', async () => {
  const folder = folders.create();
  const server = await startServer(folder);
  const senders = new Senders(20);
  let deleted = false;
  const statuses: (number | null)[] = [];
  const one = async (): Promise<void> => {
    while (statuses.length < 20) {
      const sentAfter = deleted;
      const status = await senders.send(server.url);
      if (sentAfter) statuses.push(status);
    }
  };
  const load = Promise.all([one(), one(), one()]);
  await expect.poll(() => senders.acked.length).toBeGreaterThan(20);
  deleteUnderLoad(folder);
  deleted = true;
  await load;
  expect(new Set(statuses)).toEqual(new Set([503]));
  expect(existsSync(folder)).toBe(false);
  await expect.poll(() => server.output()).toContain('a database file is not the one that was opened');
  expect(server.process.exitCode).toBeNull();
  await server.stop();
  expect(existsSync(folder)).toBe(false);
});
