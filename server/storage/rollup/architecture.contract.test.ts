/** Usage by the architecture of its time. Expected sums come from the table of runs in test/support/moved-fixture.ts. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { queryBoth } from '../../../test/support/contract.ts';
import { MOVED_AT_MS, MOVED_RANGE } from '../../../test/support/moved-fixture.ts';
import type { UsageSlice } from '../ports.ts';

const BEFORE = { version: '$LATEST', architecture: 'x86_64', invocations: 3, billedMs: 1200 };
const AFTER = { version: '$LATEST', architecture: 'arm64', invocations: 3, billedMs: 900 };
const FIRST = { version: '1', architecture: 'x86_64', invocations: 2, billedMs: 800 };
const SECOND = { version: '2', architecture: 'arm64', invocations: 2, billedMs: 600 };

function sorted(usage: readonly UsageSlice[]): readonly object[] {
  return usage
    .map(({ version, architecture, invocations, billedMs }) => ({ version, architecture, invocations, billedMs }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

test.each([
  [{}, [AFTER, BEFORE, FIRST, SECOND]],
  [{ architecture: 'arm64' }, [AFTER, SECOND]],
  [{ architecture: 'x86_64', version: '$LATEST' }, [BEFORE]],
])('usage of a function that moved, narrowed to %j', async (filter, expected) => {
  const usage = sorted(expected as never);
  const { items } = await queryBoth('functions', ({ moved }) => ({ ...MOVED_RANGE, ...filter, functionId: moved }));
  expect(items[0]?.counts.n).toBe(expected.reduce((sum, one) => sum + one.invocations, 0));
  expect(items[0]?.durationMs.n).toBe(items[0]?.counts.n);
  expect(sorted(items[0]?.usage ?? [])).toEqual(usage);
  const coldStarts = await queryBoth('coldStarts', ({ moved }) => ({
    ...MOVED_RANGE,
    ...filter,
    functionId: moved,
    examples: 0,
  }));
  expect(sorted(coldStarts.usage)).toEqual(usage);
  const distribution = await queryBoth('distribution', ({ moved }) => ({
    ...MOVED_RANGE,
    ...filter,
    functionId: moved,
    blockMs: HOUR_MS,
  }));
  expect(sorted(distribution.usage)).toEqual(usage);
  const fleet = await queryBoth('fleet', ({ moved }) => ({
    ...MOVED_RANGE,
    ...filter,
    functionId: moved,
    widthMs: 15 * MINUTE_MS,
  }));
  expect(sorted(fleet.functions[0]?.usage ?? [])).toEqual(usage);
  const byArchitecture = (slices: readonly UsageSlice[]) =>
    ['arm64', 'x86_64'].map((kind) =>
      slices.filter((one) => one.architecture === kind).reduce((sum, one) => sum + one.billedMs, 0),
    );
  expect(byArchitecture(fleet.buckets.flatMap((bucket) => bucket.usage))).toEqual(byArchitecture(expected as never));
});

test('a range longer than two weeks, which is read by the day', async () => {
  const range = { fromMs: MOVED_RANGE.fromMs - 480 * HOUR_MS, toMs: MOVED_RANGE.fromMs + 36 * HOUR_MS };
  const { items } = await queryBoth('functions', ({ moved }) => ({ ...range, functionId: moved }));
  expect(sorted(items[0]?.usage ?? [])).toEqual(sorted([AFTER, BEFORE, FIRST, SECOND] as never));
  const points = await queryBoth('timeseries', ({ moved }) => ({
    ...range,
    functionId: moved,
    widthMs: 24 * HOUR_MS,
    groupBy: 'none',
  }));
  expect(sorted(points.points.flatMap((one) => one.usage))).toEqual(sorted([AFTER, BEFORE, FIRST, SECOND] as never));
});

test('groups by architecture', async () => {
  const { groups } = await queryBoth(
    'aggregate',
    () => ({
      ...MOVED_RANGE,
      filters: [{ field: 'function', values: ['moved'], not: false }],
      groupBy: ['architecture'],
      widthMs: null,
      sketch: 'duration',
      quantiles: [0.5],
    }),
    (answer) => ({ ...answer, groups: answer.groups.toSorted((a, b) => (String(a.group) < String(b.group) ? -1 : 1)) }),
  );
  const counted = groups.map(({ group, points }) => [group[0], points[0]?.counts.n, points[0]?.counts.billed_ms]);
  expect(counted.toSorted()).toEqual([
    ['arm64', 5, 1500],
    ['x86_64', 5, 2000],
  ]);
});

test('inits by the architecture of their time', async () => {
  const { causes } = await queryBoth('coldStarts', ({ moved }) => ({ ...MOVED_RANGE, functionId: moved, examples: 0 }));
  const sums = ['arm64', 'x86_64'].map((kind) =>
    causes.billedInits.filter((one) => one.architecture === kind).reduce((sum, one) => sum + one.ms, 0),
  );
  expect(sums).toEqual([200, 200]);
});

test('single invocations, and those of one architecture', async () => {
  const all = await queryBoth('invocations', ({ moved }) => ({ ...MOVED_RANGE, functionId: moved, limit: 20 }));
  expect(all.items.map((one) => [one.version, one.endMs < MOVED_AT_MS, one.architecture]).toSorted()).toEqual(
    [
      ...[1, 2, 3].map(() => ['$LATEST', true, 'x86_64']),
      ...[1, 2, 3].map(() => ['$LATEST', false, 'arm64']),
      ...[true, false].flatMap((before) => [
        ['1', before, 'x86_64'],
        ['2', before, 'arm64'],
      ]),
    ].toSorted(),
  );
  const arm64 = await queryBoth('invocations', () => ({ ...MOVED_RANGE, architecture: 'arm64', limit: 20 }));
  expect(arm64.items).toHaveLength(5);
  const newest = await queryBoth('keepAlive', ({ moved }) => ({
    ...MOVED_RANGE,
    functionId: moved,
    architecture: 'x86_64',
    maxRuns: 100,
    seed: 1,
  }));
  expect(newest).toMatchObject({ invocations: 5 });
});
