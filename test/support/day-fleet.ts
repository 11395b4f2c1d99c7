/** A fleet of known properties. */
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { FunctionPlan } from '../../ingest/simulator/plan.ts';
import { planOf } from '../../ingest/simulator/plan.ts';

const TRIAL_MB = [512, 1024, 1536, 2048] as const;
const TRIAL_SLOTS = 24;

/** Nine functions on the day before `toMs`, with every cause of a cold start and every kind of failure of the sandbox. */
export function dayPlans(toMs: number): readonly FunctionPlan[] {
  const before = (hours: number): number => toMs - hours * HOUR_MS;
  const failures = planOf({ name: '' }).failures;
  return [
    planOf({
      name: 'checkout',
      arrivals: { kind: 'diurnal', meanGapMs: 9000, burst: 1 },
      work: { fixedMs: 55, cpuMs: 17, sigma: 0.5 },
      usedMb: 212,
      initMs: 410,
      extension: 'datadog-agent',
      version: '41',
      deploys: [
        { atMs: before(9.5), version: '42' },
        { atMs: before(4), version: '43' },
      ],
      tracedShare: 0.05,
      caller: 'storefront-api',
      calls: [
        { name: 'DynamoDB', namespace: 'aws', ms: 9 },
        { name: 'payments.example.com', namespace: 'remote', ms: 22 },
        { name: 'EventBridge', namespace: 'aws', ms: 6 },
      ],
      vpc: true,
      networkMs: 45,
      printsMetrics: true,
    }),
    planOf({
      name: 'search',
      runtime: 'python:3.13.v60',
      arrivals: { kind: 'bursty', meanGapMs: 30_000, burst: 6 },
      memoryMb: 512,
      work: { fixedMs: 70, cpuMs: 26, sigma: 0.4 },
      usedMb: 148,
      initMs: 690,
      tracedShare: 0.1,
      caller: 'storefront-api',
      calls: [
        { name: 'OpenSearch', namespace: 'aws', ms: 30 },
        { name: 'DynamoDB', namespace: 'aws', ms: 8 },
      ],
      // A trial of four memory sizes, each at every time of the day, so that only memory differs.
      deploys: Array.from({ length: TRIAL_SLOTS - 1 }, (_, at) => ({
        atMs: before(24 - (24 / TRIAL_SLOTS) * (at + 1)),
        memoryMb: TRIAL_MB[(at + 1) % TRIAL_MB.length] ?? 512,
      })),
      printsMetrics: true,
    }),
    planOf({
      name: 'orders-api',
      runtime: 'java:21.v38',
      arrivals: { kind: 'diurnal', meanGapMs: 45_000, burst: 1 },
      memoryMb: 2048,
      work: { fixedMs: 30, cpuMs: 28, sigma: 0.6 },
      usedMb: 390,
      initMs: 240,
      snapStart: true,
    }),
    planOf({
      name: 'thumbnail',
      runtime: 'python:3.12.v91',
      arrivals: { kind: 'diurnal', meanGapMs: 40_000, burst: 1 },
      memoryMb: 1536,
      work: { fixedMs: 150, cpuMs: 1500, sigma: 0.5 },
      usedMb: 1390,
      initMs: 820,
      failures: { ...failures, outOfMemoryShare: 0.012, fatalShare: 0.3 },
      retries: true,
    }),
    planOf({
      name: 'report-nightly',
      runtime: 'provided:al2023.v97',
      arrivals: { kind: 'rare', meanGapMs: 1_400_000, burst: 1 },
      memoryMb: 3008,
      work: { fixedMs: 2000, cpuMs: 40_000, sigma: 0.3 },
      usedMb: 900,
      initMs: 60,
    }),
    planOf({
      name: 'webhook-fanout',
      runtime: 'nodejs:20.v72',
      arrivals: { kind: 'diurnal', meanGapMs: 15_000, burst: 1 },
      memoryMb: 256,
      work: { fixedMs: 260, cpuMs: 9, sigma: 0.9 },
      usedMb: 96,
      leakMb: 0.1,
      initMs: 260,
      failures: { ...failures, timeoutShare: 0.01, timeoutMs: 3000, againShare: 0.4 },
      retries: true,
      vpc: true,
    }),
    planOf({
      name: 'auth',
      runtime: 'provided:al2023.v97',
      arrivals: { kind: 'steady', meanGapMs: 6000, burst: 1 },
      memoryMb: 128,
      work: { fixedMs: 4, cpuMs: 0.15, sigma: 0.4 },
      usedMb: 38,
      initMs: 34,
      firstConnectionMs: 12,
      patches: [{ atMs: before(6) }],
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
    }),
    planOf({
      name: 'quotes',
      runtime: 'nodejs:22.v31',
      format: 'json',
      arrivals: { kind: 'bursty', meanGapMs: 60_000, burst: 4 },
      version: '7',
      work: { fixedMs: 90, cpuMs: 60, sigma: 0.4 },
      usedMb: 130,
      initMs: 520,
      provisioned: 3,
      deploys: [{ atMs: before(7), version: '8' }],
    }),
  ];
}
