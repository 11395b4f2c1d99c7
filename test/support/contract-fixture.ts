/**
 * Telemetry that both stores receive for the contract tests: generated fleets in the two hours before {@link TO}, and
 * the function `checkout`, whose few invocations are written by hand so that expected results are known without a store.
 */
import { renderInitStart, renderReport, renderStart } from '../../ingest/lines/render.ts';
import type { Batch } from '../../ingest/records/batch.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import { UNKNOWN_STREAM } from '../../ingest/records/log-event.ts';
import type { PullCheckpoint } from '../../ingest/records/pull-checkpoint.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { StoredInvocation } from '../../server/storage/ports.ts';
import type { DocumentedInvocation } from './fleet-documents.ts';
import { batchOfRecords, documentsAbout, inventoryOf, loadTestOf, TUNING_RUNS } from './fleet-documents.ts';
import type { Part } from './fleet-streams.ts';
import { batchOf, deliveries, streams } from './fleet-streams.ts';
import { KINDS_INVENTORY, KINDS_INVENTORY_BEFORE, KINDS_PARTS, KINDS_RECORDS, KINDS_SCOPE } from './kinds-fixture.ts';
import { METRIC_RECORDS, NEWER_METRIC_RECORDS } from './metric-fixture.ts';
import { MOVED_INVENTORY, MOVED_PARTS } from './moved-fixture.ts';
import type { TestProduct } from './product.ts';
import { TRACED, TRACED_SEGMENTS } from './traced-fixture.ts';

export const TO = Date.UTC(2026, 10, 20);
/** Time at which everything has settled. */
export const NOW = TO + 6 * HOUR_MS;
const SEED = 7;

/** Range of the generated fleets. */
export const FLEET_RANGE = { fromMs: TO - 3 * HOUR_MS, toMs: TO };
/** Range of `checkout` alone. */
export const CHECKOUT_RANGE = { fromMs: TO - 8 * HOUR_MS, toMs: TO - 7 * HOUR_MS };
/** Names of the generated functions by their distinguishing trait. */
export const FLEET = { plain: `plain-${SEED}`, json: `json-${SEED}`, fails: `fails-${SEED}`, snap: `snap-${SEED}` };
export const SCOPE = { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION };
/** Start of checkout's first init. */
export const CHECKOUT_MS = TO - 8 * HOUR_MS + 300_000;

/** Request id of checkout's invocation `n`, 1 to 4, and of scattered's, 71 to 73. */
export function checkoutId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

interface CheckoutRun {
  readonly n: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly initMs: number | null;
  readonly status: 'timeout' | null;
}

function linesOf({ n, startMs, durationMs, initMs, status }: CheckoutRun): readonly [number, string][] {
  const report = renderReport({
    requestId: checkoutId(n),
    durationMs,
    billedDurationMs: durationMs + (initMs ?? 0),
    memorySizeMb: 512,
    maxMemoryUsedMb: 80 + n,
    initDurationMs: initMs,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status,
    errorType: null,
    trace: null,
  });
  const init: [number, string][] =
    initMs === null
      ? []
      : [[startMs - initMs, renderInitStart('nodejs:22.v50', 'arn:aws:lambda:eu-west-1::runtime:0123456789abcdef')]];
  return [...init, [startMs, renderStart(checkoutId(n), '$LATEST')], [startMs + durationMs, report]];
}

function streamOf(logStream: string, runs: readonly CheckoutRun[]): Part {
  return {
    identity: { ...SCOPE, logGroup: '/aws/lambda/checkout', logStream: `2026/11/19/[$LATEST]${logStream}` },
    events: runs
      .flatMap(linesOf)
      .map(([timestampMs, message], at) => ({ timestampMs, message, id: `${timestampMs}${at}` })),
  };
}

/**
 * Two environments: the first runs cold in 100 ms (init 250 ms), warm in 50 ms, then times out after 3 s; the second runs
 * cold in 120 ms (init 200 ms) while the first one's third invocation is running.
 */
const CHECKOUT: readonly Part[] = [
  streamOf('a'.repeat(32), [
    { n: 1, startMs: CHECKOUT_MS + 250, durationMs: 100, initMs: 250, status: null },
    { n: 2, startMs: CHECKOUT_MS + 60_000, durationMs: 50, initMs: null, status: null },
    { n: 3, startMs: CHECKOUT_MS + 120_000, durationMs: 3000, initMs: null, status: 'timeout' },
  ]),
  streamOf('b'.repeat(32), [{ n: 4, startMs: CHECKOUT_MS + 121_000, durationMs: 120, initMs: 200, status: null }]),
];

/** Range of `orders` alone. */
export const ORDERS_RANGE = { fromMs: TO - 12 * HOUR_MS, toMs: TO - 11 * HOUR_MS };
const ORDERS_MS = ORDERS_RANGE.fromMs + 600_000;
export const ORDERS_ID = '00000000-0000-4000-8000-00000000000a';

/**
 * `orders` runs three times for 50 ms, each time for the same request; the second time it throws. The error carries no request id
 * and is delivered alone, before the rest.
 */
const ORDERS: readonly Part[] = [
  {
    identity: { ...SCOPE, logGroup: '/aws/lambda/orders', logStream: `2026/11/19/[$LATEST]${'c'.repeat(32)}` },
    events: [
      {
        timestampMs: ORDERS_MS + 60_040,
        message: `[ERROR] KeyError: 'order'\rTraceback (most recent call last):\r\u00a0\u00a0File "/var/task/app.py", line 7, in handler\r\u00a0\u00a0\u00a0\u00a0return event["order"]`,
        id: 'error',
      },
    ],
  },
  {
    identity: { ...SCOPE, logGroup: '/aws/lambda/orders', logStream: `2026/11/19/[$LATEST]${'c'.repeat(32)}` },
    events: [0, 60_000, 180_000].flatMap((delayMs) => {
      const report = renderReport({
        requestId: ORDERS_ID,
        durationMs: 50,
        billedDurationMs: 50,
        memorySizeMb: 512,
        maxMemoryUsedMb: 80,
        initDurationMs: null,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: null,
        errorType: null,
        trace: null,
      });
      const startMs = ORDERS_MS + delayMs;
      return [
        { timestampMs: startMs, message: renderStart(ORDERS_ID, '$LATEST'), id: `start${delayMs}` },
        { timestampMs: startMs + 50, message: report, id: `report${delayMs}` },
      ];
    }),
  },
];

/** Range of `scattered` alone. */
export const SCATTERED_RANGE = { fromMs: TO - 18 * HOUR_MS, toMs: TO - 17 * HOUR_MS };
const SCATTERED_MS = SCATTERED_RANGE.fromMs + 600_000;

/**
 * `scattered` comes without log streams: a cold start of 100 ms (init 200 ms), 50 ms warm, a time-out after 3 s. Then the second
 * invocation comes again with its log stream.
 */
const SCATTERED_RUNS: readonly CheckoutRun[] = [
  { n: 71, startMs: SCATTERED_MS + 200, durationMs: 100, initMs: 200, status: null },
  { n: 72, startMs: SCATTERED_MS + 60_000, durationMs: 50, initMs: null, status: null },
  { n: 73, startMs: SCATTERED_MS + 120_000, durationMs: 3000, initMs: null, status: 'timeout' },
];
const SCATTERED: readonly Part[] = [
  { logStream: UNKNOWN_STREAM, runs: SCATTERED_RUNS },
  { logStream: `2026/11/19/[$LATEST]${'d'.repeat(32)}`, runs: SCATTERED_RUNS.slice(1, 2) },
].map(({ logStream, runs }) => ({
  identity: { ...SCOPE, logGroup: '/aws/lambda/scattered', logStream },
  events: streamOf('', runs).events,
}));

export const CHECKPOINT: PullCheckpoint = {
  ...SCOPE,
  logGroup: '/aws/lambda/checkout',
  mode: 'poll',
  watermarkMs: TO,
  scan: null,
  wideMs: null,
  state: 'ok',
  message: null,
  events: 11,
  updatedMs: NOW,
};

/** A dead letter. */
export const DEAD_LETTER = {
  reason: 'not-a-record',
  detail: 'neither a log event nor a document',
  logGroup: '/aws/lambda/checkout',
  payload: new TextEncoder().encode('{"surprise": true}'),
  n: 1,
};

const LOGS = { kind: 'logs', name: 'contract' } as const;
const INVENTORY = { kind: 'inventory', name: 'lambda-api' } as const;

/** Declared for every fleet, of which none runs on Managed Instances, and for `managed`, which does. */
const DECLARED = { instances: 3, instanceHourUsd: 0.1 };

/** Stores and attributes everything. `described`: invocations that the documents are about; `clock`: the product's time, at {@link NOW}. */
export async function fill(
  product: TestProduct,
  described: readonly StoredInvocation[] | null,
  clock: { ms: number },
): Promise<void> {
  const { store } = product;
  const everything = [...streams(SEED, TO), ...CHECKOUT, ...KINDS_PARTS];
  for (const batch of deliveries(everything, SEED, { most: 400, together: 60 })) await store.write(batch, LOGS);
  for (const part of [...ORDERS, ...TRACED, ...SCATTERED]) await store.write(batchOf([part]), LOGS);
  const unreadable: Batch = { ...batchOf([]), deadLetters: [{ ...DEAD_LETTER, payload: DEAD_LETTER.payload.slice() }] };
  await store.write(unreadable, { kind: 'pull', name: 'contract' }, CHECKPOINT);
  // Another record at the same time.
  const other = new TextEncoder().encode('{"surprise": false}');
  await store.write({ ...batchOf([]), deadLetters: [{ ...DEAD_LETTER, payload: other }] }, LOGS);
  await product.attribution.round(true);
  const documented = (described ?? (await newestOf(product))).map(documentedOf);
  const names = Object.values(FLEET);
  const inventory = names.map((name, at) => ({
    ...inventoryOf(
      { ...SCOPE, name },
      { subnetIds: at < 2 ? ['subnet-1'] : [], timeoutMs: 3000, architecture: at % 3 === 0 ? 'arm64' : null },
    ),
    ...DECLARED,
  }));
  const managed = {
    ...inventoryOf({ ...KINDS_SCOPE, name: 'managed' }, { subnetIds: null, timeoutMs: null, architecture: null }),
    ...DECLARED,
  };
  const loadTests = [loadTestOf('before', FLEET.plain, 1), loadTestOf('after', FLEET.plain, 2)];
  await store.write(batchOfRecords([...documentsAbout(documented), ...TRACED_SEGMENTS], SCOPE), LOGS);
  await store.write(batchOfRecords(loadTests, SCOPE), { kind: 'import', name: 'contract' });
  await store.write(batchOfRecords(TUNING_RUNS, SCOPE), { kind: 'import', name: 'contract' });
  await store.write(batchOfRecords(inventory, SCOPE), { kind: 'inventory', name: 'lambda-api' });
  for (const facts of KINDS_INVENTORY_BEFORE) await store.write(batchOfRecords([facts], KINDS_SCOPE), INVENTORY);
  await store.write(batchOfRecords([managed], KINDS_SCOPE), { kind: 'inventory', name: 'declared' });
  await store.write(batchOfRecords(KINDS_RECORDS, KINDS_SCOPE), LOGS);
  for (const facts of KINDS_INVENTORY) await store.write(batchOfRecords([facts], KINDS_SCOPE), INVENTORY);
  await store.write(batchOfRecords(METRIC_RECORDS, SCOPE), LOGS);
  clock.ms = NOW + 1;
  await store.write(batchOfRecords(NEWER_METRIC_RECORDS, SCOPE), LOGS);
  clock.ms = NOW;
  await store.write(batchOf(MOVED_PARTS), LOGS);
  for (const [at, facts] of MOVED_INVENTORY.entries()) {
    clock.ms = NOW + (at + 1 - MOVED_INVENTORY.length) * MINUTE_MS;
    await store.write(batchOfRecords([facts], SCOPE), INVENTORY);
  }
  await product.attribution.round(true);
}

/** Newest invocations of the fleets. */
export async function newestOf({ store }: TestProduct): Promise<readonly StoredInvocation[]> {
  return (await store.read.invocations({ ...FLEET_RANGE, limit: 100 })).items;
}

function documentedOf(one: StoredInvocation): DocumentedInvocation {
  return {
    requestId: one.requestId,
    function: { account: one.account, region: one.region, name: one.functionName },
    startedAt: one.startMs === null ? null : new Date(one.startMs).toISOString(),
    endedAt: new Date(one.endMs).toISOString(),
    durationMs: one.durationMs,
  };
}
