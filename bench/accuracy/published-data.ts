/** Measurements published by others, shared by the accuracy run and the tests. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { Random } from '../../ingest/records/random.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { billedMs, computeUsd } from '../../server/analytics/cost/cost.ts';
import type { IdlePeriod } from '../../server/analytics/keep-alive/survival.ts';
import { fittedInterval } from '../../server/analytics/memory/candidates.ts';
import type { SizePoint } from '../../server/analytics/memory/duration-model.ts';
import { fitDuration, innerErrors } from '../../server/analytics/memory/duration-model.ts';

export interface Curve {
  readonly name: string;
  readonly stats: readonly { readonly power: number; readonly duration: number; readonly cost: number }[];
  readonly cheapest: number;
  readonly fastest: number;
  readonly balanced_0_5: number;
}

/** Phases of a cold start, ms. */
export interface TracedColdStart {
  readonly name: string;
  readonly atMs: number;
  readonly setupMs: number;
  readonly initMs: number;
  readonly runMs: number;
}

/** Scatter plots of idle times, each with the range in which its median survival lies, minutes. */
export const KEEP_ALIVE_SETS = [
  // Policy of March to June 2019: medians of 44, 44, 46 and 37 minutes.
  ['aws-lambda-10-minutes_old_scatter', 'early 2019', 37, 46],
  // August 2019: median of 10 minutes; the last tenth survives 11.
  ['aws-lambda-10-minutes_new_scatter', 'August 2019', 10, 11],
  // January 2021: P(cold) is 0.3 % at five minutes, 40.6 % at six and 100 % at seven.
  ['coldstart_aws_scatter', 'January 2021', 5, 7],
] as const;

/** Memory in MB, cold starts above two seconds, and all cold starts: ruby2.5 in a VPC, March 2019. */
export const ABOVE_TWO_SECONDS = [
  [128, 44, 620],
  [256, 81, 619],
  [512, 268, 619],
  [1024, 400, 620],
  [2048, 501, 619],
  [3008, 607, 620],
] as const;

/** Load test results of the VPC article, by file. */
export const VPC_LOAD_TESTS = [
  'hey/2019-05-29-vpc-c50-n500.txt',
  'hey/2019-10-20-vpc-c50-n500.txt',
  'hey/2019-10-20-vpc-sleep2s-c500-n10000.txt',
] as const;

/** Computing primes up to a million: memory in MB, mean in ms, and the cost AWS published for a thousand runs in 2017, USD. */
export const PRIMES = [
  [128, 11_722.965, 0.024628],
  [256, 6678.945, 0.028035],
  [512, 3194.954, 0.02683],
  [1024, 1465.984, 0.024638],
] as const;

/** Returns the cost of a thousand runs with the price and billing step of 2017, USD. */
export function primesUsd(memoryMb: number, meanMs: number): number {
  return 1000 * computeUsd(memoryMb, billedMs(meanMs, Date.UTC(2017, 0, 1)), 0.00001667);
}

/** Returns relative leave-one-out errors of the inner sizes, for CPU-bound functions. */
export function cpuBoundErrors(): readonly number[] {
  const sizes = [128, 256, 512, 1024, 1769, 2048];
  const curves = [
    // Prime numbers, December 2025: warm means over 1,000 runs, on two architectures.
    { sizes, durations: [21390, 10760, 5472, 2716, 1584, 1359] },
    { sizes, durations: [5409, 2661, 1341, 628, 386, 377] },
    // Fibonacci numbers, 2018.
    {
      sizes: [128, 192, 256, 512, 768, 1024, 1536, 2048, 2560, 3008],
      durations: [376.05, 250.24, 198.56, 98.36, 65.48, 45.31, 30.53, 25.21, 25.36, 25.15],
    },
  ];
  return curves.flatMap((curve) =>
    innerErrors(curve.durations.map((durationMs, at): SizePoint => ({ memoryMb: curve.sizes[at] ?? 0, durationMs }))),
  );
}

/** Returns relative leave-one-out errors of the inner sizes, for curves of at least five sizes. */
export function curveErrors(curves: readonly Curve[]): readonly number[] {
  return curves.filter((curve) => curve.stats.length >= 5).flatMap((curve) => innerErrors(pointsOf(curve)));
}

/** Counts how often the interval contains a size that was left out, if the model fits well enough to be shown. */
export function intervalCoverage(curves: readonly Curve[]): { readonly covered: number; readonly shown: number } {
  let [covered, shown] = [0, 0];
  for (const points of curves.map(pointsOf).filter((one) => one.length >= 6)) {
    for (const held of points.slice(1, -1)) {
      const model = fitDuration(points.filter((point) => point !== held));
      if (model === null || (model.looError ?? 1) > 0.2) continue;
      const { low, high } = fittedInterval(model, held.memoryMb, points.at(-1)?.memoryMb ?? 0);
      shown += 1;
      if (low <= held.durationMs && held.durationMs <= high) covered += 1;
    }
  }
  return { covered, shown };
}

function pointsOf(curve: Curve): readonly SizePoint[] {
  return curve.stats.map((stat) => ({ memoryMb: stat.power, durationMs: stat.duration }));
}

export class PublishedData {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  text(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  json<T>(name: string): T {
    return JSON.parse(this.text(name)) as T;
  }

  /** Idle minutes, each followed by a request that found the environment warm (red) or terminated (blue). */
  idlePeriods(name: string): readonly IdlePeriod[] {
    const { points } = this.json<{ points: [number, number, string][] }>(`keep-alive/${name}.json`);
    return points.map(([minutes, , colour]) =>
      colour.includes('blue')
        ? { afterMs: 0, untilMs: minutes * MINUTE_MS }
        : { afterMs: minutes * MINUTE_MS, untilMs: Number.POSITIVE_INFINITY },
    );
  }

  curves(): readonly Curve[] {
    return this.json('power_tuning_curves.json');
  }

  /** Cold starts of March 2019 whose phases are known. For nodejs6 only the total is. */
  tracedColdStarts(): readonly TracedColdStart[] {
    return gunzipSync(readFileSync(join(this.#folder, 'xray_coldstart_vpc_2019-03.csv.gz')))
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([name]) => name?.includes('ruby25'))
      .map(([name = '', at = '', , setup, init, run]) => ({
        name,
        atMs: Date.parse(at),
        setupMs: Number(setup),
        initMs: Number(init),
        runMs: Number(run),
      }));
  }
}

const ACCOUNT = '123456789012';

export function tracedId(name: string): string {
  return `${ACCOUNT}:${SIMULATED_REGION}:${name}`;
}

/** Returns inventory for the traced functions. */
export function tracedInventory(starts: readonly TracedColdStart[]) {
  return [...new Set(starts.map((start) => start.name))].map((name) => ({
    id: tracedId(name),
    memoryMb: Number(/memory-(\d+)$/.exec(name)?.[1]),
    runtime: 'ruby2.5',
    subnetIds: name.includes('vpc') ? ['subnet-1'] : [],
  }));
}

/** Returns the service's segment and the function's, with the init before it, in X-Ray's format: one JSON document each. */
export function xrayDocuments(random: Random, start: TracedColdStart): readonly string[] {
  const { name, atMs, setupMs, initMs, runMs } = start;
  const trace_id = `1-${Math.floor(atMs / 1000).toString(16)}-${random.hex(24)}`;
  const resource_arn = `arn:aws:lambda:${SIMULATED_REGION}:${ACCOUNT}:function:${name}`;
  const request_id = random.uuid();
  const at = (ms: number): number => (atMs + ms) / 1000;
  const id = random.hex(16);
  const end_time = at(setupMs + initMs + runMs);
  const common = { trace_id, name, end_time, resource_arn };
  const init = { id: random.hex(16), name: 'Initialization', start_time: at(setupMs), end_time: at(setupMs + initMs) };
  return [
    { ...common, id, origin: 'AWS::Lambda', start_time: at(0), aws: { request_id } },
    {
      ...common,
      id: random.hex(16),
      parent_id: id,
      origin: 'AWS::Lambda::Function',
      start_time: at(setupMs + initMs),
      aws: { function_arn: resource_arn },
      subsegments: [init],
    },
  ].map((document) => JSON.stringify(document));
}
