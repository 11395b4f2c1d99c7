/** What each signal measures, and over which window. Expected values were worked out by hand. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, WEEK_MS } from '../../../ingest/records/time.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { ruleOf } from '../rules/documents.ts';
import type { Measured, Rule } from '../rules/rule.ts';
import type { MetricResult } from './measurement.ts';
import type { MetricRangeQuery, SignalReader } from './signals.ts';
import { Signals } from './signals.ts';

const TICK_MS = Date.UTC(2026, 10, 21, 12);
const LABELS = { account: '111122223333', region: 'eu-west-1', function: 'checkout' };
const OWNER = { account: '111122223333', region: 'eu-west-1', name: 'checkout' };

/** A rule over ten minutes that end two minutes before the tick. */
function ruleFor(signal: unknown, change: Partial<RuleDocument> = {}): Rule {
  const document = { id: 'r', name: 'R', threshold: 1, window: '10m', settle: '2m', ...change, signal };
  return ruleOf(ruleDocument.parse(document));
}

/** A store with these answers only, which keeps the questions. */
function storeOf(answers: Readonly<Record<string, unknown>>) {
  const queries: { readonly name: string; readonly query: unknown }[] = [];
  const read = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      async (query: unknown) => {
        queries.push({ name, query });
        return answer;
      },
    ]),
  ) as unknown as SignalReader;
  return { queries, read };
}

const noMetric = (): Promise<MetricResult> => Promise.reject(new Error('no metric is expected'));

async function measure(signal: unknown, answers: Readonly<Record<string, unknown>>) {
  const { queries, read } = storeOf(answers);
  const found = await new Signals(read, noMetric).measure(ruleFor(signal), TICK_MS);
  return { ...found, queries };
}

const WINDOW = { fromMs: TICK_MS - 12 * MINUTE_MS, toMs: TICK_MS - 2 * MINUTE_MS };

function functionOf(functionId: number, p99: number | null, share: number | null, n: number) {
  return {
    identity: { ...OWNER, functionId, name: `f${functionId}`, firstSeenMs: 0 },
    durationMs: { p50: 1, p95: 2, p99, n },
    memoryUse: share === null ? null : { share, usedMb: 1, sizeMb: 2 },
    counts: { n },
  };
}

const valuesOf = (measured: readonly Measured[]) =>
  measured.map(({ labels, value, n }) => [labels['function'], value, n]);

test('timeoutUse is the p99 duration as a share of the timeout; unknown without either', async () => {
  const items = [functionOf(1, 2400, null, 50), functionOf(2, 2400, null, 60), functionOf(3, null, null, 0)];
  const inventory = [
    { functionId: 1, facts: { timeoutMs: 3000 } },
    { functionId: 2, facts: { timeoutMs: null } },
    { functionId: 3, facts: { timeoutMs: 3000 } },
  ];
  const { unit, measured, truncated, queries } = await measure(
    { kind: 'timeoutUse' },
    { functions: { items, omitted: 0 }, inventory },
  );
  expect({ unit, truncated }).toEqual({ unit: 'ratio', truncated: false });
  expect(valuesOf(measured)).toEqual([
    ['f1', 0.8, 50],
    ['f2', null, 60],
    ['f3', null, 0],
  ]);
  expect(measured[0]?.labels).toEqual({ account: '111122223333', region: 'eu-west-1', function: 'f1' });
  // The window ends before the evaluation, by the rule's settle.
  expect(queries[0]).toEqual({ name: 'functions', query: { ...WINDOW, limit: 10_000 } });
});

test('memoryUse is the highest share of memory; unknown without a REPORT', async () => {
  const items = [functionOf(1, 10, 0.9, 50), functionOf(2, 10, null, 60)];
  const functions = { items, omitted: 0 };
  const { unit, measured, queries } = await measure({ kind: 'memoryUse' }, { functions });
  expect(unit).toBe('ratio');
  expect(valuesOf(measured)).toEqual([
    ['f1', 0.9, 50],
    ['f2', null, 60],
  ]);
  expect(queries).toEqual([{ name: 'functions', query: { ...WINDOW, limit: 10_000 } }]);
});

test.each(['memoryUse', 'timeoutUse'])('%s says that it left out functions', async (kind) => {
  const functions = { items: [functionOf(1, 10, 0.9, 50)], omitted: 1 };
  expect(await measure({ kind }, { functions, inventory: [] })).toMatchObject({ truncated: true, unit: 'ratio' });
});

test('ingestSilence is the time in seconds since the newest data of any source, up to the tick itself', async () => {
  const kind = 'firehose';
  const sources = [
    { kind, lastDataMs: TICK_MS - 90_000 },
    { kind, lastDataMs: TICK_MS - 30_000 },
    { kind, lastDataMs: null },
  ];
  const { unit, measured } = await measure({ kind: 'ingestSilence' }, { ingestStatus: { sources } });
  expect(unit).toBe('s');
  expect(measured).toEqual([{ labels: {}, value: 30, n: 3, interval: null }]);
});

test.each(['memoryUse', 'timeoutUse'])('%s says that it left out functions', async (kind) => {
  const functions = { items: [functionOf(1, 10, 0.9, 50)], omitted: 1 };
  expect(await measure({ kind }, { functions, inventory: [] })).toMatchObject({ truncated: true, unit: 'ratio' });
});

test('ingestSilence is never negative, and nothing is silent before the first data', async () => {
  const ahead = await measure(
    { kind: 'ingestSilence' },
    { ingestStatus: { sources: [{ kind: 'lambda', lastDataMs: TICK_MS + 5000 }] } },
  );
  expect(ahead.measured).toMatchObject([{ value: 0 }]);
  const sources = [{ kind: 'firehose', lastDataMs: null }];
  const none = await measure({ kind: 'ingestSilence' }, { ingestStatus: { sources } });
  expect(none.measured).toEqual([]);
});

test('an import is not silent after it ended, and does not hide a stream that is', async () => {
  const file = { kind: 'import', lastDataMs: TICK_MS - 60_000 };
  const alone = await measure({ kind: 'ingestSilence' }, { ingestStatus: { sources: [file] } });
  expect(alone.measured).toEqual([{ labels: {}, value: 0, n: 0, interval: null }]);
  const sources = [file, { kind: 'firehose', lastDataMs: TICK_MS - 1_200_000 }];
  const beside = await measure({ kind: 'ingestSilence' }, { ingestStatus: { sources } });
  expect(beside.measured).toEqual([{ labels: {}, value: 1200, n: 1, interval: null }]);
});

/** A rule over a week that ends two minutes before the tick. */
const weekly = (signal: unknown, comparison: RuleDocument['comparison']): Rule =>
  ruleFor(signal, { window: '1w', comparison });
const WEEK_START_MS = TICK_MS - 2 * MINUTE_MS - WEEK_MS;

test.each([
  ['<', 0, 0.3],
  ['<=', 0, 0.3],
  ['<', 1, null],
  ['<=', 1, null],
  // A share that was too high is known at once.
  ['>', 1, 0.3],
  ['>=', 1, 0.3],
] as const)(
  'memory that stays %s a limit for a week, of a function seen %d ms into it: %s',
  async (comparison, lateMs, value) => {
    const found = functionOf(1, null, 0.3, 50);
    const identity = { ...found.identity, firstSeenMs: WEEK_START_MS + lateMs };
    const functions = { items: [{ ...found, identity }], omitted: 0 };
    const { read } = storeOf({ functions, ingestStatus: { firstEventMs: 0 } });
    const { measured } = await new Signals(read, noMetric).measure(weekly({ kind: 'memoryUse' }, comparison), TICK_MS);
    expect(measured.map((series) => series.value)).toEqual([value]);
  },
);

const invocations = { metric: 'invocations', aggregation: 'sum' };

test.each([
  ['metric', '<', 0, 5],
  ['metric', '<', 1, null],
  ['metric', '>', 1, 5],
  // Against the week before, which must be whole.
  ['change', '>', -WEEK_MS, 0],
  ['change', '>', 1 - WEEK_MS, null],
] as const)('%s %s over a week, with data from %d ms into it: %s', async (kind, comparison, lateMs, value) => {
  const { read } = storeOf({ ingestStatus: { firstEventMs: WEEK_START_MS + lateMs } });
  const metric = async (): Promise<MetricResult> => ({
    unit: 'count',
    series: [{ labels: {}, value: 5, n: 5, interval: null, errors: 0 }],
    truncated: false,
  });
  const { measured } = await new Signals(read, metric).measure(weekly({ kind, ...invocations }, comparison), TICK_MS);
  expect(measured.map((series) => series.value)).toEqual([value]);
});

test('the oldest event is asked for once in a tick, and not for short windows', async () => {
  const { read, queries } = storeOf({ ingestStatus: { firstEventMs: 0 } });
  const metric = async (): Promise<MetricResult> => ({
    unit: 'count',
    series: [{ labels: {}, value: 5, n: 5, interval: null, errors: 0 }],
    truncated: false,
  });
  const signals = new Signals(read, metric);
  await signals.measure(ruleFor({ kind: 'metric', ...invocations }, { comparison: '<', window: '59m' }), TICK_MS);
  expect(queries).toHaveLength(0);
  await signals.measure(weekly({ kind: 'metric', ...invocations }, '<'), TICK_MS);
  await signals.measure(weekly({ kind: 'metric', ...invocations }, '<='), TICK_MS);
  expect(queries).toHaveLength(1);
  signals.clearCache();
  await signals.measure(weekly({ kind: 'metric', ...invocations }, '<'), TICK_MS);
  expect(queries).toHaveLength(2);
});

test('unparsed is the share of rejected records among those read within the window', async () => {
  const counters = { accepted: 0, duplicates: 0, ignored: 0, rejected: 0 };
  const { read } = storeOf({ ingestStatus: { counters } });
  const signals = new Signals(read, noMetric);
  const rule = ruleFor({ kind: 'unparsed' }, { settle: '0s' });
  const at = async (minute: number, change: Partial<typeof counters>) => {
    Object.assign(counters, change);
    const { measured } = await signals.measure(rule, TICK_MS + minute * MINUTE_MS);
    return measured.map(({ value, n }) => [value, n])[0];
  };
  expect(await at(0, { accepted: 1000, rejected: 1000 })).toEqual([null, 0]);
  // Since the first sample: 5 rejected of 60 + 20 + 15 + 5.
  expect(await at(5, { accepted: 1060, duplicates: 20, ignored: 15, rejected: 1005 })).toEqual([0.05, 100]);
  expect(await at(10, {})).toEqual([0.05, 100]);
  // The sample of minute 5 is now the one before the window.
  expect(await at(15, { accepted: 1090, rejected: 1015 })).toEqual([0.25, 40]);
});

test('doomLoop is the longest run of inits; platformLatency the p95 in ms', async () => {
  const loops = await measure({ kind: 'doomLoop' }, { initLoops: [{ ...OWNER, longest: 7, n: 12 }] });
  expect(loops).toMatchObject({ unit: 'count', measured: [{ labels: LABELS, value: 7, n: 12 }] });
  expect(loops.queries).toEqual([{ name: 'initLoops', query: WINDOW }]);
  const latency = await measure({ kind: 'platformLatency' }, { platformLatency: [{ ...OWNER, p95Ms: 1500, n: 9 }] });
  expect(latency).toMatchObject({ unit: 'ms', measured: [{ labels: LABELS, value: 1500, n: 9 }] });
  expect(latency.queries).toEqual([{ name: 'platformLatency', query: WINDOW }]);
});

test('connectionUse is the connections of all peaks as a share of the maximum', async () => {
  const signal = { kind: 'connectionUse', functions: ['a', 'b'], maxConnections: 200, connectionsPerEnvironment: 3 };
  const peakConcurrency = [
    { name: 'a', peak: 20, runs: 100 },
    { name: 'b', peak: 30, runs: 40 },
  ];
  const { unit, measured, queries } = await measure(signal, { peakConcurrency });
  // (20 + 30) × 3 of 200.
  expect({ unit, measured }).toEqual({
    unit: 'ratio',
    measured: [{ labels: {}, value: 0.75, n: 140, interval: null }],
  });
  expect(queries).toEqual([{ name: 'peakConcurrency', query: { ...WINDOW, names: ['a', 'b'] } }]);
});

test('networkErrors counts failed operations and connection errors in logs', async () => {
  const events = {
    byName: [
      { name: 'CreateNetworkInterface', n: 10, failed: 2 },
      { name: 'DeleteNetworkInterface', n: 5, failed: 1 },
    ],
    failures: [],
    inLogs: [{ errorType: 'ECONNREFUSED', n: 4 }],
  };
  const { unit, measured } = await measure({ kind: 'networkErrors' }, { fleetNetwork: { events } });
  expect({ unit, measured }).toEqual({ unit: 'count', measured: [{ labels: {}, value: 7, n: 19, interval: null }] });
});

/** Signals whose metric has these series in each window, by its end relative to the rule's; keeps the queries. */
function metrics(
  byEnd: (toMs: number, fromMs: number) => readonly Partial<MetricResult['series'][number]>[],
  isTruncated: (rangeMs: number) => boolean = () => false,
) {
  const queries: MetricRangeQuery[] = [];
  const signals = new Signals(storeOf({}).read, async (query) => {
    queries.push(query);
    const series = byEnd(query.toMs, query.fromMs).map((one) => ({
      labels: LABELS,
      value: null,
      n: 100,
      errors: 0,
      interval: null,
      ...one,
    }));
    return { unit: 'ms', series, truncated: isTruncated(query.toMs - query.fromMs) };
  });
  return { queries, signals };
}

const METRIC = { metric: 'durationMs', aggregation: 'p95' };

test('a metric is queried for its own window, groups and filters, once for rules with the same question', async () => {
  const { queries, signals } = metrics(() => [{ value: 12 }]);
  const filters = [{ field: 'region', op: '=', value: 'eu-west-1' }];
  const rule = ruleFor({ kind: 'metric', ...METRIC, filters }, { groupBy: ['region'] });
  expect((await signals.measure(rule, TICK_MS)).measured).toMatchObject([{ value: 12 }]);
  await signals.measure(rule, TICK_MS);
  expect(queries).toEqual([{ ...METRIC, filters, groupBy: ['region'], ...WINDOW, limit: 10_000 }]);
  signals.clearCache();
  await signals.measure(rule, TICK_MS);
  expect(queries).toHaveLength(2);
});

test('change compares with the window before, and is unknown without enough of it', async () => {
  const changeOf = async (
    before: Partial<MetricResult['series'][number]>,
    now = 120,
  ): Promise<number | null | undefined> => {
    const { signals } = metrics((toMs) =>
      toMs === WINDOW.toMs ? [{ value: now }] : toMs === WINDOW.fromMs ? [before] : [],
    );
    const rule = ruleFor({ kind: 'change', ...METRIC }, { minSamples: 20 });
    return (await signals.measure(rule, TICK_MS)).measured[0]?.value;
  };
  expect(await changeOf({ value: 100, n: 20 })).toBeCloseTo(0.2, 12);
  expect(await changeOf({ value: 150, n: 20 })).toBeCloseTo(-0.2, 12);
  expect(await changeOf({ value: 100, n: 19 })).toBeNull();
  expect(await changeOf({ value: 0, n: 20 })).toBeNull();
  expect(await changeOf({ value: null, n: 20 })).toBeNull();
  expect(await changeOf({ value: 100, n: 20, isLowerBound: true })).toBeNull();
});

test('burnRate is the smaller of both windows, which end together', async () => {
  const rule = ruleFor({ kind: 'burnRate', objective: 0.99, shortWindow: '5m' }, { window: '1h' });
  const rateOf = async (long: number, short: number) => {
    const { queries, signals } = metrics((toMs, fromMs) => [
      { errors: toMs - fromMs === HOUR_MS ? long : short, n: 100 },
    ]);
    const { unit, measured } = await signals.measure(rule, TICK_MS);
    return { unit, value: measured[0]?.value, queries };
  };
  // 20 % of a budget of 1 % is 20 ×, 5 % is 5 ×.
  const found = await rateOf(20, 5);
  expect(found.unit).toBe('×');
  expect(found.value).toBeCloseTo(5, 9);
  expect((await rateOf(5, 20)).value).toBeCloseTo(5, 9);
  // More series than are measured, in either window.
  const truncated = async (isTruncated: (rangeMs: number) => boolean) =>
    (await metrics(() => [{ errors: 1, n: 100 }], isTruncated).signals.measure(rule, TICK_MS)).truncated;
  expect(await truncated(() => false)).toBe(false);
  expect(await truncated((rangeMs) => rangeMs === HOUR_MS)).toBe(true);
  expect(await truncated((rangeMs) => rangeMs < HOUR_MS)).toBe(true);
  // Nothing in the last five minutes: not known, rather than not burning.
  const quiet = metrics((toMs, fromMs) => (toMs - fromMs === HOUR_MS ? [{ errors: 20, n: 100 }] : []));
  expect((await quiet.signals.measure(rule, TICK_MS)).measured.map(({ value, n }) => [value, n])).toEqual([
    [null, 100],
  ]);
  expect(found.queries.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [WINDOW.toMs - HOUR_MS, WINDOW.toMs],
    [WINDOW.toMs - 5 * MINUTE_MS, WINDOW.toMs],
  ]);
});

test('an anomaly is measured against the same hour of each week before', async () => {
  const { queries, signals } = metrics((toMs) => [{ value: toMs === WINDOW.toMs ? 130 : 100 }]);
  const rule = ruleFor({ kind: 'anomaly', ...METRIC, weeks: 3 });
  const { unit, measured } = await signals.measure(rule, TICK_MS);
  // A constant history has the least spread, 5 % of its median: (130 − 100) / 5.
  expect({ unit, value: measured[0]?.value }).toEqual({ unit: 'MAD', value: 6 });
  expect(queries.map(({ toMs }) => (WINDOW.toMs - toMs) / WEEK_MS)).toEqual([0, 1, 2, 3]);
  expect(queries.every(({ fromMs, toMs }) => toMs - fromMs === 10 * MINUTE_MS)).toBe(true);
});

test.each([
  [{ kind: 'newErrors' }, ['new', 'opened']],
  [{ kind: 'regressedErrors' }, ['back']],
] as const)('%j: one series for each group, by its first or last failure in the window', async (signal, expected) => {
  const group = (fingerprint: string, firstMs: number, lastMs: number) => ({
    identity: { ...OWNER, functionId: 1 },
    fingerprint,
    title: `no ${fingerprint}`,
    attempts: 3,
    initFailures: 1,
    invocations: 2,
    firstMs,
    lastMs,
    firstVersion: '7',
    lastVersion: '7',
    lasts: [{ version: '7', lastMs }],
    versions: [],
    series: [],
  });
  const { fromMs, toMs } = WINDOW;
  const groups = [
    group('new', fromMs, toMs),
    group('late', toMs, toMs),
    group('old', fromMs - 1, toMs - 1),
    group('quiet', fromMs, fromMs + 1),
    group('opened', toMs - 1, toMs - 1),
    group('back', fromMs - 1, fromMs),
    group('earlier', fromMs - 9, fromMs - 1),
  ];
  const state = (fingerprint: string, name: string) => ({
    function: '111122223333:eu-west-1:checkout',
    fingerprint,
    state: name,
    atMs: 1,
    versions: [],
    mergedInto: null,
  });
  const errorStates = [
    state('quiet', 'ignored'),
    state('opened', 'open'),
    state('back', 'resolved'),
    state('earlier', 'resolved'),
  ];
  const { unit, measured, queries } = await measure(signal, { errorGroups: { groups, truncated: false }, errorStates });
  expect(unit).toBe('count');
  expect(measured.map(({ labels }) => labels)).toEqual(expected.map((error) => ({ ...LABELS, error })));
  expect(measured.map(({ value, n, title }) => [value, n, title])).toEqual(
    expected.map((error) => [4, 4, `no ${error}`]),
  );
  expect(queries[0]?.query).toEqual({ ...WINDOW, limit: 10_000 });
});
