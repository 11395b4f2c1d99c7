/** Expected architectures follow from the facts of each test, read by hand. */
import { expect, test } from 'vitest';
import { Architectures, spansOf } from './architectures.ts';

const OWNER = { functionId: 1, architecture: 'arm64' };

function facts(...rows: readonly (readonly [version: string, sinceMs: number, architecture: string])[]): Architectures {
  return new Architectures(
    rows.map(([version, sinceMs, architecture]) => ({ functionId: 1, version, sinceMs, architecture })),
  );
}

test('the past keeps its architecture, whatever order facts arrive in', () => {
  const moved = facts(['', 300, 'arm64'], ['', 100, 'x86_64'], ['', 200, 'x86_64'], ['', 400, 'arm64']);
  expect([150, 299, 300, 500].map((ms) => moved.of(OWNER, '$LATEST', ms))).toEqual([
    'x86_64',
    'x86_64',
    'arm64',
    'arm64',
  ]);
  expect(moved.changes(1, { fromMs: 0, toMs: 1000 })).toEqual([{ atMs: 300, before: 'x86_64', after: 'arm64' }]);
  // The first that is known applies before it.
  expect(moved.of(OWNER, null, 50)).toBe('x86_64');
});

test('a move and back', () => {
  const back = facts(['', 100, 'x86_64'], ['', 200, 'arm64'], ['', 300, 'x86_64']);
  expect(back.changes(1, { fromMs: 0, toMs: 1000 }).map((one) => [one.atMs, one.after])).toEqual([
    [200, 'arm64'],
    [300, 'x86_64'],
  ]);
  expect(spansOf(back, OWNER, { fromMs: 150, toMs: 250 }).map((span) => [span.fromMs, span.of(null)])).toEqual([
    [150, 'x86_64'],
    [200, 'arm64'],
  ]);
});

test('a published version keeps its own; one that no source states follows the time', () => {
  const aliases = facts(['', 100, 'x86_64'], ['', 200, 'arm64'], ['7', 0, 'x86_64']);
  expect(aliases.of(OWNER, '7', 500)).toBe('x86_64');
  expect(aliases.of(OWNER, '8', 150)).toBe('x86_64');
  expect(aliases.of(OWNER, '8', 500)).toBe('arm64');
});

test('changes on the edges of a range, and of other functions, are outside it', () => {
  const moved = facts(['', 100, 'x86_64'], ['', 200, 'arm64']);
  expect(moved.changes(1, { fromMs: 200, toMs: 300 })).toEqual([]);
  expect(moved.changes(1, { fromMs: 100, toMs: 200 })).toEqual([]);
  expect(moved.changes(2, { fromMs: 0, toMs: 300 })).toEqual([]);
  expect(moved.of({ functionId: 2, architecture: null }, null, 0)).toBeNull();
});

test('where only versions are known, $LATEST has the newest that a source stated', () => {
  const known = new Architectures([{ functionId: 1, version: '3', sinceMs: 0, architecture: 'arm64' }]);
  const owner = { functionId: 1, architecture: 'x86_64' };
  expect([known.of(owner, '3', 5), known.of(owner, '4', 5), known.of(owner, null, 5)]).toEqual([
    'arm64',
    'x86_64',
    'x86_64',
  ]);
  expect(known.changes(1, { fromMs: 0, toMs: 10 })).toEqual([]);
});
