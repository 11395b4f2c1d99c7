/** Damage that stops the writer before the check of the start has run: the start says that a file is damaged, because no retry mends it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { sendInvocations } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import { memoryFolder, startProduct } from '../support/product.ts';

const folders = testFolders(memoryFolder);
const whole = folders.create();
let pageBytes = 0;
const roots = new Map<string, number>();

beforeAll(async () => {
  const product = await startProduct({ folder: whole });
  expect((await sendInvocations(product, 0, 20)).status).toBe(200);
  await product.close();
  const db = new Database(join(whole, 'telemetry.db'), { readonly: true });
  pageBytes = Number(db.pragma('page_size', { simple: true }));
  const tables = db.prepare('SELECT name, rootpage AS root FROM sqlite_schema WHERE rootpage > 1').all();
  for (const { name, root } of tables as { name: string; root: number }[]) roots.set(name, root);
  db.close();
});

/** A copy of the folder in which the first page of the table is overwritten. */
function damaged(table: string, fillBytes = 0): string {
  const folder = folders.copyOf(whole);
  if (fillBytes > 0) {
    const db = new Database(join(folder, 'telemetry.db'));
    db.exec(`CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(${fillBytes}))`);
    db.close();
  }
  const file = openSync(join(folder, 'telemetry.db'), 'r+');
  writeSync(file, Buffer.alloc(pageBytes, 0xff), 0, pageBytes, ((roots.get(table) ?? Number.NaN) - 1) * pageBytes);
  closeSync(file);
  return folder;
}

/** Longer than any check of so few pages. */
const CHECK_MS = 60_000;

test.each(['kept_day', 'import'])('a damaged first page of %s is named as damage', async (table) => {
  const folder = damaged(table);
  await expect(startProduct({ folder, checkMs: CHECK_MS })).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining(join(folder, 'telemetry.db')),
  });
  // Without the check behind it the failure looks like one that may pass.
  await expect(startProduct({ folder })).rejects.toMatchObject({ code: 'unavailable' });
});

test('a whole folder starts', async () => {
  const product = await startProduct({ folder: folders.copyOf(whole), checkMs: CHECK_MS });
  await product.close();
});

test('a small damaged file is not opened; a large one answers pages while it is checked, and stores nothing', async () => {
  await expect(startProduct({ folder: damaged('flow_record'), checkMs: CHECK_MS })).rejects.toMatchObject({
    code: 'damaged',
  });
  const folder = damaged('flow_record', 70_000_000);
  const product = await startProduct({ folder, checkMs: CHECK_MS });
  expect((await sendInvocations(product, 20, 20)).status).toBe(503);
  expect((await product.fetch('/api/v1/functions')).status).toBe(200);
  await expect.poll(() => product.storage.state().damage, { timeout: CHECK_MS }).toHaveLength(1);
  const refused = await sendInvocations(product, 20, 20);
  expect([refused.status, refused.body.errorMessage]).toEqual([503, expect.stringContaining('is damaged')]);
  await product.close();
});
