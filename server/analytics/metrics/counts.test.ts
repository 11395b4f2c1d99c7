/** What counts of rollups add up to. Every figure is a power of two, so that a sum shows what is in it. */
import { expect, test } from 'vitest';
import { coldStartSecondsOf, coldStartsOf, coverageOf, errorsOf, placedOf, userFeltOf } from './counts.ts';

test('errors are timeouts, function errors, out of memory and exits', () => {
  expect(errorsOf({ timeouts: 1, errors: 2, ooms: 4, exits: 8 })).toBe(15);
});

test('cold starts are of five kinds', () => {
  const counts = {
    cold_on_demand: 1,
    cold_provisioned: 2,
    cold_snap_start: 4,
    cold_suppressed: 8,
    cold_managed_instance: 16,
  };
  expect(coldStartsOf(counts)).toBe(31);
});

test('what callers waited is unknown where no log stream is known, and zero where there are no invocations', () => {
  const counts = { n: 10, unplaced: 4, user_felt: 3, felt_init_us: 1_500_000 };
  expect([placedOf(counts), userFeltOf(counts), coldStartSecondsOf(counts)]).toEqual([6, 3, 1.5]);
  const unknown = { ...counts, unplaced: 10 };
  expect([placedOf(unknown), userFeltOf(unknown), coldStartSecondsOf(unknown)]).toEqual([0, null, null]);
  const none = { n: 0, unplaced: 0, user_felt: 0, felt_init_us: 0 };
  expect([placedOf(none), userFeltOf(none), coldStartSecondsOf(none)]).toEqual([0, 0, 0]);
});

test('coverage is the share with START', () => {
  expect(coverageOf({ n: 4, with_start: 3 })).toBe(0.75);
  expect(coverageOf({ n: 4, with_start: 0 })).toBe(0);
  expect(coverageOf({ n: 0, with_start: 0 })).toBeNull();
});
