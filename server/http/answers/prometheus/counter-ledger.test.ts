/** Counters only increase, whatever the rollups say later, and are right where nothing is corrected. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { law } from '../../../../test/support/law.ts';
import { READ_AT } from '../../../storage/rollup/bucket.ts';
import { COUNTER_COLUMNS, INVOCATIONS_AT } from './counter-columns.ts';
import { CounterLedger } from './counter-ledger.ts';

const SLICE = { function: 'f', account: '1', region: 'eu-west-1', version: '1', memoryMb: 128, architecture: null };
const COLD_AT = READ_AT.cold_on_demand;

function row(n: number, cold = 0): Float64Array {
  const all = new Float64Array(COUNTER_COLUMNS.length);
  all[INVOCATIONS_AT] = n;
  all[COLD_AT] = cold;
  return all;
}

/** Invocations and cold starts of each counter. */
const shown = (counters: readonly Float64Array[]) => counters.map((one) => [one[INVOCATIONS_AT], one[COLD_AT]]);

test('counters are what was before, and then each bucket', () => {
  const ledger = CounterLedger.of(null);
  expect(ledger.wasCounted(SLICE)).toBe(false);
  expect(shown(ledger.count(SLICE, [row(5, 2), null, row(3, 1)], 0))).toEqual([
    [5, 2],
    [5, 2],
    [8, 3],
  ]);
  expect(ledger.wasCounted(SLICE)).toBe(true);
  expect(ledger.wasCounted({ ...SLICE, version: '2' })).toBe(false);
});

test('a slice that was idle for days is not among those counted last, but goes on', () => {
  const other = { ...SLICE, version: '2' };
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(4)], 0);
  ledger.endRound(0);
  ledger.addToBase(SLICE, row(4), DAY_MS);
  const next = CounterLedger.of(ledger.toText(DAY_MS));
  next.count(other, [row(1)], DAY_MS);
  next.endRound(DAY_MS);
  const third = CounterLedger.of(next.toText(DAY_MS));
  expect([third.wasCounted(SLICE), third.wasCounted(other)]).toEqual([false, true]);
  expect(shown(third.count(SLICE, [row(2)], 2 * DAY_MS))).toEqual([[6, 0]]);
});

test('the base time moves on without a change, and after a restart', () => {
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(10, 4)], 0);
  // Seven of them are no longer read.
  ledger.addToBase(SLICE, row(7, 3), DAY_MS);
  const again = CounterLedger.of(ledger.toText(DAY_MS));
  expect(shown(again.count(SLICE, [row(3, 1)], DAY_MS))).toEqual([[10, 4]]);
  expect(shown(again.count(SLICE, [row(6, 1)], DAY_MS))).toEqual([[13, 4]]);
});

test('a correction keeps a counter where it was until the sum is higher', () => {
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(10, 4)], 0);
  expect(shown(ledger.count(SLICE, [row(10, 2)], 0))).toEqual([[10, 4]]);
  expect(shown(ledger.count(SLICE, [row(12, 5)], 0))).toEqual([[12, 5]]);
});

test('after a deletion, counters go on from where they were', () => {
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(10, 4)], 0);
  expect(shown(ledger.count(SLICE, [row(2, 0)], 0))).toEqual([[10, 4]]);
  expect(shown(ledger.count(SLICE, [row(5, 1)], 0))).toEqual([[13, 5]]);
});

test('a slice that was deleted as a whole goes on, with all that follows', () => {
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(10, 4)], 0);
  ledger.endRound(0);
  ledger.endRound(HOUR_MS);
  expect(shown(ledger.count(SLICE, [row(2, 1)], 2 * HOUR_MS))).toEqual([[12, 5]]);
});

test('what is stored has no names, and is dropped after a month', () => {
  const ledger = CounterLedger.of(null);
  ledger.count({ ...SLICE, function: 'secret-project' }, [row(1)], 0);
  const text = ledger.toText(HOUR_MS);
  expect(text).not.toContain('secret-project');
  expect(CounterLedger.of(text).wasCounted({ ...SLICE, function: 'secret-project' })).toBe(true);
  expect(CounterLedger.of(ledger.toText(40 * DAY_MS)).wasCounted({ ...SLICE, function: 'secret-project' })).toBe(false);
});

test('columns of another version are read by their names; other texts are none', () => {
  const ledger = CounterLedger.of(null);
  ledger.count(SLICE, [row(9, 2)], 0);
  const [head = '', line = ''] = ledger.toText(0).split('\n');
  const [format, counted, ...columns] = head.split(' ');
  const moved = [format, counted, 'gone', ...columns].join(' ');
  const shifted = line.replaceAll(/(\d+):/g, (_, at: string) => `${Number(at) + 1}:`);
  expect(shown(CounterLedger.of(`${moved}\n${shifted}`).count(SLICE, [row(0)], 0))).toEqual([[9, 2]]);
  for (const text of ['', '{}', 'thermocline-counters-9 0 n\nx 0 0:1 0:1']) {
    expect(CounterLedger.of(text).wasCounted(SLICE)).toBe(false);
  }
});

test('counters never decrease, whatever is corrected, deleted, moved or restarted', () => {
  const step = fc.record({
    n: fc.integer({ min: 0, max: 50 }),
    cold: fc.integer({ min: 0, max: 50 }),
    leaves: fc.boolean(),
    restarts: fc.boolean(),
  });
  const property = fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let ledger = CounterLedger.of(null);
    let before = row(0);
    for (const { n, cold, leaves, restarts } of steps) {
      const [counter = row(0)] = ledger.count(SLICE, [row(n, cold)], 0);
      for (const at of [INVOCATIONS_AT, COLD_AT]) expect(counter[at] ?? 0).toBeGreaterThanOrEqual(before[at] ?? 0);
      before = counter;
      if (leaves) ledger.addToBase(SLICE, row(n, cold), 0);
      if (restarts) ledger = CounterLedger.of(ledger.toText(0));
    }
  });
  law(property);
});
