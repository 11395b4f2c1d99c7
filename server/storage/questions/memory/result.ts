/**
 * Usage of a function by memory size. Counts cover all invocations; durations come from a sample of whole hours, spread
 * evenly over the time each size was in use, so that busy functions take no longer than quiet ones.
 */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { AttemptHour, EnvironmentSample, SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import type { TimeRange } from '../../ports.ts';

/** Approximate number of rows read per size, and maximum number of hours they come from. */
const ROWS_PER_SIZE = 4000;
const HOURS_PER_SIZE = 24;
/** Environments whose memory use is followed per invocation; environments probed, and probes of each. */
const FOLLOWED = 40;
export const PROBED = 10;
const PROBES = 32;

/** Counts of one memory size in one hour. */
export interface SizeHour {
  readonly bucket: number;
  readonly memoryMb: number;
  readonly version: string | null;
  readonly n: number;
  readonly failures: number;
  /** Timeouts and failures for lack of memory among them. */
  readonly sizeFailures: number;
  readonly failedBilledMs: number;
  readonly maxMemoryMb: number | null;
}

export interface SizeCounts {
  invocations: number;
  failures: number;
  sizeFailures: number;
  maxUsedMb: number | null;
  readonly versions: Set<string | null>;
  /** Counts by start of the hour, for hours with invocations. */
  readonly hours: Map<number, AttemptHour>;
}

export function countSizes(rows: readonly SizeHour[]): ReadonlyMap<number, SizeCounts> {
  const sizes = new Map<number, SizeCounts>();
  for (const row of rows) {
    const size = sizes.get(row.memoryMb) ?? emptySize();
    sizes.set(row.memoryMb, size);
    size.invocations += row.n;
    size.failures += row.failures;
    size.sizeFailures += row.sizeFailures;
    if (row.maxMemoryMb !== null) size.maxUsedMb = Math.max(size.maxUsedMb ?? 0, row.maxMemoryMb);
    size.versions.add(row.version);
    const hour = size.hours.get(row.bucket);
    size.hours.set(row.bucket, {
      startMs: row.bucket,
      n: (hour?.n ?? 0) + row.n,
      failures: (hour?.failures ?? 0) + row.failures,
      sizeFailures: (hour?.sizeFailures ?? 0) + row.sizeFailures,
      failedBilledMs: (hour?.failedBilledMs ?? 0) + row.failedBilledMs,
    });
  }
  return sizes;
}

function emptySize(): SizeCounts {
  return { invocations: 0, failures: 0, sizeFailures: 0, maxUsedMb: null, versions: new Set(), hours: new Map() };
}

/** Returns the hours to read and the row limit per hour. */
export function samplePlan(counts: SizeCounts): {
  readonly sampled: boolean;
  readonly hours: readonly number[];
  readonly limit: number;
} {
  const sampled = counts.invocations > ROWS_PER_SIZE;
  const hours = evenly([...counts.hours.keys()], sampled ? HOURS_PER_SIZE : counts.hours.size);
  return { sampled, hours, limit: sampled ? Math.ceil(ROWS_PER_SIZE / hours.length) : counts.invocations + 1 };
}

/** Returns the evidence of one size from its counts and its sample. */
export function evidenceOf(
  memoryMb: number,
  counts: SizeCounts,
  { environments, timeouts, responseBytes, routes, routesAreLimited }: Sample,
  remote: SizeEvidence['remote'],
): SizeEvidence {
  const { invocations, failures, sizeFailures } = counts;
  const versions = [...counts.versions].filter((version) => version !== null);
  const attempts = [...counts.hours.values()].toSorted((a, b) => a.startMs - b.startMs);
  const routesReadPerHour = routesAreLimited ? GATEWAY_ROWS : null;
  const counted = { invocations, failures, sizeFailures, attempts, timeouts };
  return { memoryMb, ...counted, versions, environments, responseBytes, routes, routesReadPerHour, remote };
}

/** A warm invocation that succeeded or timed out. */
export interface SampleRow {
  readonly environmentId: number;
  readonly version: string | null;
  readonly endMs: number;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly timedOut: boolean;
  readonly tenant: string | null;
  readonly maxMemoryMb: number | null;
  /** Size of the response; null if no line contains it. */
  readonly responseBytes: number | null;
  /** Null if no access log contains the request. */
  readonly route: string | null;
}

/** Rows of access logs that are read for the sampled invocations of one hour: an API may serve many more functions. */
export const GATEWAY_ROWS = 5000;

/** Routes of requests by the request id of the function. */
export interface Routes {
  readonly byRequest: ReadonlyMap<string, string>;
  /** Whether there were more rows than are read. */
  readonly isLimited: boolean;
}

export const NO_ROUTES: Routes = { byRequest: new Map(), isLimited: false };

/** `rows` are those of each access log and hour (`part`), of which the query reads one more than the limit. */
export function routesOf(
  rows: readonly { readonly part: string; readonly requestId: string; readonly route: string }[],
): Routes {
  const byRequest = new Map<string, string>();
  const readOf = new Map<string, number>();
  let isLimited = false;
  for (const { part, requestId, route } of rows) {
    const read = (readOf.get(part) ?? 0) + 1;
    readOf.set(part, read);
    if (read > GATEWAY_ROWS) isLimited = true;
    else byRequest.set(requestId, route);
  }
  return { byRequest, isLimited };
}

/** Time within which access logs contain the requests of the runs, epoch ms; a request comes before the end of its run. */
export function gatewayRange(runs: readonly { readonly endMs: number; readonly durationUs: number }[]): TimeRange {
  const begins = runs.map(({ endMs, durationUs }) => endMs - durationUs / 1000);
  const ends = runs.map(({ endMs }) => endMs);
  return {
    fromMs: Math.floor(Math.min(...begins)) - GATEWAY_SLACK_MS,
    toMs: Math.max(...ends) + GATEWAY_SLACK_MS,
  };
}

/** Delays between an API and its function, and differences between clocks. */
const GATEWAY_SLACK_MS = 2000;

/** A response may be reported this long before or after the end of its invocation, ms. */
export const RESPONSE_SLACK_MS = 60_000;

interface SampledEnvironment {
  readonly tenant: string | null;
  readonly version: string | null;
  readonly firstMs: number;
  readonly durationsMs: number[];
  readonly hours: Map<number, { n: number; billedMs: number }>;
  readonly used: number[];
}

/** Sample of warm invocations that succeeded or timed out, without the first one of each environment. */
export class Sample {
  readonly #environments = new Map<number, SampledEnvironment>();
  readonly #timeouts = { n: 0, billedMs: 0 };
  readonly #responseBytes: number[] = [];
  readonly #routes: string[] = [];
  /** Whether access logs had more rows in an hour than are read. */
  routesAreLimited = false;

  add(row: SampleRow & { readonly billedMs: number }): void {
    // Without a log stream nothing connects an invocation with others: each forms a sample of its own.
    const id = row.environmentId > 0 ? row.environmentId : -1 - this.#environments.size;
    const environment: SampledEnvironment = this.#environments.get(id) ?? {
      version: row.version,
      tenant: row.tenant,
      firstMs: row.endMs,
      durationsMs: [],
      hours: new Map(),
      used: [],
    };
    this.#environments.set(id, environment);
    environment.durationsMs.push(row.durationUs / 1000);
    const startMs = Math.floor(row.endMs / HOUR_MS) * HOUR_MS;
    const hour = environment.hours.get(startMs) ?? { n: 0, billedMs: 0 };
    environment.hours.set(startMs, hour);
    hour.n += 1;
    hour.billedMs += row.billedMs;
    if (row.timedOut) {
      this.#timeouts.n += 1;
      this.#timeouts.billedMs += row.billedMs;
    }
    if (row.maxMemoryMb !== null) environment.used.push(row.maxMemoryMb);
    if (row.responseBytes !== null) this.#responseBytes.push(row.responseBytes);
    if (row.route !== null) this.#routes.push(row.route);
  }

  get responseBytes(): readonly number[] {
    return this.#responseBytes;
  }

  get routes(): readonly string[] {
    return this.#routes;
  }

  get timeouts(): SizeEvidence['timeouts'] {
    return { ...this.#timeouts };
  }

  get environments(): readonly EnvironmentSample[] {
    return [...this.#environments.values()].map(({ version, tenant, firstMs, durationsMs, hours, used }) => ({
      version,
      tenant,
      firstMs,
      durationsMs,
      hours: [...hours].map(([startMs, { n, billedMs }]) => ({ startMs, n, billedMs })),
      maxMemoryUsedMb: used.length === 0 ? null : Math.max(...used),
    }));
  }

  /** Memory use per invocation (MB), of the environments with the most samples. */
  get followed(): readonly (readonly Point[])[] {
    return [...this.#environments.values()]
      .toSorted((a, b) => b.used.length - a.used.length)
      .slice(0, FOLLOWED)
      .map((environment) => environment.used.map((y, x) => ({ x, y })));
  }
}

/** A long-lived environment. */
export interface LongRunningEnvironment {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly invocations: number;
}

/** Returns the times at which to sample its memory use, evenly spaced, epoch ms. */
export function probesOf({ firstMs, lastMs, invocations }: LongRunningEnvironment): readonly number[] {
  return Array.from({ length: Math.min(PROBES, invocations) }, (_, probe) =>
    Math.floor(firstMs + (probe / (PROBES - 1)) * (lastMs - firstMs)),
  );
}

/** Returns memory use by ordinal of the invocation, which is interpolated from its time. */
export function pointsOf(
  { firstMs, lastMs, invocations }: LongRunningEnvironment,
  found: readonly { readonly endMs: number; readonly usedMb: number }[],
): readonly Point[] {
  const points = new Map<number, Point>();
  for (const { endMs, usedMb } of found) {
    points.set(endMs, { x: ((endMs - firstMs) / (lastMs - firstMs)) * (invocations - 1), y: usedMb });
  }
  return [...points.values()];
}

function evenly(hours: readonly number[], most: number): readonly number[] {
  const inOrder = hours.toSorted((a, b) => a - b);
  const step = Math.max(1, inOrder.length / most);
  return inOrder.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step)).slice(0, most);
}
