/** Keep-alive and causes must count the same terminated environments on any history of on-demand environments. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { encodeConfiguration } from '../cold-starts/configuration.ts';
import { attributeHour } from '../cold-starts/hour.ts';
import type { ColdStartRun, EnvironmentInfo, Run } from '../cold-starts/hour-state.ts';
import { NO_CARRIED_STATE } from '../cold-starts/hour-state.ts';
import { idleBin } from '../cold-starts/idle-window.ts';
import type { EnvironmentLifetime } from './idle-periods.ts';
import { idlePeriods } from './idle-periods.ts';

const INIT_MS = 200;
const CONFIGURATION = encodeConfiguration({ version: '$LATEST', memoryMb: 128, extensions: null, deployedAtMs: null });

/** Start of the first run, then pairs of idle time and duration; whether the last run failed. */
interface Planned {
  readonly startMs: number;
  readonly runs: readonly (readonly [idleMs: number, durationMs: number])[];
  readonly crashed: boolean;
}

function lifetimesOf(planned: readonly Planned[]): readonly EnvironmentLifetime[] {
  return planned.map(({ startMs, runs, crashed }) => {
    let atMs = startMs;
    const mine = runs.map(([idleMs, durationMs], at) => {
      const begin = at === 0 ? atMs : atMs + idleMs;
      atMs = begin + durationMs;
      return { startMs: begin, endMs: atMs };
    });
    return { bornMs: startMs - INIT_MS, demandedMs: startMs - INIT_MS, runs: mine, crashed };
  });
}

/** Bins of idle times that ended in a reuse, and in a termination; sorted. */
interface Counted {
  readonly reused: readonly number[];
  readonly terminated: readonly number[];
}

const ascending = (a: number, b: number): number => a - b;

function byKeepAlive(lifetimes: readonly EnvironmentLifetime[]): Counted {
  const periods = idlePeriods(lifetimes);
  const terminated = periods.filter(({ untilMs }) => untilMs !== Number.POSITIVE_INFINITY);
  const reused = periods.filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY);
  return {
    reused: reused.map(({ afterMs }) => idleBin(afterMs)).toSorted(ascending),
    terminated: terminated.map(({ untilMs }) => idleBin(untilMs)).toSorted(ascending),
  };
}

function byCauses(lifetimes: readonly EnvironmentLifetime[]): Counted {
  const infos = new Map<number, EnvironmentInfo>();
  const runs = lifetimes.flatMap(({ runs: mine, crashed }, at): Run[] => {
    infos.set(at + 1, {
      configuration: CONFIGURATION,
      runtime: '',
      tenant: null,
      isFirstOfTenant: false,
      initStartMs: (mine[0]?.startMs ?? 0) - INIT_MS,
      lastEndMs: mine.at(-1)?.endMs ?? 0,
    });
    return mine.map(({ startMs, endMs }, order) => ({
      environmentId: at + 1,
      startMs,
      endMs,
      failed: crashed && order === mine.length - 1,
      cold:
        order > 0
          ? null
          : {
              requestId: 'r',
              order: String(at),
              kind: 'on-demand',
              userFelt: true,
              seriesId: 1,
              initMs: INIT_MS,
              durationMs: endMs - startMs,
              billedMs: null,
              hiddenInitMs: null,
              billedRestoreMs: null,
              initTimedOut: false,
            },
    }));
  });
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs);
  const cold = inOrder.filter((run): run is ColdStartRun => run.cold !== null);
  const { idleTimes } = attributeHour(0, { cold, runs: inOrder }, infos, NO_CARRIED_STATE);
  const bins = (which: 0 | 1): readonly number[] =>
    [...idleTimes].flatMap(([bin, counts]) => Array.from({ length: counts[which] }, () => bin)).toSorted(ascending);
  return { reused: bins(0), terminated: bins(1) };
}

const planned: fc.Arbitrary<Planned> = fc.record({
  startMs: fc.integer({ min: INIT_MS, max: HOUR_MS / 2 }),
  runs: fc.array(fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 1, max: 90_000 })), {
    minLength: 1,
    maxLength: 6,
  }),
  crashed: fc.boolean(),
});

test('both count the same reuses and terminations', () => {
  let terminations = 0;
  law(
    fc.property(fc.array(planned, { minLength: 1, maxLength: 12 }), (histories) => {
      const lifetimes = lifetimesOf(histories);
      const counted = byKeepAlive(lifetimes);
      terminations += counted.terminated.length;
      expect(byCauses(lifetimes)).toEqual(counted);
    }),
    { numRuns: 500 },
  );
  expect(terminations).toBeGreaterThan(100);
});

test.each([
  ['the moment of placement after the end', 500, 1],
  ['a millisecond less', 499, 0],
])('an environment that ended %s before INIT_START', (_, gapMs, terminated) => {
  const first = { startMs: 1000, runs: [[0, 100]], crashed: false } as const;
  const lifetimes = lifetimesOf([first, { ...first, startMs: 1100 + gapMs + INIT_MS }]);
  expect(byKeepAlive(lifetimes).terminated).toHaveLength(terminated);
  expect(byCauses(lifetimes).terminated).toHaveLength(terminated);
});

test('one that ended during placement was busy when the request arrived: the request counts', () => {
  const lifetimes = lifetimesOf([
    { startMs: 1000, runs: [[0, 100]], crashed: false },
    {
      startMs: 1050,
      runs: [
        [0, 298_550],
        [60_000, 100],
      ],
      crashed: false,
    },
    { startMs: 300_000, runs: [[0, 100]], crashed: false },
  ]);
  // INIT_START is at 299,800 ms, the end before it at 299,600 ms.
  expect(byKeepAlive(lifetimes).terminated).toEqual([idleBin(298_700)]);
  expect(byCauses(lifetimes).terminated).toEqual([idleBin(298_700)]);
});

test('a new environment beside one that is idle and used later says nothing about the others', () => {
  const runs = (...list: readonly (readonly [number, number])[]) => list;
  const lifetimes = lifetimesOf([
    { startMs: 1000, runs: runs([0, 100]), crashed: false },
    { startMs: 1050, runs: runs([0, 100], [600_000, 100]), crashed: false },
    { startMs: 300_000, runs: runs([0, 100]), crashed: false },
  ]);
  expect(byKeepAlive(lifetimes).terminated).toEqual([]);
  expect(byCauses(lifetimes).terminated).toEqual([]);
});
