/** Failures of groups by the hour. Expected values were worked out by hand. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { ruleErrors, ruleOf } from '../rules/documents.ts';
import type { MetricResult } from './measurement.ts';
import type { MetricRangeQuery, SignalReader } from './signals.ts';
import { Signals } from './signals.ts';

/** Ten minutes into an hour. */
const TICK_MS = Date.UTC(2026, 10, 21, 12, 10);
const NOON_MS = Date.UTC(2026, 10, 21, 12);
const OWNER = { account: '111122223333', region: 'eu-west-1', name: 'checkout' };
const A = 'a'.repeat(16);
const B = 'b'.repeat(16);
const C = 'c'.repeat(16);

function documentOf(signal: object, window = '1h') {
  return ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, window, signal: { kind: 'errorGroups', ...signal } });
}

function group(fingerprint: string, attempts: number, initFailures = 0, name = 'checkout') {
  return {
    ...{ identity: { ...OWNER, functionId: 1, name }, fingerprint, title: `Error: ${fingerprint}` },
    ...{ attempts, initFailures, invocations: attempts, firstMs: NOON_MS, lastMs: NOON_MS },
    ...{ firstVersion: '7', lastVersion: '7', lasts: [{ version: '7', lastMs: NOON_MS }], versions: [], series: [] },
  };
}

interface Given {
  readonly now?: readonly object[];
  readonly before?: readonly object[];
  readonly states?: readonly object[];
  /** Invocations of checkout. */
  readonly n?: number;
  readonly isLowerBound?: boolean;
}

async function measure(signal: object, { now = [], before = [], states = [], n = 200, isLowerBound }: Given) {
  const ranges: { readonly fromMs: number; readonly toMs: number }[] = [];
  const queries: MetricRangeQuery[] = [];
  const read = {
    errorGroups: async (range: { fromMs: number; toMs: number }) => {
      ranges.push(range);
      return { groups: range.toMs > NOON_MS ? now : before, truncated: false };
    },
    errorStates: async () => states,
  } as unknown as SignalReader;
  const labels = { account: OWNER.account, region: OWNER.region, function: 'checkout' };
  const one = {
    labels,
    value: null,
    n,
    interval: null,
    errors: 0,
    coverage: 0.9,
    ...(isLowerBound && { isLowerBound }),
  };
  const queryMetric = async (query: MetricRangeQuery): Promise<MetricResult> => {
    queries.push(query);
    return { unit: 'ratio', series: n === 0 ? [] : [one], truncated: false };
  };
  const found = await new Signals(read, queryMetric).measure(ruleOf(documentOf(signal)), TICK_MS);
  const series = found.measured.map((measured) => [measured.labels['error'], measured.value, measured.n]);
  return { ...found, series, ranges, queries };
}

test('the window is that of whole hours, for failures and for invocations', async () => {
  const { ranges, queries } = await measure({}, {});
  // From 11:08 to 12:08, and the two hours before.
  expect(ranges).toEqual([
    { fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + HOUR_MS, limit: 10_000 },
    { fromMs: NOON_MS - 3 * HOUR_MS, toMs: NOON_MS - HOUR_MS, limit: 10_000 },
  ]);
  expect(queries).toMatchObject([
    { metric: 'errorRate', groupBy: ['function'], fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + HOUR_MS },
  ]);
});

test('a count is that of failed attempts and of failed inits', async () => {
  const { unit, measured, series } = await measure({}, { now: [group(A, 10, 3), group(B, 1)] });
  expect(unit).toBe('count');
  expect(series).toEqual([
    [A, 13, 200],
    [B, 1, 200],
  ]);
  expect(measured[0]).toMatchObject({
    labels: { account: '111122223333', region: 'eu-west-1', function: 'checkout', error: A },
    title: `Error: ${A}`,
    interval: null,
    coverage: 0.9,
    isLowerBound: false,
  });
});

test('a rate is the share of the attempts of the function, with its interval', async () => {
  const { unit, measured } = await measure({ measure: 'rate' }, { now: [group(A, 10, 3)] });
  expect(unit).toBe('ratio');
  expect(measured).toMatchObject([{ value: 0.05, n: 200 }]);
  // Wilson of 10 of 200: centre (0.05 + 3.8415 / 400) / (1 + 3.8415 / 200) = 0.058480, half width 0.031098.
  expect(measured[0]?.interval?.low).toBeCloseTo(0.027383, 6);
  expect(measured[0]?.interval?.high).toBeCloseTo(0.089578, 6);
});

test('invocations that are not counted yet do not make more failures than attempts', async () => {
  expect((await measure({ measure: 'rate' }, { now: [group(A, 4)], n: 3 })).series).toEqual([[A, 1, 4]]);
  expect((await measure({ measure: 'rate' }, { now: [group(A, 0, 2)], n: 0 })).series).toEqual([[A, null, 0]]);
  expect((await measure({}, { now: [group(A, 0, 2)], n: 0 })).series).toEqual([[A, 2, 2]]);
});

test('errors that are not known of some invocations make it a lower bound', async () => {
  expect((await measure({}, { now: [group(A, 1)], isLowerBound: true })).measured[0]?.isLowerBound).toBe(true);
});

test('a group that failed shortly before the window has no failures in it', async () => {
  const given = { now: [group(B, 2)], before: [group(A, 9), group(B, 9)] };
  expect((await measure({}, given)).series).toEqual([
    [B, 2, 200],
    [A, 0, 200],
  ]);
  expect((await measure({ measure: 'rate' }, given)).series).toEqual([
    [B, 0.01, 200],
    [A, 0, 200],
  ]);
});

test('groups that are ignored have no series, and merged ones are one', async () => {
  const state = (fingerprint: string, name: string, mergedInto: string | null) => ({
    ...{ function: '111122223333:eu-west-1:checkout', fingerprint, state: name },
    ...{ atMs: 1, versions: [], mergedInto },
  });
  const now = [group(A, 1), group(B, 2), group(C, 4)];
  expect((await measure({}, { now, states: [state(B, 'ignored', null)] })).series).toEqual([
    [A, 1, 200],
    [C, 4, 200],
  ]);
  const states = [state(C, 'open', A)];
  expect((await measure({}, { now, states })).series).toEqual([
    [A, 5, 200],
    [B, 2, 200],
  ]);
  // Named by the group, or by one that was merged into it.
  expect((await measure({ error: A }, { now, states })).series).toEqual([[A, 5, 200]]);
  expect((await measure({ error: C }, { now, states })).series).toEqual([[A, 5, 200]]);
  expect((await measure({ error: 'd'.repeat(16) }, { now, states })).series).toEqual([]);
});

test.each([
  [['checkout'], [A]],
  [
    ['check*', 'orders'],
    [A, B],
  ],
  [['111122223333:eu-west-1:o*'], [B]],
  [['999999999999:*'], []],
])('functions %j', async (functions, expected) => {
  const { series } = await measure({ functions }, { now: [group(A, 1), group(B, 1, 0, 'orders')] });
  expect(series.map(([error]) => error)).toEqual(expected);
});

test('a window is at least half an hour, and a group is named by its fingerprint', () => {
  expect(ruleErrors(documentOf({}, '29m')).map(({ field }) => field)).toEqual(['window']);
  expect(ruleErrors(documentOf({}, '30m'))).toEqual([]);
  expect(() => documentOf({ error: 'Error: no order' })).toThrow('sixteen hexadecimal digits');
});

test('a rule that is evaluated less often looks back further', async () => {
  const document = { ...documentOf({}), evaluationInterval: '6h' };
  const ranges: { readonly fromMs: number; readonly toMs: number }[] = [];
  const read = {
    errorGroups: async (range: { fromMs: number; toMs: number }) => {
      ranges.push(range);
      return { groups: [], truncated: ranges.length === 2 };
    },
    errorStates: async () => [],
  } as unknown as SignalReader;
  const queryMetric = async (): Promise<MetricResult> => ({ unit: 'ratio', series: [], truncated: false });
  const { truncated } = await new Signals(read, queryMetric).measure(ruleOf(document), TICK_MS);
  expect((ranges[1]?.toMs ?? 0) - (ranges[1]?.fromMs ?? 0)).toBe(12 * HOUR_MS);
  expect(ranges[0]?.fromMs).toBe(TICK_MS - 70 * MINUTE_MS);
  expect(truncated).toBe(true);
});
