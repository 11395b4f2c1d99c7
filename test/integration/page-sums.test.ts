/** Damage inside of a database that SQLite's own check cannot see: each page has a checksum, and a check compares all of them. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { checkPages } from '../../server/storage/sqlite/maintenance/check-pages.ts';
import { sumsPath } from '../../server/storage/sqlite/page-sums.ts';
import { runCommand } from '../support/command.ts';
import { overwrite } from '../support/damage.ts';
import { sendInvocations } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import { memoryFolder, startProduct, startServer } from '../support/product.ts';

const PAGE = 4096;
const folders = testFolders(memoryFolder);

const origin = folders.create();
beforeAll(async () => {
  const product = await startProduct({ folder: origin });
  for (let n = 0; n < 6; n += 1) await sendInvocations(product, n * 500, 500);
  await product.close();
});

test('a closed store has a sum for each page, and all match', () => {
  for (const name of ['telemetry.db', 'control.db'])
    expect(checkPages(join(origin, name), null)).toEqual({ findings: [], added: [] });
  expect(statSync(join(origin, 'telemetry.db')).size / PAGE).toBeGreaterThan(50);
});

test('each flipped bit, zeroed page, copied page and swapped page is found, and the page is named', () => {
  const folder = folders.copyOf(origin);
  const path = join(folder, 'telemetry.db');
  const whole = readFileSync(path);
  const pages = whole.length / PAGE;
  const random = new Random(3);
  const pageOf = (n: number): Buffer => whole.subarray((n - 1) * PAGE, n * PAGE);
  for (let n = 0; n < 40; n += 1) {
    const page = 2 + Math.floor(random.next() * (pages - 1));
    const other = 1 + ((page + Math.floor(random.next() * (pages - 2))) % pages);
    const damaged = Buffer.from(pageOf(n % 4 === 1 ? other : page));
    const at = Math.floor(random.next() * PAGE);
    if (n % 4 === 0) damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random.next() * 8));
    if (n % 4 === 2) damaged.fill(0);
    if (n % 4 === 3) damaged.fill(0xa7, 3000, 3512);
    if (damaged.equals(pageOf(page))) continue;
    overwrite(path, (page - 1) * PAGE, damaged);
    expect(checkPages(path, null).findings, `damage ${n}`).toEqual([
      expect.stringMatching(new RegExp(`^page ${page}( \\(of .+\\))? differs from its checksum$`)),
    ]);
    overwrite(path, (page - 1) * PAGE, pageOf(page));
  }
  expect(checkPages(path, null).findings).toEqual([]);
});

test('sums whose header cannot be read are made again: the pages are not reported as damaged', async () => {
  const folder = folders.copyOf(origin);
  const path = join(folder, 'telemetry.db');
  overwrite(sumsPath(path), 0, Buffer.alloc(700, 0xa7));
  const product = await startProduct({ folder });
  await sendInvocations(product, 3000);
  await product.close();
  expect(checkPages(path, null).findings).toEqual([]);
});

test('a server on a store with one flipped bit starts in maintenance mode and names the table', async () => {
  const folder = folders.copyOf(origin);
  const path = join(folder, 'telemetry.db');
  const at = readFileSync(path).lastIndexOf(Buffer.from('/aws/lambda/edge'));
  overwrite(path, at, Buffer.from('/aws/lambda/edgf'));
  const server = await startServer(folder, {}, { ready: /maintenance mode at (http:\/\/[^\s:]+:\d+)/ });
  await expect
    .poll(() => server.output())
    .toMatch(/telemetry\.db is damaged: page \d+ \(of \w+\) differs from its checksum.*restore/);
  await server.stop();
  expect((await runCommand(folder, ['doctor'])).stdout).toMatch(/telemetry\.db is damaged: /);
});

test('a store without sums gets them with the first check, and is checked by the second', async () => {
  const folder = folders.copyOf(origin);
  rmSync(join(folder, 'telemetry.db-sums'));
  const product = await startProduct({ folder });
  await product.storage.check();
  expect(product.storage.state().damage).toEqual([]);
  await product.close();
  const path = join(folder, 'telemetry.db');
  expect(checkPages(path, null)).toEqual({ findings: [], added: [] });
  overwrite(path, 5 * PAGE + 3000, Buffer.from([readFileSync(path)[5 * PAGE + 3000] === 7 ? 8 : 7]));
  expect(checkPages(path, null).findings).toHaveLength(1);
});

test('checks during ingest, checkpoints and restarts find nothing in a healthy store', async () => {
  const folder = folders.copyOf(origin);
  for (let round = 0; round < 2; round += 1) {
    const product = await startProduct({ folder });
    let sent = 5000 + round * 100_000;
    for (let n = 0; n < 5; n += 1) {
      const check = product.storage.check();
      // A check reads the files while these are stored.
      for (const end = sent + 1000; sent < end; sent += 100) await sendInvocations(product, sent, 100);
      await check;
      expect(product.storage.state().damage).toEqual([]);
    }
    // A crash: the files as they are.
    const crashed = folders.copyOf(folder);
    await product.close();
    const again = await startProduct({ folder: crashed });
    await again.storage.check();
    expect(again.storage.state().damage).toEqual([]);
    await again.close();
  }
});

test('a restored backup has no stale sums', async () => {
  const folder = folders.copyOf(origin);
  const product = await startProduct({ folder });
  await product.json('/api/v1/backups', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  await expect.poll(async () => (await product.json<{ items: unknown[] }>('/api/v1/backups')).items.length).toBe(1);
  await sendInvocations(product, 9000, 500);
  await product.close();
  expect((await runCommand(folder, ['restore', '--yes'])).code).toBe(0);
  expect(existsSync(join(folder, 'telemetry.db-sums'))).toBe(false);
  const again = await startProduct({ folder });
  await again.storage.check();
  expect(again.storage.state().damage).toEqual([]);
  await again.close();
});
