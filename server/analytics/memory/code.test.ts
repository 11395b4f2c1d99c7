/** Finds out which code an environment ran, and which size is the current one. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { codeFinder } from './code.ts';
import { currentSize } from './current-size.ts';

const AT = Date.UTC(2026, 10, 2);
const ran = (version: string | null, hour: number, hours = 1) => ({
  version,
  firstMs: AT + hour * HOUR_MS,
  durationsMs: [],
  tenant: null,
  maxMemoryUsedMb: null,
  hours: Array.from({ length: hours }, (_, n) => ({ startMs: AT + (hour + n) * HOUR_MS, n: 1, billedMs: 1 })),
});

test('versions with one CodeSha256 are one code; without a hash each may be another', () => {
  const code = codeFinder({ updates: [], versionCodes: { '1': 'a', '2': 'a', '3': 'b' } });
  expect(code(ran('1', 0))).toEqual({ id: 'a', basis: 'hash' });
  expect(code(ran('2', 0)).id).toBe(code(ran('1', 9)).id);
  expect(code(ran('3', 0)).id).toBe('b');
  expect(code(ran('4', 0))).toEqual({ id: 'version 4', basis: 'version' });
});

test('$LATEST runs the code of its newest update before; a change of configuration keeps it', () => {
  const code = codeFinder({
    updates: [
      { atMs: AT + 5 * HOUR_MS, kind: 'configuration', codeSha256: null },
      { atMs: AT + HOUR_MS, kind: 'create', codeSha256: null },
      { atMs: AT + 1.5 * HOUR_MS, kind: 'unknown', codeSha256: null },
      { atMs: AT + 2 * HOUR_MS, kind: 'unknown', codeSha256: 'a' },
      { atMs: AT + 8 * HOUR_MS, kind: 'code', codeSha256: null },
      { atMs: AT + 9 * HOUR_MS, kind: 'code', codeSha256: 'a' },
    ],
    versionCodes: {},
  });
  expect(code(ran('$LATEST', 0)).basis).toBe('unknown');
  // Without a hash, only what replaces the code makes another one.
  const created = { id: 'update of 2026-11-02T01:00:00.000Z', basis: 'hash' };
  expect([code(ran('$LATEST', 1)), code(ran('$LATEST', 1.6))]).toEqual([created, created]);
  expect(code(ran('$LATEST', 3)).id).toBe('a');
  expect(code(ran(null, 6)).id).toBe('a');
  expect(code(ran('$LATEST', 8)).id).toMatch(/^update of 2026-11-02T08/);
  expect(code(ran('$LATEST', 10)).id).toBe('a');
});

test('the current size is that of the newest invocation, unless an alias splits traffic', () => {
  const small = { memoryMb: 512, versions: ['1'], environments: [ran('1', 0, 48)] };
  const large = { memoryMb: 1024, versions: ['2'], environments: [ran('2', 0, 48)] };
  expect(currentSize(512, 1024, [small, large])).toBe(1024);
  expect(currentSize(512, null, [small, large])).toBe(1024);
  expect(currentSize(512, 512, [small, large])).toBe(512);
  // Changed two hours before the end: not a split, and the inventory is older.
  const after = { ...large, environments: [ran('2', 46, 2)] };
  const before = { ...small, environments: [ran('1', 0, 46)] };
  expect(currentSize(1024, 512, [before, after])).toBe(1024);
  expect(currentSize(null, 512, [])).toBeNull();
});
