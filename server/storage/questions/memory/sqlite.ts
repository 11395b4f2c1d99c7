/** What was seen of each memory size of a function: counts from rollups, durations from a sample of its rows. */
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import type { MemoryEvidence, TimeRange } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { seriesIn } from '../../sqlite/series.ts';
import type { TracedRow } from '../remote-time/sqlite.ts';
import { remoteTime } from '../remote-time/sqlite.ts';
import type { LongLife, SizeCounts } from './result.ts';
import { countSizes, PROBED, pointsOf, probesOf, Sample, samplePlan } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number };

type IsFirst = (environmentId: number, endMs: number) => boolean;

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
  const sizes = countSizes(
    rows.flatMap(({ bucket, n, timeouts, errors, ooms, exits, max_memory_mb: maxMemoryMb, series_id }) => {
      const of = series.get(series_id);
      if (of === undefined || of.memoryMb === null) return [];
      const failures = timeouts + errors + ooms + exits;
      return [{ bucket, n, failures, maxMemoryMb, memoryMb: of.memoryMb, version: of.version }];
    }),
  );
  const isFirst = firstRuns(db);
  const found = await Promise.all(
    [...sizes].map(async ([memoryMb, counts]) => {
      const ids = [...series].filter(([, one]) => one.memoryMb === memoryMb).map(([id]) => id);
      const { sample, sampled, traced } = await sampleOf(db, query.functionId, counts, ids, isFirst);
      const versions = [...counts.versions].filter((version) => version !== null);
      const { invocations, failures, maxUsedMb } = counts;
      const { environments } = sample;
      const remote = remoteTime(db, query.functionId, traced);
      const evidence: SizeEvidence = { memoryMb, invocations, failures, versions, environments, remote };
      const followed = sampled ? probed(db, query.functionId, memoryMb, range) : sample.followed;
      return { evidence, maxUsedMb, followed, sampled };
    }),
  );
  return { range, sizes: found, outOfMemoryAtMb: await outOfMemory(db, query, series) };
}

/** Warm, successful invocations that are not the first of their environment, in whole hours. */
async function sampleOf(
  db: Databases,
  functionId: number,
  counts: SizeCounts,
  seriesIds: readonly number[],
  isFirst: IsFirst,
): Promise<{ readonly sample: Sample; readonly sampled: boolean; readonly traced: readonly TracedRow[] }> {
  const { sampled, hours, limit } = samplePlan(counts);
  const sample = new Sample();
  const traced: TracedRow[] = [];
  for (const bucket of hours) {
    const rows = await db.telemetry
      .selectFrom('invocation')
      .select(['environment_id', 'end_ms', 'duration_us', 'billed_ms', 'max_memory_mb', 'trace_id', 'request_id'])
      .where('function_id', '=', functionId)
      .where('end_ms', '>=', bucket)
      .where('end_ms', '<', bucket + HOUR_MS)
      .where('series_id', 'in', seriesIds)
      .where('status', '=', 0)
      .where('cold', 'is', null)
      .orderBy('end_ms')
      .limit(limit)
      .execute();
    for (const row of rows) {
      if (row.billed_ms === null || isFirst(row.environment_id, row.end_ms)) continue;
      sample.add({
        environmentId: row.environment_id,
        endMs: row.end_ms,
        durationUs: row.duration_us,
        billedMs: row.billed_ms,
        maxMemoryMb: row.max_memory_mb,
      });
      if (row.trace_id !== null) traced.push({ traceId: row.trace_id, requestId: row.request_id });
    }
  }
  return { sample, sampled, traced };
}

/** Where only some hours are read, the environments that ran most are looked at some times over their lives. */
function probed(db: Databases, functionId: number, memoryMb: number, range: TimeRange): readonly (readonly Point[])[] {
  const longest = db.raw
    .prepare<[number, number, number, number, number], LongLife & { readonly id: number }>(
      `SELECT id, first_end_ms AS firstMs, last_end_ms AS lastMs, invocations FROM environment
       WHERE function_id = ? AND last_seen_ms >= ? AND first_end_ms >= ? AND memory_mb = ? AND last_end_ms > first_end_ms
       ORDER BY invocations DESC LIMIT ?`,
    )
    .all(functionId, range.fromMs, range.fromMs, memoryMb, PROBED);
  const next = db.raw.prepare<[number, number, number, number], { endMs: number; usedMb: number }>(
    `SELECT end_ms AS endMs, max_memory_mb AS usedMb FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms <= ?
     AND environment_id = ? AND max_memory_mb IS NOT NULL ORDER BY end_ms LIMIT 1`,
  );
  return longest.map((life) =>
    pointsOf(
      life,
      probesOf(life).flatMap((atMs) => next.get(functionId, atMs, life.lastMs, life.id) ?? []),
    ),
  );
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
    .where('bucket', '>=', Math.floor(query.outOfMemorySinceMs / DAY_MS) * DAY_MS)
    .where('ooms', '>', 0)
    .execute();
  const sizes = rows.map((row) => series.get(row.series_id)?.memoryMb ?? null).filter((size) => size !== null);
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}
