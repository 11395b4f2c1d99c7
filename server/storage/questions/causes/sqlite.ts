/** What was derived of cold starts: the cause of one, and the account of many. */

import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Cause, CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import { CAUSES, explainCause } from '../../../analytics/cold-starts/cause.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import type { ColdStartCauses, FunctionFilter, FunctionInitLoop, PlatformLatency, TimeRange } from '../../ports.ts';
import { medianUs, narrows, quantiles } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { InvocationRow } from '../../sqlite/schema.ts';
import type { WindowRow } from '../attribution/sqlite.ts';
import { WINDOW, windowOf } from '../attribution/sqlite.ts';
import { byExtensions } from '../extensions/sqlite.ts';

/** As many suppressed inits in a row are a loop. */
const LOOP = 3;
const MOST_LOOPS = 100;

/** The hour a stored invocation begins in, as cold starts are keyed by it. */
export const START_SLOT = sql<number>`(invocation.end_ms - ifnull(invocation.run_ms, (invocation.duration_us + 999) / 1000)) / ${sql.lit(HOUR_MS)} * ${sql.lit(HOUR_MS)}`;

export interface JudgedCause {
  readonly cause: Cause | null;
  readonly evidence: string | null;
}

/** Finds the cause of stored cold starts, one by one. */
export function causesOf({ raw }: Databases): (row: InvocationRow) => JudgedCause {
  const find = raw.prepare<[number, number, number, Uint8Array | string, number], { cause: number; evidence: string }>(
    `SELECT cause, evidence FROM cold_start WHERE function_id = ? AND slot_ms = ? AND end_ms = ? AND request_id = ?
     AND environment_id = ?`,
  );
  const windows = raw.prepare<[number], WindowRow>(WINDOW);
  return (row) => {
    const startMs = row.end_ms - (row.run_ms ?? Math.ceil(row.duration_us / 1000));
    const slotMs = Math.floor(startMs / HOUR_MS) * HOUR_MS;
    const found = find.get(row.function_id, slotMs, row.end_ms, row.request_id, row.environment_id);
    const cause = found === undefined ? undefined : CAUSES[found.cause];
    if (found === undefined || cause === undefined) return { cause: null, evidence: null };
    const evidence = JSON.parse(found.evidence) as CauseEvidence;
    return { cause, evidence: explainCause(evidence, cause, windowOf(windows.get(row.function_id))) };
  };
}

type Query = TimeRange & FunctionFilter & { readonly functionId: number };
type Series = ReadonlyMap<number, { readonly memoryMb: number | null; readonly architecture: string | null }>;

/** The range's cold starts, of the series that are asked for. */
export function coldStartCauses(db: Databases, query: Query, series: Series): ColdStartCauses {
  const wanted = narrows(query) ? `AND series_id IN (${[...series.keys()].join(', ') || 'NULL'})` : '';
  const inRange = `FROM cold_start WHERE function_id = @functionId AND slot_ms >= @fromSlotMs AND slot_ms < @toMs
    AND end_ms >= @fromMs AND end_ms < @toMs ${wanted}`;
  const bounds = {
    functionId: query.functionId,
    fromMs: query.fromMs,
    toMs: query.toMs,
    fromSlotMs: query.fromMs - LONGEST_RUN_MS - HOUR_MS,
  };
  const all = <T>(columns: string, rest: string): readonly T[] =>
    db.raw.prepare(`SELECT ${columns} ${inRange} ${rest}`).all(bounds) as T[];
  const billed = all<{ seriesId: number; us: number }>(
    'series_id AS seriesId, sum(init_us) AS us',
    'AND init_billed = 1 GROUP BY series_id',
  );
  // Figures of many rows: bare numbers, never objects.
  const numbers = (column: string, rest: string) =>
    db.raw.prepare<[object], number>(`SELECT ${column} ${inRange} ${rest}`).pluck().iterate(bounds);
  const firsts = [...numbers('duration_us', 'AND user_felt = 1 AND failed = 0 AND kind <> 3')];
  const platform = new Sketch();
  for (const ms of numbers('platform_ms', 'AND platform_ms IS NOT NULL AND user_felt = 1'))
    platform.add(Math.max(0, ms));
  const window = db.raw.prepare<[number], WindowRow>(WINDOW).get(query.functionId);
  return {
    byCause: all<{ cause: number; n: number }>('cause, count(*) AS n', 'GROUP BY cause ORDER BY n DESC, cause').flatMap(
      ({ cause, n }) => {
        const name = CAUSES[cause];
        return name === undefined ? [] : [{ cause: name, n }];
      },
    ),
    billedInits: billed.map(({ seriesId, us }) => ({
      memoryMb: series.get(seriesId)?.memoryMb ?? null,
      architecture: series.get(seriesId)?.architecture ?? null,
      ms: us / 1000,
    })),
    firstDurationMs: { n: firsts.length, median: medianUs(firsts) },
    platformMs: quantiles(platform),
    byExtensions: byExtensions(db, query, bounds, inRange),
    doomLoops: loopsOf(db, bounds, inRange),
    window:
      window === undefined ? null : { ms: window.windowMs, estimated: window.estimated === 1, source: window.source },
  };
}

/** Functions with inits in a row inside invocations. */
export async function initLoops(db: Databases, query: TimeRange): Promise<readonly FunctionInitLoop[]> {
  return db.raw
    .prepare<[number, number, number], FunctionInitLoop>(
      `SELECT account, region, name, longest, n FROM (
         SELECT function_id, max(loop) AS longest, count(*) AS n FROM cold_start
         WHERE slot_ms >= ? AND end_ms >= ? AND end_ms < ? AND loop > 0 GROUP BY function_id
       ) AS found JOIN function ON function.id = found.function_id`,
    )
    .all(Math.floor(query.fromMs / HOUR_MS) * HOUR_MS - HOUR_MS, query.fromMs, query.toMs);
}

/** Of the cold starts that somebody waited for, in functions known to be in a VPC: from the end of init to START. */
export async function platformLatency(db: Databases, query: TimeRange): Promise<readonly PlatformLatency[]> {
  const rows = db.raw
    .prepare<[number, number, number], { account: string; region: string; name: string; ms: number }>(
      `SELECT account, region, name, platform_ms AS ms FROM function JOIN cold_start ON function_id = function.id
       WHERE vpc = 1 AND slot_ms >= ? AND end_ms >= ? AND end_ms < ? AND user_felt = 1 AND platform_ms IS NOT NULL`,
    )
    .all(Math.floor(query.fromMs / HOUR_MS) * HOUR_MS - HOUR_MS, query.fromMs, query.toMs);
  const groups = new Map<string, { account: string; region: string; name: string; sketch: Sketch }>();
  for (const { ms, ...who } of rows) {
    const key = JSON.stringify(who);
    const group = groups.get(key) ?? { ...who, sketch: new Sketch() };
    groups.set(key, group);
    group.sketch.add(Math.max(0, ms));
  }
  return [...groups.values()].map(({ sketch, ...who }) => ({
    ...who,
    p95Ms: sketch.quantile(0.95) ?? 0,
    n: sketch.count,
  }));
}

function loopsOf(db: Databases, bounds: object, inRange: string): ColdStartCauses['doomLoops'] {
  return db.raw
    .prepare<[object], ColdStartCauses['doomLoops'][number]>(
      `SELECT environment_id AS environmentId, log_stream AS logStream, inits, lastMs FROM (
         SELECT environment_id, max(loop) AS inits, max(end_ms) AS lastMs ${inRange} AND loop >= ${LOOP} GROUP BY environment_id
       ) AS loops JOIN environment ON environment.id = loops.environment_id ORDER BY lastMs DESC LIMIT ${MOST_LOOPS}`,
    )
    .all(bounds);
}
