/**
 * Law: what a question reads does not grow with the invocations in its range. It is counted in bytes that SQLite reads of the
 * file, on a connection with an empty cache that maps nothing into memory: neither the machine nor its load matter.
 */
import { readFileSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch } from '../../../bench/fill-store.ts';
import { Random } from '../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { TelemetryWriter } from '../../../test/support/telemetry-writer.ts';
import { openTelemetryWriter } from '../../../test/support/telemetry-writer.ts';
import type { Databases } from './databases.ts';
import { queries } from './questions.ts';
import { ReadConnection } from './read-connection.ts';

const TO_MS = Date.UTC(2026, 10, 20);
const DAYS = 2;
const PER_BATCH = 5000;
/** Invocations of the small store, and how many times as many the large one has. */
const [SMALL, TIMES] = [30_000, 4];
/** Most growth of what is read. Rollup cells hold sketches, which take more bytes as they fill. */
const USUAL = 1.5;
/** Of failures, which look for requests with several attempts among the newest 50,000 invocations. */
const NEWEST = 50_000 / SMALL;
/** Of pages of exports, which read up to twice their rows. */
const EXPORT = 2.5;
/** Of what is counted over all environments of a function, of which there is one for a hundred invocations here. */
const ENVIRONMENTS = TIMES;

const range = { fromMs: TO_MS - DAYS * DAY_MS, toMs: TO_MS };
const of = { ...range, functionId: 1 };
const page = { ...of, limit: 100 };

interface Asked {
  readonly name: string;
  readonly method: keyof typeof queries;
  readonly query: object;
  readonly most?: number;
}

const PRICES = { keptPerGbS: 0.000_004_1667, runPerGbS: 0.000_009_7222, onDemandPerGbS: 0.000_016_6667 };
const TOTALS = { filters: [], groupBy: ['function'], widthMs: null, sketch: 'duration', quantiles: [0.95] } as const;
const SINCE = { fromMs: range.fromMs, activityFromMs: range.fromMs, nowMs: TO_MS };
const SLICES = { selectors: [[]], sketches: 'duration', maxRows: 1_000_000 } as const;

/** Questions of the pages with the arguments of their handlers, on the function that has every invocation. */
const QUESTIONS: readonly Asked[] = [
  { name: 'overview', method: 'fleet', query: { ...range, widthMs: null } },
  { name: 'functions', method: 'functions', query: { ...range, limit: 1000 } },
  { name: 'a page of functions', method: 'functionsPage', query: { ...range, functionIds: [1] } },
  { name: 'a function', method: 'functions', query: of },
  { name: 'its configurations', method: 'configurations', query: { functionId: 1 }, most: ENVIRONMENTS },
  { name: 'series', method: 'timeseries', query: { ...of, widthMs: HOUR_MS, groupBy: null } },
  { name: 'series by version', method: 'timeseries', query: { ...of, widthMs: HOUR_MS, groupBy: 'version' } },
  { name: 'series of Prometheus', method: 'series', query: { ...range, ...SLICES, widthMs: HOUR_MS } },
  { name: 'a structured query', method: 'aggregate', query: { ...range, ...TOTALS } },
  { name: 'its values, which are compared', method: 'distribution', query: { ...of, blockMs: HOUR_MS } },
  { name: 'cold starts', method: 'coldStarts', query: { ...of, examples: 10 } },
  { name: 'failures', method: 'failures', query: { ...of, nowMs: TO_MS, mostFailed: 100 }, most: NEWEST },
  { name: 'groups of failures', method: 'errorGroups', query: { ...range, limit: 100 } },
  { name: 'newest invocations', method: 'invocations', query: page },
  { name: 'newest cold starts', method: 'invocations', query: { ...page, cold: true } },
  { name: 'newest failures', method: 'invocations', query: { ...page, limit: 20, status: 'exit' } },
  { name: 'export of invocations', method: 'invocationColumns', query: page, most: EXPORT },
  { name: 'export of cold starts', method: 'invocationColumns', query: { ...page, cold: true }, most: EXPORT },
  { name: 'environments', method: 'environments', query: { ...of, limit: 50, maxRuns: 20_000 } },
  { name: 'memory', method: 'memory', query: { ...of, outOfMemorySinceMs: range.fromMs } },
  { name: 'keep-alive', method: 'keepAlive', query: { ...of, maxRuns: 20_000, seed: 1 } },
  {
    name: 'provisioned concurrency',
    method: 'provisioned',
    query: { ...of, maxRuns: 20_000, seed: 1, firstSeenMs: range.fromMs, priceMemoryMb: 128, prices: PRICES },
  },
  { name: 'tenants', method: 'tenants', query: { ...page, fromMs: range.fromMs + 1, toMs: TO_MS - 1 } },
  { name: 'network of a function', method: 'functionNetwork', query: { ...of, mostRequests: 20_000 } },
  { name: 'pre-inits', method: 'preInits', query: { ...of, mostSegments: 20_000 } },
  { name: 'network', method: 'fleetNetwork', query: range },
  {
    name: 'changes',
    method: 'changes',
    query: { ...range, limit: 50, sidesOf: 50, beforeMs: DAY_MS, afterMs: DAY_MS, nowMs: TO_MS },
  },
  { name: 'coverage', method: 'coverage', query: SINCE },
  { name: 'loops of inits', method: 'initLoops', query: range },
  { name: 'latency of the platform', method: 'platformLatency', query: range },
  { name: 'service map', method: 'serviceMap', query: { ...range, mostTraces: 1000 } },
  { name: 'lines', method: 'logs', query: { ...range, text: '', limit: 100 } },
  { name: 'lines over time', method: 'logHistogram', query: { ...range, text: '', bins: 60 } },
  { name: 'volume of lines', method: 'logVolume', query: of },
  { name: 'features', method: 'features', query: { functionId: 1 } },
  { name: 'deploys', method: 'deploys', query: { functionId: 1, limit: 100 } },
  { name: 'executions', method: 'durableExecutions', query: page },
  { name: 'responses', method: 'responses', query: of },
  { name: 'state of ingest', method: 'ingestStatus', query: {} },
];

function fill(size: number): TelemetryWriter {
  const store = openTelemetryWriter();
  const random = new Random(7);
  for (let done = 0; done < size; done += PER_BATCH)
    store.apply(batch(random, PER_BATCH, { size, functions: 1, days: DAYS, toMs: TO_MS }), TO_MS);
  // As the writer does when it is idle.
  while (store.writer.requests.mergeSlice());
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  return store;
}

/** Bytes that this thread has read of files. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1]);

async function bytesOf({ db }: TelemetryWriter, method: keyof typeof queries, query: object): Promise<number> {
  const file = new BetterSqlite(db.name, { readonly: true });
  file.pragma('mmap_size = 0');
  // Larger than either file: each page is read once.
  file.pragma('cache_size = -200000');
  const databases = { telemetry: new ReadConnection(file), files: { telemetry: db.name } } as unknown as Databases;
  try {
    const before = bytesRead();
    await (queries[method] as (databases: Databases, query: object) => Promise<unknown>)(databases, query);
    return bytesRead() - before;
  } finally {
    file.close();
  }
}

let [small, large]: TelemetryWriter[] = [];
beforeAll(() => {
  [small, large] = [fill(SMALL), fill(SMALL * TIMES)];
});
afterAll(() => {
  small?.close();
  large?.close();
});

test.runIf(process.platform === 'linux').each(QUESTIONS)('$name', async ({ method, query, most = USUAL }) => {
  if (small === undefined || large === undefined) throw new Error('the stores were not opened');
  const [few, many] = [await bytesOf(small, method, query), await bytesOf(large, method, query)];
  expect(many / few).toBeLessThanOrEqual(most);
});
