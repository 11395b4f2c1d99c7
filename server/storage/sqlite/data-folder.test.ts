import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createDataFolder } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'thermocline-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('creates the folder with its parents, and accepts one that exists', () => {
  const folder = join(root, 'a/b/c');
  createDataFolder(folder);
  createDataFolder(folder);
  expect(existsSync(folder)).toBe(true);
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
      /^StoreError: THERMOCLINE_DATA: expected a folder on a local disk that can be written, but /,
    );
    expect(message).toContain(reason);
  });
});
