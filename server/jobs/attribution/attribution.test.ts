import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type {
  AttributedHours,
  AttributionReader,
  AttributionStore,
  FunctionIdleTimes,
  StaleHour,
} from '../../storage/ports.ts';
import { StoreError } from '../../storage/ports.ts';
import { analyseHere } from '../analysis/analyse-here.ts';
import { attributionSentence, ColdStartAttribution } from './attribution.ts';

type Query = Parameters<AttributionReader['attributeHours']>[0];

/** A store in memory whose queries for the functions in `failing` run into the deadline. */
class FakeStore implements AttributionReader, AttributionStore {
  readonly read = this;
  readonly attribution = this;
  readonly failing = new Set<number>();
  readonly queries: Query[] = [];
  /** Queries for these functions are answered when their promise resolves. */
  readonly held = new Map<number, Promise<void>>();
  readonly idleTimesRead: (readonly number[] | 'all')[] = [];
  readonly savedWindows: (readonly [functionId: number, source: string])[][] = [];
  times: readonly FunctionIdleTimes[] = [];
  stale: StaleHour[];

  constructor(stale: readonly StaleHour[]) {
    this.stale = [...stale];
  }

  async staleHours(): Promise<readonly StaleHour[]> {
    return this.stale;
  }

  async attributeHours(query: Query): Promise<AttributedHours> {
    this.queries.push(query);
    await this.held.get(query.functionId);
    if (this.failing.has(query.functionId)) throw new StoreError('deadline', 'The query took longer than 30000 ms.');
    const hours = query.hours.slice(0, query.mostRuns === 1 ? 1 : undefined);
    return {
      hours: hours.map((hourMs) => ({
        hourMs,
        changesSeen: 1,
        unsettled: 0,
        runs: 1,
        idleTimes: '[]',
        carryOut: '{}',
        coldStarts: { n: 0, parts: [] },
        changes: [],
        errors: null,
      })),
      nextHourMs: null,
    };
  }

  async saveHours(functionId: number, { hours }: AttributedHours): Promise<void> {
    const saved = new Set(hours.map((hour) => hour.hourMs));
    this.stale = this.stale.filter((one) => one.functionId !== functionId || !saved.has(one.hourMs));
  }

  async idleTimes({
    functionIds,
  }: Parameters<AttributionReader['idleTimes']>[0]): Promise<readonly FunctionIdleTimes[]> {
    this.idleTimesRead.push(functionIds ?? 'all');
    return this.times.filter((one) => functionIds?.includes(one.functionId) ?? true);
  }
  async initGaps(): Promise<readonly []> {
    return [];
  }
  async classifyPending(): Promise<void> {}
  async saveIdleWindows(windows: Parameters<AttributionStore['saveIdleWindows']>[0]): Promise<void> {
    this.savedWindows.push(windows.map(({ functionId, source }) => [functionId, source]));
  }
  async saveProactiveThresholds(): Promise<void> {}
}

const stale = (functionId: number, hour: number, changes = 1): StaleHour => ({
  functionId,
  hourMs: hour * HOUR_MS,
  changes,
  sinceMs: 0,
  runs: null,
});

test('functions with few changes come before one with many', async () => {
  const store = new FakeStore([stale(1, 0, 20_000), stale(2, 0, 3), stale(3, 0, 2)]);
  await new ColdStartAttribution({ store, now: () => 10 * HOUR_MS, analyse: analyseHere }).round();
  expect(store.queries.map((query) => query.functionId)).toEqual([3, 2, 1]);
});

test('a function that fails is tried hour by hour at growing intervals, and stops no other', async () => {
  let nowMs = 10 * HOUR_MS;
  const store = new FakeStore([stale(1, 0), stale(1, 1), stale(2, 0, 5), stale(3, 4, 5)]);
  store.failing.add(1);
  const reported: (number | null)[] = [];
  const attribution = new ColdStartAttribution({
    store,
    now: () => nowMs,
    analyse: analyseHere,
    onFailed: (failed) => reported.push(failed?.attempts ?? null),
  });
  expect(attribution.progress()).toEqual({
    pendingHours: null,
    oldestHourMs: null,
    hoursPerSecond: null,
    failed: [],
    working: null,
    late: 0,
  });

  expect((await attribution.round()).hours).toBe(2);
  expect(store.stale.map((one) => one.functionId)).toEqual([1, 1]);
  expect(attribution.progress()).toMatchObject({
    pendingHours: 2,
    oldestHourMs: 0,
    failed: [
      {
        functionId: 1,
        hourMs: 0,
        sinceMs: 10 * HOUR_MS,
        attempts: 2,
        retryMs: 10 * HOUR_MS + MINUTE_MS,
        reason: 'The query took longer than 30000 ms.',
      },
    ],
  });
  const mine = (): readonly Query[] => store.queries.filter((query) => query.functionId === 1);
  expect(mine().map(({ hours, mostRuns }) => [hours.length, mostRuns])).toEqual([
    [2, 100_000],
    [1, 1],
  ]);

  await attribution.round();
  expect(mine()).toHaveLength(2);
  nowMs += MINUTE_MS;
  await attribution.round();
  expect(mine()).toHaveLength(3);
  expect(attribution.progress().failed[0]).toMatchObject({ attempts: 3, retryMs: nowMs + 2 * MINUTE_MS });

  store.failing.clear();
  nowMs += 2 * MINUTE_MS;
  await attribution.round();
  expect(attribution.progress()).toMatchObject({ pendingHours: 0, oldestHourMs: null, failed: [] });
  expect(reported).toEqual([1, 2, 3, null]);
});

test('rounds go on while a large function is at work, and leave it alone', async () => {
  let nowMs = 10 * HOUR_MS;
  let release = (): void => undefined;
  const store = new FakeStore([stale(1, 0, 400_000), stale(2, 0, 3)]);
  store.held.set(1, new Promise((resolve) => (release = resolve)));
  const attribution = new ColdStartAttribution({ store, now: () => nowMs, analyse: analyseHere });
  expect((await attribution.round()).hours).toBe(1);
  expect(store.stale.map((one) => one.functionId)).toEqual([1]);
  const working = { functionId: 1, hourMs: 0, runs: 400_000, sinceMs: 10 * HOUR_MS };
  await expect.poll(() => attribution.progress().working).toEqual(working);

  // Its marks have become fewer meanwhile, as after a part of it was stored: the work under way still owns it.
  store.stale = [stale(1, 0, 10), stale(3, 0, 3)];
  nowMs += MINUTE_MS;
  expect((await attribution.round()).hours).toBe(1);
  expect(store.queries.map(({ functionId, large }) => [functionId, large])).toEqual([
    [2, undefined],
    [1, 400_000],
    [3, undefined],
  ]);
  expect(attribution.progress()).toMatchObject({ working, late: 0 });
  nowMs += 9 * MINUTE_MS;
  expect(attribution.progress().late).toBe(1);
  expect(attributionSentence(attribution.progress())).toContain('one function have waited');
  release();
  await expect.poll(() => attribution.progress().working).toBeNull();
  expect(store.stale).toEqual([]);
  expect(attribution.progress().late).toBe(0);
  expect(attributionSentence(attribution.progress())).toBeNull();
});

test('a complete round attributes several large functions, smallest first', async () => {
  const store = new FakeStore([stale(1, 0, 400_000), stale(2, 0, 300_000), stale(2, 1, 1), stale(3, 0, 2)]);
  const attribution = new ColdStartAttribution({ store, now: () => 10 * HOUR_MS, analyse: analyseHere });
  expect((await attribution.round(true)).hours).toBe(4);
  expect(store.queries.map((query) => query.functionId)).toEqual([3, 2, 1]);
});

test('the idle times of the whole fleet are read once after the large functions, not after each', async () => {
  const ended = new Map([[100, [0, 20]]] as const);
  const reused = new Map([[90, [30, 0]]] as const);
  const times = [
    { functionId: 1, times: reused, window: null },
    { functionId: 2, times: ended, window: null },
  ];
  for (const [all, reads, saved] of [
    [
      false,
      [[2], [1], 'all'],
      [
        [[2, 'own']],
        [
          [1, 'fleet'],
          [2, 'own'],
        ],
      ],
    ],
    [
      true,
      [[2], [1], 'all'],
      [
        [[2, 'own']],
        [
          [1, 'fleet'],
          [2, 'own'],
        ],
      ],
    ],
  ] as const) {
    const store = new FakeStore([stale(1, 0, 400_000), stale(2, 0, 300_000)]);
    store.times = times;
    const attribution = new ColdStartAttribution({ store, now: () => 10 * HOUR_MS, analyse: analyseHere });
    await attribution.round(all);
    await expect.poll(() => store.savedWindows).toEqual(saved);
    expect(store.idleTimesRead).toEqual(reads);
  }
});

test('a clock that goes back an hour delays neither a retry nor makes durations negative', async () => {
  let [wallMs, monotonicMs] = [10 * HOUR_MS, 0];
  const store = new FakeStore([stale(1, 0), stale(1, 1), stale(2, 0, 5)]);
  store.failing.add(1);
  const attribution = new ColdStartAttribution({
    store,
    now: () => wallMs,
    monotonicNow: () => (monotonicMs += 1),
    analyse: analyseHere,
  });
  await attribution.round();
  expect(attribution.progress().failed).toHaveLength(1);
  store.failing.clear();
  wallMs -= HOUR_MS;
  monotonicMs += MINUTE_MS;
  await attribution.round();
  const { failed, hoursPerSecond } = attribution.progress();
  expect([failed, (hoursPerSecond ?? 0) > 0]).toEqual([[], true]);
});

test('after a stop no further hour begins, and the failure of the one at work is not reported', async () => {
  const store = new FakeStore([stale(1, 0, 1), stale(2, 0, 2), stale(3, 0, 3)]);
  const reported: unknown[] = [];
  const attribution = new ColdStartAttribution({
    store,
    now: () => 10 * HOUR_MS,
    analyse: () => Promise.reject(new Error('closed')),
    onFailed: (failed) => reported.push(failed),
  });
  let release = (): void => undefined;
  store.held.set(1, new Promise((resolve) => (release = resolve)));
  store.failing.add(1);
  const round = attribution.round();
  while (store.queries.length === 0) await Promise.resolve();
  attribution.stop();
  release();
  expect(await round).toEqual({ hours: 0, coldStarts: 0 });
  expect([store.queries.map(({ functionId }) => functionId), reported]).toEqual([[1], []]);
});
