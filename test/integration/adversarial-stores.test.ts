/**
 * Whatever lines a store holds, derived questions answer: valid by the contract, without negative costs, and with a reason
 * beside what is not known.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { DAY_MS, HOUR_MS, iso } from '../../ingest/records/time.ts';
import type { RouteDeclaration } from '../../server/http/contract/route.ts';
import { routes } from '../../server/http/contract/routes.generated.ts';
import { message, record, send } from '../support/firehose.ts';
import { asyncLaw } from '../support/law.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const FROM_MS = NOW - 3 * DAY_MS;

let product: TestProduct;
let stores = 0;

beforeAll(async () => {
  product = await startProduct({ now: () => NOW });
});
afterAll(async () => {
  product.endStreams();
  await product.close();
  removeFolder(product.folder);
});

/** One invocation; times are relative, so that a store shrinks to few of them. */
const run = fc.record({
  /** Since the run before; negative ones are clocks that went back. */
  afterMs: fc.constantFrom(0, 0, 1, 700, 20_000, 7 * 60_000, HOUR_MS, 11 * HOUR_MS, -1, -90 * 60_000),
  stream: fc.nat(4),
  durationMs: fc.constantFrom(0, 0.01, 3.5, 80, 2999.99, 959_999.99),
  billedMs: fc.constantFrom(null, null, 0, 1),
  initMs: fc.constantFrom(null, null, null, 0, 0.01, 250, 12_000, 959_999.99),
  restoreMs: fc.constantFrom(null, null, null, null, 120),
  memoryMb: fc.constantFrom(1, 128, 512, 1769, 10_240),
  /** Of the size; slightly more is possible. */
  used: fc.constantFrom(0, 0.3, 1, 1.2),
  hasStart: fc.boolean(),
  status: fc.constantFrom(null, null, null, null, 'timeout', 'error'),
  version: fc.constantFrom('$LATEST', '$LATEST', '1', '2'),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

/** What whole stores have in common: `at` is the position of the run. */
const shape = fc.constantFrom<(one: Run, at: number) => Partial<Run>>(
  () => ({}),
  () => ({ hasStart: false }),
  // Only cold starts.
  (_, at) => ({ initMs: 250, stream: at, afterMs: 7 * 60_000 }),
  () => ({ afterMs: 0, durationMs: 0, billedMs: 0 }),
  // Two sizes with enough runs to be compared, in five environments.
  (one, at) => ({
    memoryMb: at % 2 === 0 ? 128 : 512,
    used: 0.3,
    stream: at % 10,
    status: null,
    initMs: null,
    afterMs: one.afterMs,
  }),
  // Environments that end while idle.
  (_, at) => ({
    stream: Math.floor(at / 3),
    initMs: at % 3 === 0 ? 250 : null,
    afterMs: at % 3 === 0 ? 11 * 60_000 : 20_000,
  }),
);

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

async function sendStore(name: string, runs: readonly Run[], store: number): Promise<void> {
  let atMs = FROM_MS;
  const streams = new Map<string, { id: string; timestamp: number; message: string }[]>();
  for (const [at, one] of runs.entries()) {
    atMs = Math.min(NOW - HOUR_MS, Math.max(FROM_MS - DAY_MS, atMs + one.afterMs));
    const requestId = `${hex(at, 8)}-${hex(store, 4)}-4000-8000-000000000000`;
    const report = renderReport({
      requestId,
      durationMs: one.durationMs,
      billedDurationMs: one.billedMs ?? Math.ceil(one.durationMs),
      memorySizeMb: one.memoryMb,
      maxMemoryUsedMb: Math.floor(one.used * one.memoryMb),
      initDurationMs: one.initMs,
      restoreDurationMs: one.restoreMs,
      billedRestoreDurationMs: one.restoreMs,
      status: one.status,
      errorType: one.status === 'error' ? 'Runtime.ExitError' : null,
      trace: null,
    });
    const endMs = atMs;
    const startMs = Math.max(FROM_MS - DAY_MS, Math.floor(endMs - Math.min(one.durationMs, DAY_MS)));
    const stream = `2026/11/20/[${one.version}]${hex(store, 16)}${hex(one.stream, 16)}`;
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    if (one.hasStart)
      events.push({ id: `${store}.${at}.1`, timestamp: startMs, message: renderStart(requestId, one.version) });
    events.push({ id: `${store}.${at}.2`, timestamp: endMs, message: report });
  }
  const records = [...streams].map(([logStream, events]) =>
    record(message(events, { logGroup: `/aws/lambda/${name}`, logStream })),
  );
  await send(product, records);
}

type Json = Readonly<Record<string, unknown>>;

/** Costs that may be below zero: differences. */
const DIFFERENCES = /change|saving/i;

/** Fields of derived answers that are null only with the other field as a reason beside them. */
const REASONS: Readonly<Record<string, string>> = {
  medianMs: 'reason',
  medianInterval: 'reason',
  costUsd: 'costReason',
  costPer1kUsd: 'costReason',
  leak: 'leakReason',
  low: 'reason',
  high: 'reason',
  change: 'reason',
  preInitMs: 'reason',
  eniLatencyMs: 'reason',
  timeoutMs: 'reason',
};

/** Negative costs and nulls without a reason, with their paths. */
function faultsOf(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value === 'number') {
    const isCost = path.some((key) => /usd/i.test(key)) && !path.some((key) => DIFFERENCES.test(key));
    return isCost && value < 0 ? [`${path.join('.')} is ${value}`] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Json;
  const unexplained = Object.entries(REASONS).filter(
    ([field, reason]) => own[field] === null && reason in own && (own[reason] === null || own[reason] === ''),
  );
  return [
    ...unexplained.map(([field]) => `${[...path, field].join('.')} is null without a reason`),
    ...Object.entries(own).flatMap(([key, one]) => faultsOf(one, [...path, key])),
  ];
}

const RANGE = `from=${iso(FROM_MS - DAY_MS)}&to=${iso(NOW)}`;
const METRICS = [
  'durationMs',
  'initMs',
  'costUsd',
  'coldStartRate',
  'errorRate',
  'maxMemoryUsedMb',
  'coldStartSeconds',
];

const SELECTOR = '{function="NAME"}';
const PROMQL = [
  `sum by (version, type) (increase(thermocline_failures_total${SELECTOR}[1d]))`,
  `histogram_quantile(0.9, sum by (le) (rate(thermocline_duration_seconds_bucket${SELECTOR}[4d])))`,
  `histogram_quantile(0.9, sum by (le, kind) (rate(thermocline_init_duration_seconds_bucket${SELECTOR}[4d])))`,
  `rate(thermocline_cost_usd_total${SELECTOR}[1d]) / rate(thermocline_invocations_total${SELECTOR}[1d])`,
  `max_over_time(thermocline_max_memory_used_bytes${SELECTOR}[4d])`,
  `sum by (cause) (increase(thermocline_cold_start_causes_total${SELECTOR}[1d]))`,
  `thermocline_function_tags${SELECTOR}`,
];

/** Addresses of the derived questions about a function, by operation. */
function questionsOf(
  name: string,
): readonly (readonly [operation: string, route: RouteDeclaration, address: string])[] {
  const half = iso(FROM_MS + DAY_MS);
  const further: Readonly<Record<string, readonly string[]>> = {
    listFunctions: [`${RANGE}&function=${name}`],
    getFunctionTimeseries: METRICS.map((metric) => `${RANGE}&metric=${metric}`),
    comparePeriods: [`function=${name}&before=${iso(FROM_MS)}/${half}&after=${half}/${iso(NOW)}`],
    listChanges: [`${RANGE}&function=${name}`],
    listErrors: [`${RANGE}&function=${name}`],
    getOverview: [RANGE],
    listRecommendations: [RANGE],
    listMetrics: [`function=${name}`],
    getMetricPoints: [`${RANGE}&function=${name}&namespace=AWS/Lambda&name=Throttles`],
    getNetwork: [RANGE],
    getFunctionTags: [''],
    prometheusQuery: PROMQL.map((query) => `time=${iso(NOW)}&query=${promqlOf(query, name)}`),
    prometheusQueryRange: PROMQL.map((query) => `${SPAN}&step=1h&query=${promqlOf(query, name)}`),
    prometheusSeries: [`${SPAN}&match[]=${promqlOf(SELECTOR, name)}`],
  };
  return Object.entries<RouteDeclaration>(routes).flatMap(([operation, route]) => {
    const isOfFunction =
      route.method === 'get' && route.path.startsWith('/api/v1/functions/:id') && !route.path.includes(':fingerprint');
    const queries = further[operation] ?? (isOfFunction ? [RANGE] : []);
    return queries.map((query) => [operation, route, `${route.path.replace(':id', name)}?${query}`] as const);
  });
}

const SPAN = `start=${iso(FROM_MS - DAY_MS)}&end=${iso(NOW)}`;

function promqlOf(query: string, name: string): string {
  return encodeURIComponent(query.replaceAll('NAME', name));
}

/** Addresses of the groups of the function's failures. */
async function groupsOf(name: string): Promise<ReturnType<typeof questionsOf>> {
  const { items } = await product.json<{ items: { fingerprint: string }[] }>(
    `/api/v1/errors?${RANGE}&function=${name}`,
  );
  const route = routes.getErrorGroup;
  return items.map(({ fingerprint }) => {
    const path = route.path.replace(':id', name).replace(':fingerprint', fingerprint);
    return ['getErrorGroup', route, `${path}?${RANGE}`] as const;
  });
}

async function askAll(name: string): Promise<void> {
  const questions = [...questionsOf(name), ...(await groupsOf(name))];
  expect(questions.length).toBeGreaterThan(20);
  for (const [operation, route, address] of questions) {
    const response = await product.fetch(address);
    const answer: Json = await response.json();
    // Nothing of the store is within the range.
    if (response.status === 404 && answer['code'] === 'no-data-in-range') continue;
    expect(response.status, `${operation}: ${JSON.stringify(answer)}`).toBe(200);
    // NaN and infinity are null in JSON, which fields of the contract allow only where something can be unknown.
    expect(route.answer?.safeParse(answer).error?.issues ?? [], operation).toEqual([]);
    expect(faultsOf(answer), operation).toEqual([]);
  }
}

test('derived questions of any store', async () => {
  const runs = fc.array(run, { minLength: 1, maxLength: 40, size: 'max' });
  await asyncLaw(
    fc.asyncProperty(runs, shape, fc.constantFrom(1, 1, 8), async (some, shaped, times) => {
      stores += 1;
      const all = Array.from({ length: times }, () => some).flat();
      await sendStore(
        `store-${stores}`,
        all.map((one, at) => ({ ...one, ...shaped(one, at) })),
        stores,
      );
      await product.derive();
      await askAll(`store-${stores}`);
    }),
    { numRuns: 25 },
  );
});
