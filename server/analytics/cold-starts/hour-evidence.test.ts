/** The evidence of cold starts, and inits in a row. Timelines and figures are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Given } from '../../../test/support/attributed-hour.ts';
import { attribute, run, SNAPSHOT, SUPPRESSED } from '../../../test/support/attributed-hour.ts';
import { attributeHour } from './hour.ts';
import type { ColdRun, ColdStartRun, Run } from './hour-state.ts';
import { NO_CARRIED_STATE } from './hour-state.ts';

describe('when the environment was needed', () => {
  const needed = (cold: Partial<ColdRun>, initStartMs: number | null, startMs = 100_000) => {
    const [found] = attribute([run(1, startMs, cold)], { infos: { 1: { initStartMs } } }).coldStarts;
    return [found?.atMs, found?.platformMs];
  };

  test('at INIT_START, if the line is of this init', () => {
    // Init ended at 99,990 ms, 10 ms before START.
    expect(needed({}, 99_790)).toEqual([99_790, 10]);
    // START minus 200 ms of init is 99,800: INIT_START less than a minute before it is of the same init.
    expect(needed({}, 39_801)[0]).toBe(39_801);
    expect(needed({}, 39_800)[0]).toBe(99_800);
    // A proactive init may have waited for much longer.
    expect(needed({ userFelt: false }, 39_800)[0]).toBe(39_800);
  });

  test('without INIT_START, the init time before START, in whole ms', () => {
    expect(needed({ initMs: 200.4 }, null)).toEqual([99_799, null]);
  });

  test('a line after START is of a later init', () => {
    expect(needed({}, 100_001)).toEqual([99_800, null]);
    // At START itself the clocks disagree: the init ended 200 ms after it.
    expect(needed({}, 100_000)).toEqual([100_000, -200]);
  });

  test('an init inside Duration began Duration before the end, and INIT_START is of an earlier one', () => {
    // The end is at 100,100 ms.
    expect(needed({ ...SUPPRESSED, durationMs: 300.2 }, 99_790)).toEqual([99_799, null]);
    // Not after START.
    expect(needed({ ...SUPPRESSED, durationMs: 50 }, null)[0]).toBe(100_000);
  });

  test('not before its hour', () => {
    const [found] = attribute([run(1, HOUR_MS + 50, {})], { hourMs: HOUR_MS }).coldStarts;
    expect(found?.atMs).toBe(HOUR_MS);
  });
});

describe('evidence', () => {
  const evidenceOf = (runs: readonly Run[], given: Given = {}) =>
    attribute(runs, given)
      .coldStarts.toSorted((a, b) => a.run.startMs - b.run.startMs)
      .map(({ evidence }) => evidence);

  test('the first cold start on record, and the next beside an environment that is busy', () => {
    const [first, second] = evidenceOf([run(1, 1000, {}, { endMs: 9000 }), run(2, 2000, {})]);
    expect(first).toEqual({
      kind: 'on-demand',
      change: null,
      firstOfChange: false,
      replacedIdleMs: null,
      changeKnown: false,
      initTimedOut: false,
      previousFailed: false,
      proactiveGapMs: null,
      busy: 0,
      idle: 0,
      gone: 0,
      goneIdleMs: null,
      goneFailed: false,
      newTenant: false,
      firstOnRecord: true,
    });
    expect(second).toEqual({ ...first, busy: 1, firstOnRecord: false });
  });

  test('an hour with an earlier one, or with a run of an older environment, is no begin of the record', () => {
    const newest = { configuration: 'c1', runtime: '' };
    expect(evidenceOf([run(1, 1000, {})], { opening: { newest } })[0]?.firstOnRecord).toBe(false);
    const found = evidenceOf([run(1, 1000), run(2, 5000, {})]);
    // The older environment was free, and is never used again.
    expect(found).toMatchObject([{ firstOnRecord: false, gone: 1, goneIdleMs: 4800 - 1100 }]);
  });

  test('an environment that is idle and used later, and one that is not', () => {
    const runs = [run(1, 1000, {}), run(2, 1050, {}), run(2, 90_000), run(3, 60_000, {})];
    expect(evidenceOf(runs)[2]).toMatchObject({ busy: 0, idle: 1, gone: 1, goneIdleMs: 59_800 - 1100 });
  });

  test('whether the environment that is gone had failed', () => {
    const beside = (failed: boolean) => evidenceOf([run(1, 1000, {}, { failed }), run(2, 60_000, {})])[1];
    expect(beside(true)?.goneFailed).toBe(true);
    expect(beside(false)?.goneFailed).toBe(false);
  });

  test('environments that have been gone for two hours are not mentioned', () => {
    const lastEndMs = HOUR_MS + 1000;
    const standing = [{ ...SNAPSHOT, lastEndMs }];
    const found = (startMs: number) =>
      evidenceOf([run(2, startMs, {})], { hourMs: 3 * HOUR_MS, opening: { standing } })[0];
    // The new one was needed 200 ms before START.
    expect(found(3 * HOUR_MS + 1200)).toMatchObject({ gone: 1, goneIdleMs: 2 * HOUR_MS });
    expect(found(3 * HOUR_MS + 1201)).toMatchObject({ gone: 0, goneIdleMs: null, goneFailed: false });
  });

  test('the idle time of one that was counted before is that at which it was counted', () => {
    const standing = [{ ...SNAPSHOT, lastEndMs: HOUR_MS, counted: true, countedMs: HOUR_MS + 5 * MINUTE_MS }];
    const found = evidenceOf([run(2, HOUR_MS + 20 * MINUTE_MS, {})], { hourMs: HOUR_MS, opening: { standing } });
    expect(found).toMatchObject([{ gone: 1, goneIdleMs: 5 * MINUTE_MS }]);
  });

  test('the gap of a proactive init, and of no other', () => {
    // Init from 10,000 to 10,200, START at 60,000.
    const infos = { 1: { initStartMs: 10_000 } };
    const gap = (cold: Partial<ColdRun>) => evidenceOf([run(1, 60_000, cold)], { infos })[0]?.proactiveGapMs;
    expect(gap({ userFelt: false })).toBe(49_800);
    expect(gap({ userFelt: true })).toBeNull();
    expect(gap({ userFelt: false, kind: 'provisioned' })).toBeNull();
  });

  test('an init stopped at its limit, and the failure before it in the same environment', () => {
    const runs = (failed: boolean) => [
      run(1, 1000, {}, { failed }),
      run(1, 5000, { ...SUPPRESSED, initTimedOut: true }),
    ];
    expect(evidenceOf(runs(true))[1]).toMatchObject({ kind: 'suppressed', initTimedOut: true, previousFailed: true });
    expect(evidenceOf(runs(false))[1]).toMatchObject({ initTimedOut: true, previousFailed: false });
  });

  test('tenants share neither environments nor what is gone', () => {
    const infos = {
      1: { tenant: 'a', isFirstOfTenant: true },
      2: { tenant: 'b', isFirstOfTenant: true },
      3: { tenant: 'a' },
    };
    const found = evidenceOf([run(1, 1000, {}), run(2, 60_000, {}), run(3, 120_000, {})], { infos });
    expect(found).toMatchObject([
      { newTenant: true, gone: 0 },
      { newTenant: true, gone: 0 },
      { newTenant: false, gone: 1, goneIdleMs: 119_800 - 1100 },
    ]);
    // A later init of the same environment is not that of a new tenant.
    expect(evidenceOf([run(1, 1000, {}), run(1, 5000, SUPPRESSED)], { infos })[1]?.newTenant).toBe(false);
  });

  test('a terminated environment explains one cold start', () => {
    const runs = (kind: ColdRun['kind']) => [
      run(1, 1000, {}),
      run(2, 60_000, { kind }, { endMs: 200_000 }),
      run(3, 90_000, {}),
    ];
    expect(evidenceOf(runs('on-demand'))[2]).toMatchObject({ gone: 0 });
    expect(evidenceOf(runs('snap-start'))[2]).toMatchObject({ gone: 0 });
    // Provisioned concurrency and managed instances do not take its place.
    expect(evidenceOf(runs('provisioned'))[2]).toMatchObject({ gone: 1 });
    expect(evidenceOf(runs('managed-instance'))[2]).toMatchObject({ gone: 1 });
  });

  test('a new environment beside an idle one takes the place of none, unless it is proactive', () => {
    const runs = (userFelt: boolean) => [
      run(1, 1000, {}),
      run(2, 1050, {}),
      run(3, 60_000, { userFelt }, { endMs: 200_000 }),
      run(2, 210_000),
      run(4, 220_000, {}),
    ];
    const infos = { 3: { initStartMs: 30_000 } };
    expect(evidenceOf(runs(true), { infos })[3]).toMatchObject({ gone: 3 });
    expect(evidenceOf(runs(false), { infos })[3]).toMatchObject({ gone: 2 });
  });

  test('a later init of an environment takes the place of none', () => {
    // The second environment runs while the first expires, is initialised again, and serves beside the third.
    const runs = [
      run(1, 1000, {}),
      run(2, 1050, {}, { endMs: 50_000 }),
      run(2, 60_000, {}, { endMs: 200_000 }),
      run(3, 90_000, {}),
    ];
    expect(evidenceOf(runs)[3]).toMatchObject({ busy: 1, gone: 1, goneIdleMs: 89_800 - 1100 });
  });

  test('an environment that is not known is an error of the caller', () => {
    const cold = run(9, 1000, {}) as ColdStartRun;
    expect(() => attributeHour(0, { cold: [cold], runs: [cold] }, new Map(), NO_CARRIED_STATE)).toThrow(
      'environment 9 is not known',
    );
  });
});

describe('inits in a row', () => {
  const loops = (runs: readonly Run[], given: Given = {}) => attribute(runs, given).coldStarts.map(({ loop }) => loop);

  test('are counted in one environment, and begin anew after a warm invocation', () => {
    const again = [2000, 3000, 4000].map((startMs) => run(1, startMs, SUPPRESSED));
    expect(loops([run(1, 1000, {}), ...again])).toEqual([0, 1, 2, 3]);
    expect(loops([run(1, 1000, {}), ...again, run(1, 5000), run(1, 6000, SUPPRESSED)])).toEqual([0, 1, 2, 3, 1]);
  });

  test('are counted across environments of the function, and from the hour before', () => {
    const two = [run(1, 1000, SUPPRESSED), run(2, 2000, SUPPRESSED)];
    expect(loops(two)).toEqual([1, 2]);
    expect(loops(two, { opening: { streak: 3 } })).toEqual([4, 5]);
    expect(attribute(two, { opening: { streak: 3 } }).closing.streak).toBe(5);
    // One that was not suppressed lies between them.
    expect(loops([run(1, 1000, SUPPRESSED), run(3, 1500), run(2, 2000, SUPPRESSED)])).toEqual([1, 1]);
    expect(attribute([run(1, 1000, SUPPRESSED), run(3, 1500)]).closing.streak).toBe(0);
    expect(attribute([run(1, 1000, SUPPRESSED), run(3, 1500, {})]).closing.streak).toBe(0);
  });

  test('an environment keeps its count from the hour before', () => {
    const standing = [{ ...SNAPSHOT, lastEndMs: HOUR_MS - 1000, loop: 7 }];
    const given = { hourMs: HOUR_MS, opening: { standing } };
    expect(loops([run(1, HOUR_MS + 1000, SUPPRESSED)], given)).toEqual([8]);
    expect(attribute([run(1, HOUR_MS + 1000, SUPPRESSED)], given).closing.standing).toMatchObject([{ id: 1, loop: 8 }]);
    expect(attribute([run(1, HOUR_MS + 1000)], given).closing.standing).toMatchObject([{ id: 1, loop: 0 }]);
  });
});
