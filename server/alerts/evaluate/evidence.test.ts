/** Example invocations behind an alert, metrics as rules read them, and rules played over the past. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { ruleOf } from '../rules/documents.ts';
import { testAlert } from './alert.ts';
import { dryRun } from './dry-run.ts';
import { alertEvidence } from './evidence.ts';
import { metricSource } from './metric-source.ts';

const T = Date.UTC(2026, 10, 21, 12);
const OWNER = '111122223333:eu-west-1:checkout';
const terms = { plans: [], tier: 'none' } as unknown as Parameters<typeof metricSource>[1];
const rule = (signal: object, change: object = {}) =>
  ruleOf(ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, signal, ...change }));
const metric = (name: string, aggregation = 'value') => ({ kind: 'metric', metric: name, aggregation });

describe('evidence', () => {
  const invocation = (requestId: string, endMs: number, more: object = {}) => ({
    requestId,
    endMs,
    logStream: `stream of ${requestId}`,
    status: 'error',
    coldStart: null,
    ...more,
  });
  const line = (message: string, platform = true) => ({ platform, message });

  function evidenceOf(
    signal: object,
    {
      labels = { account: '1', region: 'r', function: 'checkout' } as Readonly<Record<string, string>>,
      functions = [{ functionId: 7 }],
      items = [invocation('a', T)],
      lines = [line('REPORT RequestId: a\tDuration: 1 ms\n')],
    } = {},
  ) {
    const asked: unknown[] = [];
    const read = {
      resolveFunction: async (query: unknown) => {
        asked.push(query);
        return functions;
      },
      invocations: async (query: unknown) => {
        asked.push(query);
        return { items };
      },
      invocation: async ({ requestId }: { requestId: string }) => ({
        attempts: [
          { invocation: { endMs: 0 }, lines: [line('REPORT of another attempt')] },
          { invocation: { endMs: items.find((one) => one.requestId === requestId)?.endMs }, lines },
        ],
      }),
    };
    const find = alertEvidence(read as unknown as Parameters<typeof alertEvidence>[0]);
    const alert = { ...testAlert(''), labels };
    return find(rule(signal), alert, { fromMs: T - HOUR_MS, toMs: T }).then((found) => ({ found, asked }));
  }

  test('each field of the newest invocation', async () => {
    const items = [invocation('a', T, { coldStart: { cause: 'concurrency' } })];
    const { found, asked } = await evidenceOf(metric('timeouts', 'count'), { items });
    expect(found).toEqual([
      {
        requestId: 'a',
        logStream: 'stream of a',
        timestamp: '2026-11-21T12:00:00.000Z',
        status: 'error',
        cause: 'concurrency',
        line: 'REPORT RequestId: a\tDuration: 1 ms',
      },
    ]);
    expect(asked).toEqual([
      { account: '1', region: 'r', name: 'checkout' },
      { fromMs: T - HOUR_MS, toMs: T, functionId: 7, limit: 3, status: 'timeout' },
    ]);
  });

  test.each([
    [metric('timeouts', 'count'), [{ status: 'timeout' }]],
    [metric('outOfMemory', 'count'), [{ status: 'oom' }]],
    [metric('errorRate'), ['error', 'exit', 'oom', 'timeout'].map((status) => ({ status }))],
    [
      { kind: 'burnRate', objective: 0.99, shortWindow: '5m' },
      ['error', 'exit', 'oom', 'timeout'].map((status) => ({ status })),
    ],
    [metric('initMs', 'p95'), [{ cold: true }]],
    [{ kind: 'doomLoop' }, [{ cold: true }]],
    [{ kind: 'platformLatency' }, [{ cold: true }]],
    [metric('coldStartRate'), [{ cold: true }]],
    [metric('coldStartMs', 'p95'), [{ cold: true }]],
    [metric('durationMs', 'p95'), [{}]],
    [{ kind: 'memoryUse' }, [{}]],
  ])('%j looks for invocations that match %j', async (signal, filters) => {
    const { asked } = await evidenceOf(signal);
    const range = { fromMs: T - HOUR_MS, toMs: T, functionId: 7, limit: 3 };
    expect(asked.slice(1)).toEqual(filters.map((filter) => ({ ...range, ...filter })));
  });

  test('the three newest of all that match', async () => {
    const items = ['a', 'b', 'c', 'd'].map((id, at) => invocation(id, T - at));
    const { found } = await evidenceOf(metric('durationMs', 'p95'), { items: items.toReversed() });
    expect(found.map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['no function in the labels', { labels: { account: '1' } }],
    ['an unknown function', { functions: [] }],
    ['an ambiguous name', { functions: [{ functionId: 1 }, { functionId: 2 }] }],
  ])('nothing with %s', async (_, change) => {
    const { found, asked } = await evidenceOf({ kind: 'memoryUse' }, change);
    expect([found, asked.length]).toEqual([[], 'labels' in change ? 0 : 1]);
  });

  test('only what the labels say narrows the search', async () => {
    const { asked } = await evidenceOf({ kind: 'memoryUse' }, { labels: { function: 'checkout' } });
    expect(asked[0]).toEqual({ name: 'checkout' });
  });

  test.each([
    ['JSON logs', [line('{"type":"platform.report"}')], '{"type":"platform.report"}'],
    ['what the function prints is not it', [line('REPORT fake', false)], null],
    ['other platform lines', [line('START RequestId: a'), line(' REPORT indented')], null],
    ['no raw lines', [], null],
    ['at most 500 characters', [line(`REPORT ${'x'.repeat(600)}`)], `REPORT ${'x'.repeat(493)}`],
  ])('the REPORT line: %s', async (_, lines, expected) => {
    const { found } = await evidenceOf({ kind: 'memoryUse' }, { lines });
    expect(found[0]?.line).toBe(expected);
  });
});

const COUNTS = {
  n: 0,
  with_start: 0,
  timeouts: 0,
  errors: 0,
  ooms: 0,
  exits: 0,
  cold_on_demand: 0,
  cold_provisioned: 0,
  cold_snap_start: 0,
  cold_suppressed: 0,
  cold_managed_instance: 0,
  user_felt: 0,
  felt_init_us: 0,
  billed_ms: 0,
  errors_unknown: 0,
  unplaced: 0,
  unplaced_cold: 0,
};
const point = (counts: Partial<typeof COUNTS>, more: object = {}) => ({
  fromMs: null,
  counts: { ...COUNTS, ...counts },
  usage: [],
  maxMemoryMb: null,
  quantiles: [],
  n: 0,
  ...more,
});

describe('metrics of rules', () => {
  const query = {
    metric: 'errorRate' as const,
    aggregation: 'value',
    filters: [
      { field: 'function' as const, op: '=' as const, value: OWNER },
      { field: 'version' as const, op: 'not-in' as const, value: ['1', '2'] },
      { field: 'memoryMb' as const, op: '!=' as const, value: 128 },
    ],
    groupBy: ['function', 'version'] as const,
    fromMs: T - HOUR_MS,
    toMs: T,
    limit: 2,
  };
  async function run(groups: readonly object[], change: object = {}) {
    const asked: object[] = [];
    const aggregate = async (given: object) => {
      asked.push(given);
      return { groups };
    };
    const result = await metricSource({ aggregate } as never, terms)({ ...query, ...change } as never);
    return { ...result, asked };
  }

  test('the question: filters with their negation, groups, quantiles', async () => {
    const { asked } = await run([]);
    expect(asked).toMatchObject([
      {
        fromMs: T - HOUR_MS,
        toMs: T,
        filters: [
          { field: 'function', values: [OWNER], not: false },
          { field: 'version', values: ['1', '2'], not: true },
          { field: 'memoryMb', values: [128], not: true },
        ],
        groupBy: ['function', 'version'],
        widthMs: null,
        quantiles: [],
      },
    ]);
    expect((await run([], { metric: 'durationMs', aggregation: 'p95' })).asked).toMatchObject([
      { sketch: 'duration', quantiles: [0.95] },
    ]);
  });

  test('a function becomes three labels, a name with colons too; the rate has its interval and coverage', async () => {
    const counts = { n: 200, with_start: 150, errors: 3, timeouts: 1 };
    const { series, unit, truncated } = await run([{ group: [`${OWNER}:a`, '7'], points: [point(counts)] }]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({
      labels: { account: '111122223333', region: 'eu-west-1', function: 'checkout:a', version: '7' },
      // 4 of 200
      value: 0.02,
      n: 200,
      errors: 4,
      coverage: 0.75,
      isLowerBound: false,
    });
    // Wilson's interval of 4 in 200 (Newcombe 1998): 0.0078 to 0.0503.
    expect(series[0]?.interval?.low).toBeCloseTo(0.0078, 3);
    expect(series[0]?.interval?.high).toBeCloseTo(0.0503, 3);
    expect([unit, truncated]).toEqual(['ratio', false]);
  });

  test('where errors are not known, the known ones are a lower bound', async () => {
    const counts = { n: 100, errors: 5, errors_unknown: 40 };
    const { series } = await run([{ group: [OWNER, '7'], points: [point(counts)] }]);
    expect(series[0]).toMatchObject({ value: 0.05, isLowerBound: true, errors: 5 });
  });

  test('groups without a point are left out, and those beyond the limit are reported', async () => {
    const group = (version: string) => ({ group: [OWNER, version], points: [point({ n: 1 })] });
    const { series, truncated } = await run([{ group: [OWNER, '0'], points: [] }, group('1'), group('2')]);
    expect([series.map(({ labels }) => labels['version']), truncated]).toEqual([['1'], true]);
    expect((await run([group('1'), group('2')])).truncated).toBe(false);
  });
});

describe('dry runs', () => {
  /** A store whose error rate is high from `fromMs` to `toMs`, by the end of the window. */
  function storeOf(fromMs: number, untilMs: number) {
    const ends: number[] = [];
    const aggregate = async ({ toMs }: { toMs: number }) => {
      ends.push(toMs);
      const errors = toMs >= fromMs && toMs < untilMs ? 50 : 0;
      return { groups: [{ group: [OWNER], points: [point({ n: 100, with_start: 100, errors })] }] };
    };
    return {
      ends,
      read: { aggregate, ingestStatus: async () => ({ firstEventMs: 0 }) } as unknown as Parameters<typeof dryRun>[1],
    };
  }
  const errorRule = (change: object = {}) =>
    rule(metric('errorRate'), {
      threshold: 0.1,
      groupBy: ['function'],
      settle: '0s',
      for: '2m',
      keepFiringFor: '0s',
      evaluationInterval: '1m',
      ...change,
    });

  test('says when it would have fired and resolved', async () => {
    const { read, ends } = storeOf(T + 5 * MINUTE_MS, T + 20 * MINUTE_MS);
    const found = await dryRun(errorRule(), read, terms, { fromMs: T, toMs: T + 30 * MINUTE_MS });
    expect(found).toMatchObject({ stepMs: MINUTE_MS, evaluations: 31 });
    expect([ends.at(0), ends.at(-1)]).toEqual([T, T + 30 * MINUTE_MS]);
    // True at minute 5, held for two minutes; false at minute 20.
    expect(found.fired).toMatchObject([
      { labels: { function: 'checkout' }, fromMs: T + 7 * MINUTE_MS, toMs: T + 20 * MINUTE_MS },
    ]);
    expect(found.fired[0]?.summary).toMatch(/^checkout: R: 50 %/);
  });

  test('what still fires at the end has no end', async () => {
    const { read } = storeOf(T, Number.POSITIVE_INFINITY);
    const found = await dryRun(errorRule({ for: '0s' }), read, terms, { fromMs: T + 1, toMs: T + 5 * MINUTE_MS });
    // Ticks are whole minutes.
    expect(found.fired).toMatchObject([{ fromMs: T + MINUTE_MS, toMs: null }]);
    expect(found.evaluations).toBe(5);
  });

  test('two firings of a series are two', async () => {
    const { read } = storeOf(T, Number.POSITIVE_INFINITY);
    const flapping = {
      aggregate: async (query: { toMs: number }) => {
        const isHigh = Math.floor((query.toMs - T) / MINUTE_MS) % 4 < 2;
        const { groups } = await read.aggregate({ ...query, toMs: isHigh ? T : T - 1 } as never);
        return { groups };
      },
      ingestStatus: async () => ({ firstEventMs: 0 }),
    } as unknown as Parameters<typeof dryRun>[1];
    const { fired } = await dryRun(errorRule({ for: '0s' }), flapping, terms, { fromMs: T, toMs: T + 7 * MINUTE_MS });
    expect(fired.map(({ fromMs, toMs }) => [(fromMs - T) / MINUTE_MS, ((toMs ?? 0) - T) / MINUTE_MS])).toEqual([
      [0, 2],
      [4, 6],
    ]);
  });

  test('a long range is evaluated a thousand times at most, at multiples of the interval', async () => {
    const { read } = storeOf(0, 0);
    const { stepMs, evaluations } = await dryRun(errorRule(), read, terms, { fromMs: T, toMs: T + 30 * 24 * HOUR_MS });
    // 43,200 minutes in 1,000 steps: 43.2, rounded up.
    expect(stepMs).toBe(44 * MINUTE_MS);
    expect(evaluations).toBeLessThanOrEqual(1000);
  });

  test.each(['ingestSilence', 'unparsed'])('%s has no history', async (kind) => {
    const { read } = storeOf(0, 0);
    await expect(dryRun(rule({ kind }), read, terms, { fromMs: T, toMs: T })).rejects.toThrow(
      `${kind} has no history: a dry run is not possible`,
    );
  });
});
