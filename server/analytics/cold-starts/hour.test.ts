/** Causes of cold starts on timelines written by hand: which environment each new one takes the place of. */

import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { causeOf, explainCause } from './cause.ts';
import { encodeConfiguration } from './configuration.ts';
import { attributeHour } from './hour.ts';
import type { ColdRun, ColdStartRun, EnvironmentInfo, Run } from './hour-state.ts';
import { NO_CARRIED_STATE } from './hour-state.ts';

const WINDOW = { ms: 10 * MINUTE_MS, surelyMs: 6 * MINUTE_MS, estimated: true };
const INIT_MS = 200;

interface Planned {
  readonly environment: number;
  readonly startMs: number;
  readonly durationMs?: number;
  readonly cold?: boolean;
  readonly proactive?: boolean;
  readonly failed?: boolean;
  readonly deployedAtMs?: number;
  readonly order?: string;
}

function coldRun(proactive: boolean, durationMs: number, order = 'r'): ColdRun {
  return {
    requestId: 'r',
    order,
    kind: 'on-demand',
    userFelt: !proactive,
    seriesId: 1,
    initMs: INIT_MS,
    durationMs,
    billedMs: null,
    hiddenInitMs: null,
    billedRestoreMs: null,
    initTimedOut: false,
  };
}

/** The first hour of a function. A proactive init begins 30 s before START. */
function hourOf(planned: readonly Planned[]): ReturnType<typeof attributeHour> {
  const runs: Run[] = planned.map(({ environment, startMs, durationMs = 100, cold, proactive, failed, order }) => ({
    environmentId: environment,
    startMs,
    endMs: startMs + durationMs,
    failed: failed ?? false,
    cold: cold === true || proactive === true ? coldRun(proactive === true, durationMs, order) : null,
  }));
  const infos = new Map<number, EnvironmentInfo>();
  for (const { environment, startMs, proactive, deployedAtMs = null } of planned) {
    const mine = runs.filter((run) => run.environmentId === environment);
    if (infos.has(environment)) continue;
    infos.set(environment, {
      configuration: encodeConfiguration({ version: '$LATEST', memoryMb: 128, extensions: null, deployedAtMs }),
      runtime: '',
      tenant: null,
      isFirstOfTenant: false,
      initStartMs: startMs - INIT_MS - (proactive === true ? 30_000 : 0),
      lastEndMs: Math.max(...mine.map((run) => run.endMs)),
    });
  }
  const cold = runs.filter((run): run is ColdStartRun => run.cold !== null);
  return attributeHour(0, { cold, runs: runs.toSorted((a, b) => a.startMs - b.startMs) }, infos, NO_CARRIED_STATE);
}

/** Causes and evidence of the cold starts in order of START. */
function causesOf(planned: readonly Planned[]): readonly string[] {
  return hourOf(planned)
    .coldStarts.toSorted((a, b) => a.run.startMs - b.run.startMs)
    .map(({ evidence }) => {
      const cause = causeOf(evidence, WINDOW);
      return `${cause}: ${explainCause(evidence, cause, WINDOW).text}`;
    });
}

const named = (planned: readonly Planned[]) => causesOf(planned).map((text) => text.split(':')[0]);

test('cold starts beside a busy environment replace the expired ones first; the rest is growth', () => {
  // 1, 2 and 3 serve at once. 12 minutes later 1 runs for a minute, and three requests come: 2 and 3 had expired.
  const found = causesOf([
    { environment: 1, startMs: 1000, durationMs: 10_000, cold: true },
    { environment: 2, startMs: 2000, durationMs: 10_000, cold: true },
    { environment: 3, startMs: 3000, durationMs: 10_000, cold: true },
    { environment: 1, startMs: 5 * MINUTE_MS },
    { environment: 1, startMs: 12 * MINUTE_MS, durationMs: MINUTE_MS },
    { environment: 4, startMs: 12 * MINUTE_MS + 10_000, durationMs: 30_000, cold: true },
    { environment: 5, startMs: 12 * MINUTE_MS + 11_000, durationMs: 30_000, cold: true },
    { environment: 6, startMs: 12 * MINUTE_MS + 12_000, durationMs: 30_000, cold: true },
  ]);
  expect(found.map((text) => text.split(':')[0])).toEqual([
    'unknown',
    'scale-out',
    'scale-out',
    'idle-expiry',
    'idle-expiry',
    'scale-out',
  ]);
  expect(found[3]).toMatch(/2 idle environments had expired \(1 busy\)/);
  expect(found[4]).toMatch(/1 idle environment had expired \(2 busy\)/);
  expect(found[5]).toMatch(/none had expired \(3 busy, 0 idle\)/);
});

test('cold starts are in the order in which they were needed, then of their ends, then of their keys', () => {
  const planned = [
    { environment: 1, startMs: 1000, durationMs: 300, order: 'a', cold: true },
    { environment: 2, startMs: 1000, order: 'c', cold: true },
    { environment: 3, startMs: 900, durationMs: 500, order: 'd', cold: true },
    { environment: 4, startMs: 1000, order: 'b', cold: true },
  ];
  for (const some of [planned, planned.toReversed()])
    expect(hourOf(some).coldStarts.map(({ run }) => run.environmentId)).toEqual([3, 4, 2, 1]);
});

test('what the next hour begins with: the environments that stand, by their ids', () => {
  const { closing } = hourOf([
    { environment: 2, startMs: 1000, durationMs: 10_000, cold: true },
    { environment: 1, startMs: 2000, durationMs: 10_000, cold: true, failed: true },
    { environment: 2, startMs: 5 * MINUTE_MS },
  ]);
  expect(closing.standing).toMatchObject([
    { id: 1, lastEndMs: 12_000, failed: true },
    { id: 2, lastEndMs: 5 * MINUTE_MS + 100, failed: false },
  ]);
});

test('an environment that was idle for a minute beside a busy one was recycled', () => {
  expect(
    named([
      { environment: 1, startMs: 1000, durationMs: 5 * MINUTE_MS, cold: true },
      { environment: 2, startMs: 2000, durationMs: 10_000, cold: true },
      { environment: 3, startMs: 72_000, cold: true },
    ]),
  ).toEqual(['unknown', 'scale-out', 'recycle']);
});

test('a proactive init takes the place of an expired environment', () => {
  expect(
    named([
      { environment: 1, startMs: 1000, durationMs: 10_000, cold: true },
      { environment: 2, startMs: 2000, durationMs: 10_000, cold: true },
      { environment: 1, startMs: 5 * MINUTE_MS },
      { environment: 1, startMs: 12 * MINUTE_MS, durationMs: 5 * MINUTE_MS },
      { environment: 3, startMs: 13 * MINUTE_MS, durationMs: MINUTE_MS, proactive: true },
      { environment: 4, startMs: 13 * MINUTE_MS + 10_000, cold: true },
    ]),
  ).toEqual(['unknown', 'scale-out', 'proactive', 'scale-out']);
});

test('an environment that an update of $LATEST ended is replaced through the update, also long after it', () => {
  const updateMs = 5 * MINUTE_MS;
  // 2 was idle for 3 minutes at the update; the first environment after it replaces 1, the second 2, the third none.
  expect(
    named([
      { environment: 1, startMs: 1000, durationMs: 2 * MINUTE_MS, cold: true },
      { environment: 2, startMs: 2000, durationMs: 2 * MINUTE_MS, cold: true },
      { environment: 3, startMs: 6 * MINUTE_MS, durationMs: 30 * MINUTE_MS, cold: true, deployedAtMs: updateMs },
      { environment: 4, startMs: 30 * MINUTE_MS, durationMs: MINUTE_MS, cold: true, deployedAtMs: updateMs },
      { environment: 5, startMs: 30 * MINUTE_MS + 1000, cold: true, deployedAtMs: updateMs },
    ]),
  ).toEqual(['unknown', 'scale-out', 'deploy', 'deploy', 'scale-out']);
});

test('hours of an earlier version, which did not count terminated environments, keep their causes', () => {
  const stored = {
    kind: 'on-demand' as const,
    change: null,
    firstOfChange: false,
    replacedIdleMs: null,
    changeKnown: false,
    initTimedOut: false,
    previousFailed: false,
    proactiveGapMs: null,
    busy: 2,
    idle: 0,
    gone: 0,
    goneIdleMs: HOUR_MS,
    goneFailed: false,
    newTenant: false,
    firstOnRecord: false,
  };
  expect(causeOf(stored, WINDOW)).toBe('scale-out');
  expect(causeOf({ ...stored, gone: 1 }, WINDOW)).toBe('idle-expiry');
});
