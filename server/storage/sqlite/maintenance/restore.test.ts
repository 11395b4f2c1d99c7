import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Backup } from '../../ports/maintenance.ts';
import { restore } from './restore.ts';
import { STORE_FILES } from './store-files.ts';

const AT = Date.UTC(2026, 10, 20);
let root = '';
let folder = '';
let backup: Backup;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thermocline-restore-'));
  folder = join(root, 'data');
  const path = join(root, 'backup');
  for (const made of [folder, path]) mkdirSync(made);
  for (const name of STORE_FILES) writeFileSync(join(folder, name), `old ${name}`);
  const files = STORE_FILES.map((name) => {
    const text = `backup of ${name}`;
    writeFileSync(join(path, name), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { name, bytes: text.length, sha256, schema: 1, rows: {} };
  });
  const manifest = {
    format: 1,
    createdAt: new Date(AT).toISOString(),
    version: '0.1.0',
    by: 'request',
    files,
  } as const;
  backup = { id: 'backup', path, manifest, bytes: 1 };
});
afterEach(() => rmSync(root, { recursive: true }));

function contents(): readonly string[] {
  return STORE_FILES.map((name) => readFileSync(join(folder, name), 'utf8'));
}

test('the files are those of the backup, and the old ones are kept', () => {
  const replaced = restore(folder, backup, STORE_FILES, AT) ?? '';
  expect(contents()).toEqual(['backup of telemetry.db', 'backup of control.db']);
  expect(readdirSync(replaced)).toEqual(['control.db', 'telemetry.db']);
});

test.each([
  ['changed', () => writeFileSync(join(backup.path, 'control.db'), 'backup of another'), 'control.db changed after it'],
  ['gone', () => rmSync(join(backup.path, 'control.db')), 'control.db'],
])('a file of the backup that was %s since it was verified changes nothing', (_, spoil, reason) => {
  spoil();
  const attempt = (): unknown => restore(folder, backup, STORE_FILES, AT);
  expect(attempt).toThrow('Nothing was changed: the backup cannot be copied');
  expect(attempt).toThrow(reason);
  expect(contents()).toEqual(['old telemetry.db', 'old control.db']);
  expect(existsSync(join(folder, '.restoring'))).toBe(false);
});
