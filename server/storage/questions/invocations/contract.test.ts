import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeStreams } from '../../../../ingest/decode/pipeline.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import {
  CHECKOUT_RANGE,
  checkoutId,
  FLEET_RANGE,
  SCATTERED_RANGE,
  SCOPE,
  TO,
} from '../../../../test/support/contract-fixture.ts';
import type { Part } from '../../../../test/support/fleet-streams.ts';
import { batchOf } from '../../../../test/support/fleet-streams.ts';
import type { InvocationOrder } from './types.ts';

test('newest first, with every field', async () => {
  const { items, nextCursor } = await queryBoth('invocations', () => ({ ...CHECKOUT_RANGE, limit: 10 }));
  expect(items.map((one) => one.requestId)).toEqual([3, 4, 2, 1].map(checkoutId));
  expect(items[0]).toMatchObject({ status: 'timeout', durationMs: 3000, memorySizeMb: 512, coldStart: null });
  expect(items[3]).toMatchObject({
    durationMs: 100,
    initDurationMs: 250,
    coldStart: { kind: 'on-demand', userFelt: true },
  });
  expect(nextCursor).toBeNull();
});

test.each([
  { status: 'timeout' as const },
  { cold: true },
  { cold: false },
  { minDurationMs: 500 },
  { cause: 'scale-out' as const },
  { memoryMb: 1024 },
  { version: '$LATEST' },
])('filtered by %j', async (filter) => {
  const { items } = await queryBoth('invocations', () => ({ ...FLEET_RANGE, ...filter, limit: 50 }));
  if (filter.status !== undefined) expect(items.every((one) => one.status === filter.status)).toBe(true);
  if (filter.cold !== undefined) expect(items.every((one) => (one.coldStart !== null) === filter.cold)).toBe(true);
});

describe('in the order of a number', () => {
  const order = (by: InvocationOrder['by'], descending: boolean) => ({ order: { by, descending } });

  test('of equal values the newest first, and what has none last', async () => {
    // Durations of the fixture: 100, 50, 3,000 and 120 ms; inits 250 ms of 1 and 200 ms of 4, which are billed; memory used 80 MB + n.
    const idsBy = async (by: InvocationOrder['by'], descending: boolean) =>
      (await queryBoth('invocations', () => ({ ...CHECKOUT_RANGE, ...order(by, descending), limit: 10 }))).items.map(
        (one) => one.requestId,
      );
    expect(await idsBy('durationMs', true)).toEqual([3, 4, 1, 2].map(checkoutId));
    expect(await idsBy('durationMs', false)).toEqual([2, 1, 4, 3].map(checkoutId));
    expect(await idsBy('initDurationMs', true)).toEqual([1, 4, 3, 2].map(checkoutId));
    expect(await idsBy('initDurationMs', false)).toEqual([4, 1, 3, 2].map(checkoutId));
    expect(await idsBy('billedDurationMs', true)).toEqual([3, 1, 4, 2].map(checkoutId));
    expect(await idsBy('maxMemoryUsedMb', true)).toEqual([4, 3, 2, 1].map(checkoutId));
    expect(await idsBy('endedAt', false)).toEqual([1, 2, 4, 3].map(checkoutId));
  });

  test.each(
    (['endedAt', 'durationMs', 'billedDurationMs', 'initDurationMs', 'maxMemoryUsedMb'] as const).flatMap((by) =>
      [true, false].map((descending) => [by, descending] as const),
    ),
  )('%s, descending %s: pages are the list, sorted by its values', async (by, descending) => {
    const all = await queryBoth('invocations', () => ({ ...FLEET_RANGE, ...order(by, descending), limit: 300 }));
    const numberOf = (one: (typeof all.items)[number]): number | null =>
      by === 'endedAt'
        ? one.endMs
        : by === 'initDurationMs'
          ? (one.initDurationMs ?? one.restoreDurationMs ?? one.hiddenInitDurationMs)
          : one[by];
    const values = all.items.map(numberOf);
    const known = values.filter((value) => value !== null);
    const sign = descending ? -1 : 1;
    expect(values).toEqual([...known.toSorted((a, b) => sign * (a - b)), ...values.slice(known.length)]);
    expect(values.slice(known.length).every((value) => value === null)).toBe(true);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const at = cursor;
      const page = await queryBoth('invocations', () => ({
        ...FLEET_RANGE,
        ...order(by, descending),
        limit: 37,
        cursor: at,
      }));
      paged.push(...page.items.map((one) => one.requestId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && paged.length < all.items.length);
    expect(paged.slice(0, all.items.length)).toEqual(all.items.map((one) => one.requestId));
  });

  test('a cursor of another order is refused', async () => {
    const { nextCursor } = await queryBoth('invocations', () => ({
      ...CHECKOUT_RANGE,
      ...order('durationMs', true),
      limit: 2,
    }));
    expect(nextCursor).not.toBeNull();
    for (const other of [order('durationMs', false), order('billedDurationMs', true), {}])
      await onBoth(async ({ store }) => {
        const read = store.read.invocations({ ...CHECKOUT_RANGE, ...other, limit: 2, cursor: nextCursor ?? '' });
        await expect(read).rejects.toThrow(/^cursor: /);
      });
  });
});

test('by column, for exports', async () => {
  const page = await queryBoth('invocationColumns', () => ({ ...CHECKOUT_RANGE, limit: 10 }));
  expect(page).toMatchObject({ rows: 4, nextCursor: null });
  const { requestIds, placeOf, places, details, billedDurationMs } = page.columns;
  expect(requestIds).toEqual([3, 4, 2, 1].map(checkoutId));
  expect(places[placeOf[0] ?? 0]).toMatchObject({ memorySizeMb: 512 });
  expect(details.get(0)).toMatchObject({ status: 'timeout' });
  expect(details.get(3)).toMatchObject({ initDurationMs: 250, coldStart: { kind: 'on-demand', userFelt: true } });
  expect(billedDurationMs).toHaveLength(4);
});

test('without a log stream: whether a caller waited is not known', async () => {
  const { items } = await queryBoth('invocations', () => ({ ...SCATTERED_RANGE, limit: 10 }));
  expect(items.map((one) => one.requestId)).toEqual([73, 72, 71].map(checkoutId));
  expect(items.map((one) => one.logStream === null || one.logStream === 'unknown')).toEqual([true, false, true]);
  expect(items.map((one) => one.status)).toEqual(['timeout', 'success', 'success']);
  expect(items[2]?.coldStart).toMatchObject({ kind: 'on-demand', userFelt: null });
});

test('attempts are counted within a function: the same request id in another function is no retry', async () => {
  const requestId = checkoutId(95);
  const atMs = TO - 40 * HOUR_MS;
  const run = (name: string, endMs: number): Part => ({
    identity: { ...SCOPE, logGroup: `/aws/lambda/${name}`, logStream: `2026/11/18/[$LATEST]${name.repeat(4)}` },
    events: [
      [endMs - 20, `START RequestId: ${requestId} Version: $LATEST`] as const,
      [
        endMs,
        `REPORT RequestId: ${requestId}\tDuration: 20.00 ms\tBilled Duration: 20 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB`,
      ] as const,
    ].map(([timestampMs, message]) => ({ timestampMs, message, id: '' })),
  });
  const ids: number[][] = [];
  await onBoth(async ({ store }) => {
    const parts = [run('first', atMs), run('second', atMs + 1000), run('second', atMs + 5000)];
    await store.write(batchOf(parts), { kind: 'import', name: 'contract' });
    await store.attribution.classifyPending();
    const found = ['first', 'second'].map((name) => store.read.resolveFunction({ ...SCOPE, name }));
    ids.push((await Promise.all(found)).map(([one]) => one?.functionId ?? 0));
  });
  const { items } = await queryBoth('invocations', () => ({ fromMs: atMs - 1000, toMs: atMs + 10_000, limit: 10 }));
  const numbers = items.filter((one) => one.requestId === requestId).map((one) => [one.functionName, one.attempt]);
  expect(numbers).toEqual([
    ['second', 2],
    ['second', 1],
    ['first', 1],
  ]);
  const owned = ids.values();
  await onBoth(({ store }) => store.deleteTelemetry({ functionIds: owned.next().value ?? [] }));
});

describe('traced or not', () => {
  /** Of a day on which nothing else happened. */
  const AT = Date.UTC(2026, 10, 15, 10);
  const NAME = 'partly-traced';
  const idOf = (n: number): string => `00000000-0000-4000-8000-0000000000d${n}`;
  const xray = (sampled: boolean, n: number): string =>
    `\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a99427279${n}\tSegmentId: 6b55dcc497934f1${n}\tSampled: ${sampled}\t`;
  /** The end of each REPORT, and its duration in ms. */
  const RUNS = [
    [xray(true, 0), 50],
    [xray(false, 1), 90],
    ['', 70],
    [xray(true, 3), 60],
  ] as const;

  beforeAll(async () => {
    const events = RUNS.map(([end, ms], n) => ({
      id: '',
      timestampMs: AT + 1000 * n,
      message: `REPORT RequestId: ${idOf(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t${end}\n`,
    }));
    const identity = { ...SCOPE, logGroup: `/aws/lambda/${NAME}`, logStream: `2026/11/15/[1]${'b'.repeat(32)}` };
    const given = { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] };
    const batch = decodeStreams(given, identity, { raw: 'off', region: '', selfLogGroups: [] });
    await onBoth(async ({ store }) => {
      await store.write(batch, { kind: 'logs', name: 'contract' });
      // ClickHouse knows a function once its invocations are classified.
      await store.attribution.classifyPending();
    });
  });
  afterAll(async () => {
    await onBoth(async ({ store }) => {
      await store.attribution.classifyPending();
      const [found] = await store.read.resolveFunction({ ...SCOPE, name: NAME });
      await store.deleteTelemetry({ functionIds: found === undefined ? [] : [found.functionId] });
    });
  });

  const range = { fromMs: AT, toMs: AT + HOUR_MS };
  const slowest = { order: { by: 'durationMs', descending: true } } as const;

  test.each([
    [{ traced: true }, [3, 0]],
    [{ traced: false }, [2, 1]],
    [{ traced: true, ...slowest }, [3, 0]],
    [{ traced: false, ...slowest }, [1, 2]],
    [{ ...slowest }, [1, 2, 3, 0]],
  ])('%j, also one by one', async (filter, ids) => {
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const at = cursor;
      const page = await queryBoth('invocations', () => ({ ...range, ...filter, limit: 1, cursor: at }));
      listed.push(...page.items.map((one) => one.requestId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && listed.length < 10);
    expect(listed).toEqual(ids.map(idOf));
  });
});
