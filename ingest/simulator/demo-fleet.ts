/** The fleet of the demo: a web shop with a story for each page. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';
import type { FunctionPlan } from './plan.ts';
import { planOf } from './plan.ts';

/** All functions have this much history. */
export const DEMO_MS = 8 * DAY_MS + 2 * HOUR_MS;
/** Those that run by a schedule, and cost the most, have more: two calendar months before the current one. */
const BATCH_MS = 70 * DAY_MS;

/** The function behind the simulated API gateway. */
export const BEHIND_GATEWAY = 'checkout';
export const GATEWAY_ROUTE = 'GET /checkout';

/** Tags of the functions, as AWS would have them. One function is of no team. */
export const DEMO_TAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  checkout: { team: 'payments', tier: 'critical' },
  'orders-api': { team: 'payments', tier: 'critical' },
  pricing: { team: 'payments' },
  quotes: { team: 'payments' },
  'invoice-pdf': { team: 'payments' },
  search: { team: 'catalog', tier: 'critical' },
  'catalog-export': { team: 'catalog' },
  thumbnail: { team: 'catalog' },
  auth: { team: 'platform', tier: 'critical' },
  'webhook-fanout': { team: 'platform' },
};

export interface DemoPlan {
  readonly plan: FunctionPlan;
  readonly fromMs: number;
  readonly timeoutSeconds: number;
}

/** The regression of the live demo: an error that was fixed in version 18 is back in this one. */
export const BROKEN_AGAIN = { name: 'webhook-fanout', errorType: 'TypeError', version: '19' } as const;
const BROKEN_AGAIN_MS = 2 * MINUTE_MS;

/**
 * Plans of the demo fleet at `nowMs`. Within the last day it has changes that are worse, better and unchanged, each old enough to be
 * compared with the days before.
 */
export function demoFleet(nowMs: number): readonly DemoPlan[] {
  const requests = requestPlans((hours) => nowMs - hours * HOUR_MS, nowMs + BROKEN_AGAIN_MS);
  return [
    ...requests.map((plan) => ({ plan, fromMs: nowMs - DEMO_MS, timeoutSeconds: plan.failures.timeoutMs / 1000 })),
    ...batchPlans().map((plan) => ({ plan, fromMs: nowMs - BATCH_MS, timeoutSeconds: 300 })),
  ];
}

const { failures } = planOf({ name: '' });

function requestPlans(before: (hours: number) => number, brokenMs: number): readonly FunctionPlan[] {
  return [
    planOf({
      name: 'checkout',
      arrivals: { kind: 'diurnal', meanGapMs: 42_000, burst: 1 },
      work: { fixedMs: 55, cpuMs: 17, sigma: 0.5 },
      usedMb: 212,
      initMs: 410,
      extension: 'datadog-agent',
      version: '41',
      // Version 42 makes it slower, and version 43 mends that.
      deploys: [
        { atMs: before(75), version: '42', workFactor: 1.5 },
        { atMs: before(20), version: '43', workFactor: 0.95 },
      ],
      tracedShare: 0.15,
      caller: 'storefront-api',
      calls: [
        { name: 'DynamoDB', namespace: 'aws', ms: 9 },
        { name: 'payments.example.com', namespace: 'remote', ms: 22 },
        { name: 'EventBridge', namespace: 'aws', ms: 6 },
      ],
      vpc: true,
      networkMs: 45,
      printsMetrics: true,
      errors: [
        {
          errorType: 'PaymentDeclined',
          message: 'The issuer declined the card: insufficient_funds',
          frame: { name: 'charge', file: 'src/payments.js', line: 88 },
          share: 0.004,
          versions: null,
        },
        {
          errorType: 'RangeError',
          message: 'Invalid discount: NaN',
          frame: { name: 'applyDiscount', file: 'src/cart.js', line: 41 },
          share: 0.012,
          versions: ['42'],
        },
      ],
      appLines: { share: 0.4, texts: ['INFO order {n} received with 3 items', 'INFO order {n} paid by card'] },
    }),
    planOf({
      name: 'search',
      runtime: 'python:3.13.v60',
      arrivals: { kind: 'bursty', meanGapMs: 330_000, burst: 5 },
      memoryMb: 512,
      work: { fixedMs: 70, cpuMs: 26, sigma: 0.4 },
      usedMb: 148,
      initMs: 690,
      tracedShare: 0.12,
      caller: 'storefront-api',
      calls: [
        { name: 'OpenSearch', namespace: 'aws', ms: 30 },
        { name: 'DynamoDB', namespace: 'aws', ms: 8 },
      ],
      // A trial of four memory sizes, of whole days each, so that only memory differs. The largest was left.
      deploys: [
        { atMs: before(152), memoryMb: 1024 },
        { atMs: before(128), memoryMb: 1536 },
        { atMs: before(104), memoryMb: 2048 },
        { atMs: before(80), memoryMb: 512 },
        { atMs: before(56), memoryMb: 1024 },
        { atMs: before(22), memoryMb: 2048 },
      ],
      printsMetrics: true,
      errors: [
        {
          errorType: 'KeyError',
          message: "'sku'",
          frame: { name: 'rank', file: 'app/ranking.py', line: 57 },
          share: 0.003,
          versions: null,
        },
      ],
      appLines: { share: 0.1, texts: ['WARNING no result for query {n}, falling back to popular items'] },
    }),
    planOf({
      name: 'orders-api',
      runtime: 'java:21.v38',
      arrivals: { kind: 'diurnal', meanGapMs: 100_000, burst: 1 },
      version: '12',
      memoryMb: 2048,
      work: { fixedMs: 30, cpuMs: 28, sigma: 0.6 },
      usedMb: 390,
      initMs: 240,
      snapStart: true,
      // Nothing that can be measured changes.
      deploys: [{ atMs: before(18), version: '13' }],
    }),
    planOf({
      name: 'thumbnail',
      runtime: 'python:3.12.v91',
      arrivals: { kind: 'diurnal', meanGapMs: 150_000, burst: 1 },
      memoryMb: 1536,
      work: { fixedMs: 150, cpuMs: 1500, sigma: 0.5 },
      usedMb: 1390,
      initMs: 820,
      failures: { ...failures, outOfMemoryShare: 0.012, fatalShare: 0.3, timeoutMs: 30_000 },
      retries: true,
      appLines: { share: 0.3, texts: ['INFO image {n} resized to 512 px'] },
    }),
    planOf({
      name: 'webhook-fanout',
      runtime: 'nodejs:20.v72',
      arrivals: { kind: 'diurnal', meanGapMs: 75_000, burst: 1 },
      version: '17',
      memoryMb: 256,
      work: { fixedMs: 260, cpuMs: 9, sigma: 0.9 },
      usedMb: 96,
      leakMb: 0.1,
      initMs: 260,
      failures: { ...failures, timeoutShare: 0.01, timeoutMs: 3000, againShare: 0.4 },
      deploys: [
        { atMs: before(50), version: '18' },
        { atMs: brokenMs, version: BROKEN_AGAIN.version },
      ],
      retries: true,
      vpc: true,
      errors: [
        {
          errorType: BROKEN_AGAIN.errorType,
          message: "Cannot read properties of undefined (reading 'callbackUrl')",
          frame: { name: 'notifySubscriber', file: 'src/fanout.js', line: 23 },
          share: 0.05,
          versions: ['17'],
        },
        {
          errorType: BROKEN_AGAIN.errorType,
          message: "Cannot read properties of undefined (reading 'callbackUrl')",
          frame: { name: 'notifySubscriber', file: 'src/fanout.js', line: 23 },
          share: 0.3,
          versions: [BROKEN_AGAIN.version],
        },
      ],
    }),
    planOf({
      name: 'auth',
      runtime: 'provided:al2023.v97',
      arrivals: { kind: 'steady', meanGapMs: 100_000, burst: 1 },
      memoryMb: 128,
      work: { fixedMs: 4, cpuMs: 0.15, sigma: 0.4 },
      usedMb: 38,
      initMs: 34,
      firstConnectionMs: 12,
      patches: [{ atMs: before(16) }],
      recycleMeanMs: 2 * HOUR_MS,
    }),
    planOf({
      name: 'pricing',
      runtime: 'dotnet:8.v44',
      arrivals: { kind: 'diurnal', meanGapMs: 330_000, burst: 1 },
      work: { fixedMs: 100, cpuMs: 70, sigma: 0.5 },
      usedMb: 170,
      initMs: 780,
      proactiveShare: 0.4,
      unusedShare: 0.2,
      tracedShare: 0.3,
      calls: [{ name: 'DynamoDB', namespace: 'aws', ms: 12 }],
    }),
    planOf({
      name: 'quotes',
      runtime: 'nodejs:22.v31',
      format: 'json',
      arrivals: { kind: 'bursty', meanGapMs: 480_000, burst: 4 },
      version: '7',
      work: { fixedMs: 90, cpuMs: 60, sigma: 0.4 },
      usedMb: 130,
      initMs: 520,
      provisioned: 3,
      deploys: [{ atMs: before(14), version: '8' }],
      appLines: { share: 0.2, texts: ['INFO quote {n} is valid for 15 minutes'] },
    }),
  ];
}

function batchPlans(): readonly FunctionPlan[] {
  return [
    planOf({
      name: 'report-nightly',
      runtime: 'provided:al2023.v97',
      arrivals: { kind: 'rare', meanGapMs: HOUR_MS, burst: 1 },
      memoryMb: 8192,
      work: { fixedMs: 20_000, cpuMs: 110_000, sigma: 0.15 },
      usedMb: 5200,
      initMs: 60,
    }),
    planOf({
      name: 'invoice-pdf',
      arrivals: { kind: 'diurnal', meanGapMs: 45 * MINUTE_MS, burst: 1 },
      memoryMb: 2048,
      work: { fixedMs: 1200, cpuMs: 9000, sigma: 0.4 },
      usedMb: 610,
      initMs: 950,
      appLines: { share: 1, texts: ['INFO invoice {n} rendered'] },
    }),
    planOf({
      name: 'catalog-export',
      runtime: 'python:3.13.v60',
      arrivals: { kind: 'rare', meanGapMs: 3 * HOUR_MS, burst: 1 },
      memoryMb: 1769,
      work: { fixedMs: 20_000, cpuMs: 60_000, sigma: 0.2 },
      usedMb: 740,
      initMs: 600,
      errors: [
        {
          errorType: 'ConnectionError',
          message: 'catalog.example.com refused the connection',
          frame: { name: 'upload', file: 'export/upload.py', line: 112 },
          share: 0.02,
          versions: null,
        },
      ],
      appLines: { share: 1, texts: ['INFO read {n} products', 'INFO wrote catalog-{n}.parquet'] },
    }),
  ];
}
