import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openWriter } from './connection.ts';
import { createDataFolder } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'thermocline-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('creates the folder with its parents, and accepts one that exists', () => {
  const folder = join(root, 'a/b/c');
  createDataFolder(folder);
  createDataFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('a new folder, and each database file in whichever folder, is readable by its owner only', () => {
  const folder = join(root, 'private');
  createDataFolder(folder);
  expect(modeOf(folder)).toBe(0o700);
  chmodSync(folder, 0o755);
  const db = openWriter(join(folder, 'telemetry.db'));
  try {
    db.exec('CREATE TABLE t (x)');
    const names = readdirSync(folder).toSorted();
    expect(names).toEqual(['telemetry.db', 'telemetry.db-shm', 'telemetry.db-wal']);
    expect(names.map((name) => modeOf(join(folder, name)))).toEqual([0o600, 0o600, 0o600]);
  } finally {
    db.close();
  }
});

describe('one sentence names the setting and what is expected', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'loop'), join(root, 'loop'));
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  mkdirSync(join(root, 'folder'));
  test.each([
    [join(root, 'file'), 'is not a folder'],
    [join(root, 'file/below'), 'is not a folder'],
    ['/dev/null', 'is not a folder'],
    ['/proc/thermocline', 'is not on a disk'],
    ['/proc', 'is not on a disk'],
    ['/sys/thermocline/data', 'is not on a disk'],
    [join(root, 'loop'), 'cannot be read (ELOOP)'],
    [join(root, 'dangling'), 'is not readable and writable'],
    [join(root, 'folder', 'x'.repeat(300)), 'cannot be read (ENAMETOOLONG)'],
  ])('%s', (folder, reason) => {
    const message = (() => {
      try {
        createDataFolder(folder);
        return '';
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : '';
      }
    })();
    expect(message).toMatch(
      /^UnusableFolderError: THERMOCLINE_DATA: expected a folder on a local disk that can be written, but /,
    );
    expect(message).toContain(reason);
  });
});
