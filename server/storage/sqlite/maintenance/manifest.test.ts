import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listBackups, readManifest } from './manifest.ts';
import { finishRestore } from './restore.ts';

const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = { name: 'control.db', bytes: 4096, sha256: 'ab'.repeat(32), schema: 5, rows: { token: 2 } };
const manifest = { format: 1, createdAt: '2026-11-28T10:00:00.000Z', version: '0.1.0', by: 'request', files: [file] };

function backupWith(text: string): string {
  const path = join(folder, 'backup-1');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'manifest.json'), text);
  return path;
}

test('a whole manifest is read', () => {
  expect(readManifest(backupWith(JSON.stringify(manifest)))).toEqual(manifest);
});

test.each([
  ['cut off', JSON.stringify(manifest).slice(0, 60), 'it is not JSON'],
  ['one changed bit', JSON.stringify(manifest).replace('{', 'z'), 'it is not JSON'],
  ['null', 'null', ': '],
  ['a list', '[]', ': '],
  ['another format', JSON.stringify({ ...manifest, format: 2 }), 'format: '],
  ['no files', JSON.stringify({ ...manifest, files: [] }), 'files: '],
  ['files that are no list', JSON.stringify({ ...manifest, files: { name: 'control.db' } }), 'files: '],
  ['a file elsewhere', JSON.stringify({ ...manifest, files: [{ ...file, name: '../control.db' }] }), 'files.0.name: '],
  [
    'a digest with a changed bit',
    JSON.stringify({ ...manifest, files: [{ ...file, sha256: 'qb' }] }),
    'files.0.sha256: ',
  ],
  [
    'rows that are text',
    JSON.stringify({ ...manifest, files: [{ ...file, rows: { token: 'two' } }] }),
    'files.0.rows.token: ',
  ],
  ['no time', JSON.stringify({ ...manifest, createdAt: 'yesterday' }), 'createdAt: '],
])('a damaged manifest is refused with the name of its file and what is wrong: %s', (_, text, what) => {
  const path = backupWith(text);
  const message = (() => {
    try {
      readManifest(path);
      return '';
    } catch (error) {
      return String(error);
    }
  })();
  expect(message).toContain(`${path}/manifest.json cannot be read: `);
  expect(message).toContain(what);
  expect(listBackups(folder)).toEqual([]);
});

test.each([
  ['cut off', '{"files":["control.db"],"repl'],
  ['files elsewhere', '{"files":["../../etc/passwd"],"replaced":"replaced-1"}'],
  ['a folder elsewhere', '{"files":["control.db"],"replaced":"../elsewhere"}'],
  ['files that are no list', '{"files":7,"replaced":"replaced-1"}'],
  ['null', 'null'],
])('an interrupted restore whose marker is damaged changes nothing and names the marker: %s', (_, text) => {
  const data = join(folder, 'data');
  mkdirSync(join(data, '.restoring'), { recursive: true });
  writeFileSync(join(data, 'control.db'), 'old');
  writeFileSync(join(data, '.restoring/control.db'), 'new');
  writeFileSync(join(data, '.restoring/ready.json'), text);
  expect(() => finishRestore(data)).toThrow(
    expect.objectContaining({
      code: 'damaged',
      message: expect.stringContaining(`${data}/.restoring/ready.json cannot be read: `),
    }),
  );
  expect(readFileSync(join(data, 'control.db'), 'utf8')).toBe('old');
  expect(existsSync(join(data, '.restoring/control.db'))).toBe(true);
});
