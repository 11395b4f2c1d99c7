/** A reader at rest holds neither cached pages nor a mapping of the file, and answers as before afterwards. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader, openWriter, releaseReader } from './connection.ts';

const MAPS = '/proc/self/maps';
const ROWS = 1000;
const folder = mkdtempSync(join(tmpdir(), 'thermocline-connection-'));
const path = join(folder, 'some.db');

beforeAll(() => {
  const db = openWriter(path);
  db.exec('CREATE TABLE row (text TEXT)');
  const insert = db.prepare('INSERT INTO row VALUES (?)');
  db.transaction(() => {
    for (let n = 0; n < ROWS; n += 1) insert.run('x'.repeat(n));
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether the file is mapped into memory; the index of its log is. */
const isMapped = (): boolean =>
  readFileSync(MAPS, 'utf8')
    .split('\n')
    .some((line) => line.endsWith(path));

test.skipIf(!existsSync(MAPS))('the mapping of the file ends at rest, and the next query makes it again', () => {
  const db = openReader(path);
  const sum = (): unknown => db.prepare('SELECT sum(length(text)) FROM row').pluck().get();
  const expected = (ROWS * (ROWS - 1)) / 2;
  expect([sum(), isMapped()]).toEqual([expected, true]);
  releaseReader(db);
  expect(isMapped()).toBe(false);
  expect([sum(), isMapped()]).toEqual([expected, true]);
  db.close();
});

test.skipIf(!existsSync(MAPS))('a limit of the mapping holds after it', () => {
  const db = openReader(path, 65_536);
  expect(db.pragma('mmap_size', { simple: true })).toBe(65_536);
  releaseReader(db, 65_536);
  expect(db.pragma('mmap_size', { simple: true })).toBe(65_536);
  db.close();
});
