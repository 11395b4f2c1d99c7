/** Rules of tests that a tool for JavaScript does not know. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A time-out ends a test that hangs and is never a measure: a busy machine takes ten times as long. */
const LEAST_MS = 10 * MINUTE_MS;

const files = ['bench', 'ingest', 'server', 'test', 'web'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => join(ROOT, folder, name)),
);

/** Limits of a test, a hook or a poll in a text, ms: `}, 60_000);` at the end of one, `{ timeout: 60_000 }` of a poll. */
function limitsOf(text: string): readonly number[] {
  const ofTests = text.matchAll(/^\s*(?:\}, )?([\d_]+),?(?:\n\s*)?\);$/gm);
  const ofPolls = text.matchAll(/expect\.poll\([^;]*?\btimeout: ([\d_]+)/g);
  return [...ofTests, ...ofPolls]
    .map(([, digits = '']) => Number(digits.replaceAll('_', '')))
    .filter((ms) => ms >= 5 * SECOND_MS);
}

test('limits are found in the forms that tests have', () => {
  expect(limitsOf("test('a', async () => {\n}, 60_000);\n")).toEqual([60_000]);
  expect(limitsOf("test(\n  'a',\n  () => {},\n  5000,\n);\n")).toEqual([5000]);
  expect(limitsOf('await expect.poll(read, { interval: 5, timeout: 30_000 }).toBe(1);')).toEqual([30_000]);
  expect(limitsOf('expect(f(\n 3,\n 4)).toBe(1);\nf(5000);\n')).toEqual([]);
});

test('no test ends because the machine is busy', () => {
  expect(files.length).toBeGreaterThan(500);
  const others = files.filter((file) => file !== import.meta.filename);
  const short = others.flatMap((file) =>
    limitsOf(readFileSync(file, 'utf8'))
      .filter((ms) => ms < LEAST_MS)
      .map((ms) => `${relative(ROOT, file)}: ${ms} ms`),
  );
  expect(short).toEqual([]);
});
