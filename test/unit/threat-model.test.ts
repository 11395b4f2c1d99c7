import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test('each row of the threat model names tests that exist', () => {
  const text = readFileSync(new URL('SECURITY.md', root), 'utf8');
  const section = text.slice(text.indexOf('## Threat model'), text.indexOf('## Running it'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const paths = [...row.matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map(([, path = '']) => path);
    expect([row, paths.length > 0]).toEqual([row, true]);
    for (const path of paths) expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
  }
});

test('each attack of reliability.md names tests that exist', () => {
  const text = readFileSync(new URL('docs/reliability.md', root), 'utf8');
  const section = text.slice(text.indexOf('## Attacks and their tests'), text.indexOf('## Long runs'));
  const rows = section.split('\n').filter((line) => /^\| [^*|-]/.test(line) && !line.startsWith('| attack |'));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const paths = [...row.matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\)/g)].map(([, path = '']) => path);
    expect([row, paths.length > 0]).toEqual([row, true]);
    for (const path of paths) expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
  }
});
