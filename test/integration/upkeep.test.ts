/** Backups, restores, damaged database files and a full disk, on small data. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BackupsAnswer, SettingsAnswer } from '../../server/http/contract/settings.ts';
import { runCommand } from '../support/command.ts';
import { sendInvocations, status, stored } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, startProduct, startServer } from '../support/product.ts';

const json = { 'content-type': 'application/json' };
const folders = testFolders(memoryFolder);

async function finished(product: TestProduct): Promise<BackupsAnswer> {
  let state = await product.json<BackupsAnswer>('/api/v1/backups');
  while (state.running !== null) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    state = await product.json<BackupsAnswer>('/api/v1/backups');
  }
  return state;
}

interface BackedUp {
  readonly folder: string;
  readonly backup: string;
}

/** Makes a store with `n` invocations and a backup of them; more invocations are stored after the backup. */
async function backUp(n: number): Promise<BackedUp> {
  const product = await startProduct({ folder: folders.create() });
  await sendInvocations(product, 1, n);
  await product.json('/api/v1/backups', { method: 'POST', headers: json, body: '{}' });
  const { items, error } = await finished(product);
  expect(error).toBeNull();
  await sendInvocations(product, n + 1, 50);
  await product.close();
  return { folder: product.folder, backup: items[0]?.path ?? '' };
}

const made = new Map<number, Promise<BackedUp>>();

/** A copy of such a store for one test, with its backup. */
async function backedUp(n = 200): Promise<BackedUp> {
  const origin = made.get(n) ?? backUp(n);
  made.set(n, origin);
  const { folder, backup } = await origin;
  const copy = folders.copyOf(folder);
  return { folder: copy, backup: join(copy, relative(folder, backup)) };
}

async function count(folder: string): Promise<number> {
  const product = await startProduct({ folder });
  try {
    return (await status(product)).accepted / 2;
  } finally {
    await product.close();
  }
}

function damage(path: string, offset: number, bytes = 512): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xa7), 0, bytes, offset);
}

describe('backups', () => {
  test('a backup made during writes is a consistent snapshot that only the owner can read', async () => {
    const product = await startProduct({ folder: folders.create() });
    await sendInvocations(product, 1, 300);
    await product.json('/api/v1/backups', { method: 'POST', headers: json, body: '{}' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sendInvocations(product, 1000 + n * 100, 100)),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    const { items } = await finished(product);
    const [made] = items;
    expect(made).toMatchObject({ by: 'request', version: 'test' });
    for (const name of ['telemetry.db', 'control.db', 'manifest.json'])
      expect(statSync(join(made?.path ?? '', name)).mode & 0o777).toBe(0o600);
    const manifest = JSON.parse(readFileSync(join(made?.path ?? '', 'manifest.json'), 'utf8')) as {
      files: { rows: Record<string, number> }[];
    };
    // Each commit is in the backup completely or not at all.
    const rows = manifest.files[0]?.rows['invocation'] ?? -1;
    expect((rows - 300) % 100).toBe(0);
    expect((await runCommand(product.folder, ['verify', made?.path ?? ''])).stdout).toContain('is intact');
    await product.close();
  });

  test('a restore keeps the replaced files aside, and restored events are recognized as duplicates', async () => {
    const { folder, backup } = await backedUp();
    expect(await count(folder)).toBe(250);
    const restored = await runCommand(folder, ['restore', '--yes']);
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toContain('The replaced files are in');
    expect(await count(folder)).toBe(200);
    const product = await startProduct({ folder });
    await sendInvocations(product, 1, 250);
    expect(await stored(product)).toHaveLength(250);
    await product.close();
    expect((await runCommand(folder, ['restore', backup, '--only', 'control', '--yes'])).code).toBe(0);
    expect(await count(folder)).toBe(250);
  });

  test('restores into an empty folder', async () => {
    const { backup } = await backedUp();
    const folder = folders.create();
    expect(await runCommand(folder, ['restore', backup, '--yes'])).toMatchObject({ code: 0 });
    expect(await count(folder)).toBe(200);
  });

  test.each([
    ['a byte changed', (backup: string) => damage(join(backup, 'telemetry.db'), 9000, 1), 'SHA-256 does not match'],
    ['cut short', (backup: string) => truncateSync(join(backup, 'telemetry.db'), 8192), 'has 8192 bytes'],
    ['a file missing', (backup: string) => rmSync(join(backup, 'control.db')), 'control.db is missing'],
    ['no manifest', (backup: string) => rmSync(join(backup, 'manifest.json')), 'it has no manifest.json'],
    [
      'newer than this program',
      (backup: string) => {
        const path = join(backup, 'manifest.json');
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/"schema": \d+/g, '"schema": 99'));
      },
      'has schema 99',
    ],
  ])('rejected before anything is replaced: %s', async (_name, spoil, reason) => {
    const { folder, backup } = await backedUp();
    spoil(backup);
    const before = readFileSync(join(folder, 'telemetry.db'));
    const answer = await runCommand(folder, ['restore', backup, '--yes']);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(reason);
    expect(answer.stderr).toContain('Nothing was changed');
    expect(readFileSync(join(folder, 'telemetry.db')).equals(before)).toBe(true);
    expect(readdirSync(folder).some((name) => name.startsWith('replaced-') || name.startsWith('.restoring'))).toBe(
      false,
    );
  });

  test('a restore interrupted at any step leaves either the old store or the new one', async () => {
    const { folder, backup } = await backedUp();
    // The states of the disk after each step of a restore.
    const staging = '.restoring';
    const steps: ((at: string) => void)[] = [
      (at) => mkdirSync(join(at, staging)),
      (at) => cpSync(join(backup, 'telemetry.db'), join(at, staging, 'telemetry.db')),
      (at) => cpSync(join(backup, 'control.db'), join(at, staging, 'control.db')),
      (at) => writeFileSync(join(at, staging, 'ready.json.new'), '{"files":["telem'),
      (at) => {
        const ready = { files: ['telemetry.db', 'control.db'], replaced: 'replaced-x' };
        writeFileSync(join(at, staging, 'ready.json'), JSON.stringify(ready));
      },
      (at) => mkdirSync(join(at, 'replaced-x')),
      (at) => renameSync(join(at, 'telemetry.db'), join(at, 'replaced-x', 'telemetry.db')),
      (at) => renameSync(join(at, staging, 'telemetry.db'), join(at, 'telemetry.db')),
      (at) => renameSync(join(at, 'control.db'), join(at, 'replaced-x', 'control.db')),
      (at) => renameSync(join(at, staging, 'control.db'), join(at, 'control.db')),
    ];
    const counts: number[] = [];
    for (let done = 1; done <= steps.length; done += 1) {
      const at = folders.create();
      for (const name of ['telemetry.db', 'control.db']) cpSync(join(folder, name), join(at, name));
      for (const step of steps.slice(0, done)) step(at);
      counts.push(await count(at));
      expect(existsSync(join(at, staging))).toBe(false);
    }
    expect(counts).toEqual([250, 250, 250, 250, 200, 200, 200, 200, 200, 200]);
  });

  test('a restore rejects a folder in use; leftovers of an interrupted backup are deleted', async () => {
    const { folder, backup } = await backedUp();
    const product = await startProduct({ folder });
    expect((await runCommand(folder, ['restore', '--yes'])).stderr).toContain('Stop the server first');
    const left = join(folder, 'backups', '.partial-backup-x');
    cpSync(backup, left, { recursive: true });
    expect((await product.json<BackupsAnswer>('/api/v1/backups')).items).toHaveLength(1);
    await product.json('/api/v1/backups', { method: 'POST', headers: json, body: '{}' });
    expect((await finished(product)).items).toHaveLength(2);
    expect(existsSync(left)).toBe(false);
    await product.close();
  });

  test('scheduled backups run when due and delete the oldest scheduled ones; a failure alerts until the next success', async () => {
    let nowMs = Date.UTC(2026, 10, 20, 12);
    const into = folders.create();
    const environment = {
      THERMOCLINE_BACKUP_HOURS: '6',
      THERMOCLINE_BACKUP_KEEP: '2',
      THERMOCLINE_BACKUP_FOLDER: into,
    };
    const product = await startProduct({ folder: folders.create(), now: () => nowMs, environment });
    for (let round = 0; round < 9; round += 1) {
      await product.backups.round();
      nowMs += 3 * 3_600_000;
    }
    const made = (await product.backups.state()).items.map((item) => item.manifest.createdAt);
    expect(made).toEqual(['2026-11-21T12:00:00.000Z', '2026-11-21T06:00:00.000Z']);
    rmSync(into, { recursive: true });
    writeFileSync(into, 'not a folder');
    await expect(product.backups.round()).rejects.toThrow();
    const firing = async () =>
      (await product.json<{ items: { summary: string }[] }>('/api/v1/alerts/instances')).items.map(
        (item) => item.summary,
      );
    await expect.poll(async () => (await firing()).join()).toContain('Backup failed');
    rmSync(into);
    nowMs += 3_600_000;
    await product.backups.round();
    await expect.poll(firing).toEqual([]);
    await product.close();
  });
});

describe('damage', () => {
  test('damage found at start: maintenance mode, 503 to senders, instructions in the log, nothing deleted', async () => {
    const { folder } = await backedUp(2000);
    damage(join(folder, 'telemetry.db'), 0, 64);
    const server = await startInMaintenanceMode(folder);
    const answer = await fetch(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-request-id': 'r' },
    });
    expect(answer.status).toBe(503);
    expect(Object.keys((await answer.json()) as object)).toEqual(['requestId', 'timestamp', 'errorMessage']);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect(await (await fetch(server.url, { headers: { accept: 'text/html' } })).text()).not.toContain(folder);
    await expect.poll(() => server.output()).toContain('thermocline restore');
    // Maintenance mode opens no database, so the restore can run at once.
    expect((await runCommand(folder, ['restore', '--yes'])).code).toBe(0);
    expect(await server.stop()).toBe(3);
    expect(await count(folder)).toBe(2000);
    const aside = readdirSync(folder).find((name) => name.startsWith('replaced-')) ?? '';
    expect(existsSync(join(folder, aside, 'telemetry.db'))).toBe(true);
  });

  test('a damaged control database leaves telemetry intact', async () => {
    const { folder, backup } = await backedUp();
    damage(join(folder, 'control.db'), 0, 64);
    const server = await startInMaintenanceMode(folder);
    await server.stop();
    expect((await runCommand(folder, ['restore', backup, '--only', 'control', '--yes'])).code).toBe(0);
    expect(await count(folder)).toBe(250);
  });

  test('set-aside renames the damaged database, and the next start begins with an empty one', async () => {
    const { folder } = await backedUp();
    damage(join(folder, 'telemetry.db'), 0, 64);
    expect((await runCommand(folder, ['set-aside', 'telemetry'])).stderr).toContain('Add --yes');
    expect((await runCommand(folder, ['set-aside', 'telemetry', '--yes'])).code).toBe(0);
    expect(await count(folder)).toBe(0);
    expect(readdirSync(folder).some((name) => name.startsWith('telemetry.db.corrupt-'))).toBe(true);
  });

  test('damage found while running: writes pause, /readyz fails, reads continue, an alert fires', async () => {
    const product = await startProduct({ folder: folders.create() });
    await sendInvocations(product, 1, 2000);
    await product.storage.check();
    expect(product.storage.pauseReason()).toBeNull();
    await product.close();
    const again = await startProduct({ folder: product.folder });
    const size = statSync(join(product.folder, 'telemetry.db')).size;
    for (let at = 8; at < size / 4096; at += 3) damage(join(product.folder, 'telemetry.db'), at * 4096, 64);
    await again.storage.check();
    const answer = await sendInvocations(again, 5000, 1);
    expect(answer.status).toBe(503);
    expect(answer.body.errorMessage).toContain('the database is damaged');
    expect(answer.body.errorMessage).not.toContain(product.folder);
    expect((await again.fetch('/readyz')).status).toBe(503);
    const { storage } = await again.json<SettingsAnswer>('/api/v1/settings');
    expect(storage.damage[0]).toMatchObject({ kind: 'structure' });
    const firing = async () =>
      (await again.json<{ items: { labels: { alertname: string } }[] }>('/api/v1/alerts/instances')).items.map(
        (item) => item.labels.alertname,
      );
    await expect.poll(firing).toEqual(['Database damaged']);
    await again.close();
  });
});

describe('disk space', () => {
  test('on a full disk, ingest returns 503 in Firehose’s format; reads, alerts and sign-in continue; ingest resumes when space is free', async () => {
    const folder = folders.create();
    const before = await startProduct({ folder });
    await sendInvocations(before, 1, 10);
    await before.close();
    const product = await startProduct({ folder, environment: { THERMOCLINE_MIN_FREE_MB: '1048576' } });
    await product.storage.round();
    const answer = await sendInvocations(product, 100, 1);
    expect(answer.status).toBe(503);
    expect(answer.body.errorMessage).toMatch(/of disk space are free, at least 1024\.0 GiB are required/);
    expect((await product.fetch('/readyz')).status).toBe(503);
    expect((await product.fetch('/healthz')).status).toBe(200);
    expect(await stored(product)).toHaveLength(10);
    const body = JSON.stringify({ token: ADMIN });
    expect((await product.fetch('/api/v1/session', { method: 'POST', headers: json, body })).status).toBe(200);
    const firing = async () =>
      (await product.json<{ items: { labels: { alertname: string } }[] }>('/api/v1/alerts/instances')).items.map(
        (item) => item.labels.alertname,
      );
    await expect.poll(firing).toEqual(['Disk nearly full']);
    await product.close();
    const room = await startProduct({ folder });
    await room.storage.round();
    expect((await sendInvocations(room, 100, 1)).status).toBe(200);
    await expect
      .poll(async () => (await room.json<{ items: unknown[] }>('/api/v1/alerts/instances')).items)
      .toEqual([]);
    expect(existsSync(join(folder, 'ballast'))).toBe(true);
    await room.close();
  });

  test('retention can be changed at runtime, and the settings report since when events are kept', async () => {
    const product = await startProduct({ folder: folders.create() });
    await sendInvocations(product, 1, 10);
    const put = (retention: unknown) =>
      product.fetch('/api/v1/settings', { method: 'PUT', headers: json, body: JSON.stringify({ retention }) });
    const days = { rawDays: 1, detailDays: 14, historyDays: 90, quarantineDays: 7 };
    expect((await put({ ...days, historyDays: 3 })).status).toBe(400);
    expect((await put({ ...days, rawDays: 'x' })).status).toBe(400);
    expect((await put(days)).status).toBe(200);
    const { retention } = await product.json<SettingsAnswer>('/api/v1/settings');
    expect(retention).toMatchObject({ ...days, source: 'stored', detailSince: '2026-11-20T00:00:00.000Z' });
    await product.close();
    const again = await startProduct({ folder: product.folder });
    expect((await again.json<SettingsAnswer>('/api/v1/settings')).retention).toMatchObject(days);
    await again.fetch('/api/v1/settings', { method: 'PUT', headers: json, body: '{"retention":null}' });
    expect((await again.json<SettingsAnswer>('/api/v1/settings')).retention).toMatchObject({
      detailDays: 35,
      source: 'configuration',
    });
    await again.close();
  });
});

/** Starts a server that is expected to enter maintenance mode. */
async function startInMaintenanceMode(folder: string) {
  return startServer(folder, {}, { ready: /maintenance mode at (http:\/\/[^\s:]+:\d+)/ });
}
