/** Rows and densities of the environment timeline. */
import { expect, test } from 'vitest';
import type { Environment, Placed } from './environment-lanes.ts';
import { busyShare, cellsOf, placed, steppedFrom } from './environment-lanes.ts';

const AT = Date.UTC(2026, 10, 28);

function environment(fromMs: number, toMs: number, runs: readonly Partial<Environment['runs'][number]>[] = []) {
  const [firstSeenAt, lastSeenAt] = [fromMs, toMs].map((ms) => new Date(AT + ms).toISOString());
  return {
    firstSeenAt,
    lastSeenAt,
    runs: runs.map((run) => ({
      status: 'success',
      cold: null,
      initMs: null,
      ...run,
      startMs: AT + (run.startMs ?? 0),
      endMs: AT + (run.endMs ?? 0),
    })),
  } as unknown as Environment;
}
const lanes = (environments: readonly Environment[], gapMs = 0) => placed(environments, gapMs).map(({ lane }) => lane);

test('an environment takes the first row that is free', () => {
  expect(lanes([environment(0, 10), environment(5, 15), environment(10, 20), environment(16, 20)])).toEqual([
    0, 1, 0, 1,
  ]);
  // With a gap of 2 the third cannot follow the first at once.
  expect(lanes([environment(0, 10), environment(5, 15), environment(10, 20)], 2)).toEqual([0, 1, 2]);
});

test('rows are given in the order of starts, and an init belongs to its environment', () => {
  const [first, second] = placed([environment(20, 30), environment(9, 15, [{ startMs: 9, endMs: 15, initMs: 4 }])], 0);
  expect([first?.startMs, first?.endMs, second?.startMs]).toEqual([AT + 5, AT + 15, AT + 20]);
});

test('two hundredths of a part busy are 2 %', () => {
  const one = environment(0, 2000, [
    { startMs: 100, endMs: 110 },
    { startMs: 500, endMs: 510 },
  ]);
  expect(cellsOf(one, AT, 1000, 2)).toEqual([{ at: 0, busy: 0.02, hasInit: false, hasFailure: false }]);
  expect(busyShare({ environment: one, lane: 0, startMs: AT, endMs: AT + 1000 } as Placed)).toBe(0.02);
});

test('a run over several parts fills each by its own share; a failure is where it ends', () => {
  const one = environment(0, 3000, [{ startMs: 750, endMs: 2500, initMs: 800, status: 'timeout' }]);
  expect(cellsOf(one, AT, 1000, 4)).toEqual([
    { at: 0, busy: 0.25, hasInit: true, hasFailure: false },
    { at: 1, busy: 1, hasInit: false, hasFailure: false },
    { at: 2, busy: 0.5, hasInit: false, hasFailure: true },
  ]);
});

test('what is outside of the range is left out', () => {
  const one = environment(-1000, 5000, [
    { startMs: -500, endMs: 100 },
    { startMs: 4000, endMs: 4500 },
  ]);
  expect(cellsOf(one, AT, 1000, 2)).toEqual([{ at: 0, busy: 0.1, hasInit: false, hasFailure: false }]);
});

test('invocations at the same time make no environment more than busy, and a life without length has no share', () => {
  const one = environment(0, 10, [
    { startMs: 0, endMs: 10 },
    { startMs: 0, endMs: 10 },
  ]);
  expect(cellsOf(one, AT, 10, 1)[0]?.busy).toBe(1);
  expect(busyShare({ environment: one, lane: 0, startMs: AT, endMs: AT })).toBeNull();
});

test('a step leads from the chosen environment, wherever a refresh has put it', () => {
  const named = (id: number, fromMs: number) => ({ ...environment(fromMs, fromMs + 5), id });
  const rows = placed([named(7, 0), named(8, 10), named(9, 20)], 0);
  const idAfter = (given: readonly Placed[], chosen: number | null, step: number) =>
    steppedFrom(given, chosen, step)?.environment.id;
  expect([idAfter(rows, null, 1), idAfter(rows, 7, 1), idAfter(rows, 9, 1), idAfter(rows, 7, -1)]).toEqual([
    7, 8, 9, 7,
  ]);
  // The first has left the range.
  expect([idAfter(rows.slice(1), 8, 1), idAfter(rows.slice(1), 7, 1), idAfter([], 7, 1)]).toEqual([9, 8, undefined]);
});
