/**
 * What was seen of each memory size of a function. Counts are of everything; durations come from a sample of whole hours,
 * spread evenly over the time each size was in use, so that a busy function is answered as quickly as a quiet one.
 */

import type { EnvironmentSample, SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import { align } from '../../range.ts';
import type { MemoryEvidence, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';

import type { TracedRow } from './remote-time.ts';
import { remoteTime } from './remote-time.ts';
import { seriesIn } from './shared.ts';

type Query = TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number };

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;
/** Midnight of a Monday. */
const MONDAY_MS = Date.UTC(2018, 0, 1);
/** Rows read of each size, about; and hours they are taken from, at most. */
const ROWS_PER_SIZE = 4000;
const HOURS_PER_SIZE = 24;
/** Environments whose memory is followed run by run, or looked at so many times. */
const FOLLOWED = 40;
const PROBED = 10;
const PROBES = 32;

type IsFirst = (environmentId: number, endMs: number) => boolean;

interface SizeCounts {
  invocations: number;
  failures: number;
  maxUsedMb: number | null;
  readonly series: Map<number, string | null>;
  /** Starts of the hours it ran in: several series may share one. */
  readonly hours: Set<number>;
}

export async function memory(db: Databases, query: Query): Promise<MemoryEvidence> {
  const range = align(query, HOUR_MS);
  const series = await seriesIn(db, [query.functionId], {});
  const rows = await db.telemetry
    .selectFrom('rollup_1h')
    .select(['bucket', 'series_id', 'n', 'timeouts', 'errors', 'ooms', 'exits', 'max_memory_mb'])
    .where('function_id', '=', query.functionId)
    .where('bucket', '>=', range.fromMs)
    .where('bucket', '<', range.toMs)
    .execute();
  const sizes = new Map<number, SizeCounts>();
  for (const row of rows) {
    const of = series.get(row.series_id);
    if (of === undefined || of.memoryMb === null) continue;
    const size = sizes.get(of.memoryMb) ?? emptySize();
    sizes.set(of.memoryMb, size);
    size.invocations += row.n;
    size.failures += row.timeouts + row.errors + row.ooms + row.exits;
    if (row.max_memory_mb !== null) size.maxUsedMb = Math.max(size.maxUsedMb ?? 0, row.max_memory_mb);
    size.series.set(row.series_id, of.version);
    size.hours.add(row.bucket);
  }
  const isFirst = firstRuns(db);
  const found = await Promise.all(
    [...sizes].map(async ([memoryMb, counts]) => {
      const sample = await sampleOf(db, query.functionId, counts, isFirst);
      const versions = [...new Set(counts.series.values())].filter((version) => version !== null);
      const { invocations, failures, maxUsedMb } = counts;
      const { environments } = sample;
      const remote = remoteTime(db, query.functionId, sample.traced);
      const evidence: SizeEvidence = { memoryMb, invocations, failures, versions, environments, remote };
      const followed = sample.sampled ? probed(db, query.functionId, memoryMb, range) : sample.followed;
      return { evidence, maxUsedMb, followed, sampled: sample.sampled };
    }),
  );
  return { range, sizes: found, outOfMemoryAtMb: await outOfMemory(db, query, series) };
}

function emptySize(): SizeCounts {
  return { invocations: 0, failures: 0, maxUsedMb: null, series: new Map(), hours: new Set() };
}

/** Warm, successful invocations that are not the first of their environment, in whole hours. */
async function sampleOf(
  db: Databases,
  functionId: number,
  counts: SizeCounts,
  isFirst: IsFirst,
): Promise<{
  readonly environments: readonly EnvironmentSample[];
  readonly followed: readonly (readonly Point[])[];
  readonly sampled: boolean;
  /** Of the invocations of `environments`. */
  readonly traced: readonly TracedRow[];
}> {
  const sampled = counts.invocations > ROWS_PER_SIZE;
  const hours = evenly([...counts.hours], sampled ? HOURS_PER_SIZE : counts.hours.size);
  const limit = sampled ? Math.ceil(ROWS_PER_SIZE / hours.length) : counts.invocations + 1;
  const environments = new Map<number, { firstMs: number; durationsMs: number[]; billedMs: number; used: number[] }>();
  const traced: TracedRow[] = [];
  for (const bucket of hours) {
    const rows = await db.telemetry
      .selectFrom('invocation')
      .select(['environment_id', 'end_ms', 'duration_us', 'billed_ms', 'max_memory_mb', 'trace_id', 'request_id'])
      .where('function_id', '=', functionId)
      .where('end_ms', '>=', bucket)
      .where('end_ms', '<', bucket + HOUR_MS)
      .where('series_id', 'in', [...counts.series.keys()])
      .where('status', '=', 0)
      .where('cold', 'is', null)
      .orderBy('end_ms')
      .limit(limit)
      .execute();
    for (const row of rows) {
      if (row.billed_ms === null || isFirst(row.environment_id, row.end_ms)) continue;
      const environment = environments.get(row.environment_id) ?? {
        firstMs: row.end_ms,
        durationsMs: [],
        billedMs: 0,
        used: [],
      };
      environments.set(row.environment_id, environment);
      environment.durationsMs.push(row.duration_us / 1000);
      environment.billedMs += row.billed_ms;
      if (row.trace_id !== null) traced.push({ traceId: row.trace_id, requestId: row.request_id });
      if (row.max_memory_mb !== null) environment.used.push(row.max_memory_mb);
    }
  }
  const all = [...environments.values()];
  return {
    sampled,
    traced,
    environments: all.map(({ firstMs, durationsMs, billedMs, used }) => ({
      n: durationsMs.length,
      billedMs,
      durationsMs,
      maxMemoryUsedMb: used.length === 0 ? null : Math.max(...used),
      hourOfWeek: Math.floor((firstMs - MONDAY_MS) / HOUR_MS) % WEEK_HOURS,
    })),
    followed: all
      .toSorted((a, b) => b.used.length - a.used.length)
      .slice(0, FOLLOWED)
      .map((environment) => environment.used.map((y, x) => ({ x, y }))),
  };
}

/**
 * Where only some hours are read, the environments that ran most are looked at some times over their lives: the ordinal of
 * an invocation is reckoned from the time it came.
 */
function probed(db: Databases, functionId: number, memoryMb: number, range: TimeRange): readonly (readonly Point[])[] {
  const longest = db.raw
    .prepare<
      [number, number, number, number, number],
      { id: number; firstMs: number; lastMs: number; invocations: number }
    >(
      `SELECT id, first_end_ms AS firstMs, last_end_ms AS lastMs, invocations FROM environment
       WHERE function_id = ? AND last_seen_ms >= ? AND first_end_ms >= ? AND memory_mb = ? AND last_end_ms > first_end_ms
       ORDER BY invocations DESC LIMIT ?`,
    )
    .all(functionId, range.fromMs, range.fromMs, memoryMb, PROBED);
  const next = db.raw.prepare<[number, number, number, number], { endMs: number; usedMb: number }>(
    `SELECT end_ms AS endMs, max_memory_mb AS usedMb FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms <= ?
     AND environment_id = ? AND max_memory_mb IS NOT NULL ORDER BY end_ms LIMIT 1`,
  );
  return longest.map(({ id, firstMs, lastMs, invocations }) => {
    const points = new Map<number, Point>();
    for (let probe = 0; probe < Math.min(PROBES, invocations); probe += 1) {
      const atMs = firstMs + (probe / (PROBES - 1)) * (lastMs - firstMs);
      const found = next.get(functionId, Math.floor(atMs), lastMs, id);
      if (found === undefined) continue;
      const x = ((found.endMs - firstMs) / (lastMs - firstMs)) * (invocations - 1);
      points.set(found.endMs, { x, y: found.usedMb });
    }
    return [...points.values()];
  });
}

function evenly(hours: readonly number[], most: number): readonly number[] {
  const inOrder = hours.toSorted((a, b) => a - b);
  const step = Math.max(1, inOrder.length / most);
  return inOrder.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step)).slice(0, most);
}

/** Whether a run is the first of its environment, and so still slow after its init. Asked of the rows that were read only. */
function firstRuns(db: Databases): IsFirst {
  const firstEnd = db.raw.prepare<[number], number | null>('SELECT first_end_ms FROM environment WHERE id = ?').pluck();
  const known = new Map<number, number | null>();
  return (environmentId, endMs) => {
    let first = known.get(environmentId);
    if (first === undefined) {
      first = firstEnd.get(environmentId) ?? null;
      known.set(environmentId, first);
    }
    return first === endMs;
  };
}

async function outOfMemory(
  db: Databases,
  query: Query,
  series: ReadonlyMap<number, { readonly memoryMb: number | null }>,
): Promise<readonly number[]> {
  const rows = await db.telemetry
    .selectFrom('rollup_1d')
    .select('series_id')
    .distinct()
    .where('function_id', '=', query.functionId)
    .where('bucket', '>=', Math.floor(query.outOfMemorySinceMs / 86_400_000) * 86_400_000)
    .where('ooms', '>', 0)
    .execute();
  const sizes = rows.map((row) => series.get(row.series_id)?.memoryMb ?? null).filter((size) => size !== null);
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}
