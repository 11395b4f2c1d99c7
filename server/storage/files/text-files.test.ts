/** Reading of rule files and secrets: folders as a whole or not at all, within limits. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readSecretFile, readTextFiles } from './text-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thermocline-texts-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const read = (path = folder) => readTextFiles(path, ['.yaml', '.json']);
const names = () => {
  const found = read();
  return found.ok ? found.files.map(({ file }) => file) : [`${found.file} ${found.reason}`];
};

test('files of a folder and its subfolders, by extension, without hidden ones', () => {
  mkdirSync(join(folder, 'team/.git'), { recursive: true });
  for (const name of ['b.yaml', 'a.json', 'notes.txt', '.hidden.yaml', 'team/c.yaml', 'team/.git/d.yaml'])
    writeFileSync(join(folder, name), name);
  expect(names()).toEqual(['a.json', 'b.yaml', 'team/c.yaml']);
  const one = read(join(folder, 'notes.txt'));
  expect(one).toEqual({ ok: true, files: [{ file: 'notes.txt', folder, text: 'notes.txt' }] });
});

test('a mounted ConfigMap is read once, by its links', () => {
  mkdirSync(join(folder, '..2026_11_30'));
  writeFileSync(join(folder, '..2026_11_30/a.yaml'), 'rules: []');
  symlinkSync('..2026_11_30', join(folder, '..data'));
  symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
  expect(names()).toEqual(['a.yaml']);
});

test.each([
  ['a link to nothing', () => symlinkSync('nowhere', join(folder, 'x.yaml')), 'x.yaml does not exist'],
  ['a pipe', () => execFileSync('mkfifo', [join(folder, 'x.yaml')]), 'x.yaml is not a file'],
  [
    'bytes that are no text',
    () => writeFileSync(join(folder, 'x.yaml'), Buffer.from([0xff])),
    'x.yaml is not UTF-8 text',
  ],
  ['a large file', () => writeFileSync(join(folder, 'x.yaml'), 'x'.repeat(1_048_577)), 'x.yaml is larger than 1 MiB'],
  ['a loop of links', () => symlinkSync('.', join(folder, 'loop')), /^loop\S* folders are nested more than 5 deep$/],
])('%s fails the whole folder, so that nothing is taken for deleted', (_, make, reason) => {
  writeFileSync(join(folder, 'a.yaml'), 'rules: []');
  make();
  expect(names()).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
});

test('a folder that does not exist is named', () => {
  expect(read(join(folder, 'none'))).toEqual({ ok: false, file: join(folder, 'none'), reason: 'does not exist' });
});

test('a secret is a file without the line break at its end', () => {
  writeFileSync(join(folder, 'token'), 'two words \n');
  expect(readSecretFile('token', folder)).toEqual({ value: 'two words ' });
  expect(readSecretFile('none', folder)).toEqual({ reason: 'does not exist' });
  expect(readSecretFile(folder, '/')).toEqual({ reason: 'is not a file' });
});
