import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { AttributedHours, AttributionReader, AttributionStore, StaleHour } from '../../storage/ports.ts';
import { StoreError } from '../../storage/ports.ts';
import { analyseHere } from '../analysis/analyse-here.ts';
import { ColdStartAttribution } from './attribution.ts';

type Query = Parameters<AttributionReader['attributeHours']>[0];

/** A store in memory whose queries for the functions in `failing` run into the deadline. */
class FakeStore implements AttributionReader, AttributionStore {
  readonly read = this;
  readonly attribution = this;
  readonly failing = new Set<number>();
  readonly asked: Query[] = [];
  stale: StaleHour[];

  constructor(stale: readonly StaleHour[]) {
    this.stale = [...stale];
  }

  async staleHours(): Promise<readonly StaleHour[]> {
    return this.stale;
  }

  async attributeHours(query: Query): Promise<AttributedHours> {
    this.asked.push(query);
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
        coldStarts: [],
        changes: [],
      })),
      nextHourMs: null,
    };
  }

  async saveHours(functionId: number, { hours }: AttributedHours): Promise<void> {
    const saved = new Set(hours.map((hour) => hour.hourMs));
    this.stale = this.stale.filter((one) => one.functionId !== functionId || !saved.has(one.hourMs));
  }

  async idleTimes(): Promise<readonly []> {
    return [];
  }
  async initGaps(): Promise<readonly []> {
    return [];
  }
  async classifyPending(): Promise<void> {}
  async saveIdleWindows(): Promise<void> {}
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
  const store = new FakeStore([stale(1, 0, 400_000), stale(2, 0, 3), stale(3, 0, 2)]);
  await new ColdStartAttribution({ store, now: () => 10 * HOUR_MS, analyse: analyseHere }).round();
  expect(store.asked.map((query) => query.functionId)).toEqual([3, 2, 1]);
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
  expect(attribution.progress()).toEqual({ pendingHours: null, oldestHourMs: null, hoursPerSecond: null, failed: [] });

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
  const mine = (): readonly Query[] => store.asked.filter((query) => query.functionId === 1);
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
