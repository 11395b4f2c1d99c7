/** Causes of cold starts as attribution stored them: of one cold start, and aggregated over a range. */

import type { Kysely, NotNull } from 'kysely';
import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Reason } from '../../../../ingest/text/reason.ts';
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import { CAUSES, explainCause } from '../../../analytics/cold-starts/cause.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { COLD_KIND } from '../../enums.ts';
import type { ColdStartCauses, FunctionFilter, FunctionInitLoop, PlatformLatency, TimeRange } from '../../ports.ts';
import { medianUs, narrows, quantiles } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byShape, jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import type { InvocationRow, TelemetryTables } from '../../sqlite/schema.ts';
import type { Series } from '../../sqlite/series.ts';
import { coldStartEvidence, parseStored } from '../../stored-json.ts';
import { IDLE_WINDOW, windowOf } from '../attribution/sqlite.ts';
import { byExtensions, extensionNames } from '../extensions/sqlite.ts';

/** This many consecutive suppressed inits of an environment are a doom loop. */
const LOOP = 3;
const MOST_LOOPS = 100;

/** The hour that a stored invocation starts in, which is part of the key of its cold start. */
export const START_SLOT = sql<number>`(invocation.end_ms - ifnull(invocation.run_ms, (invocation.duration_us + 999) / 1000)) / ${sql.lit(HOUR_MS)} * ${sql.lit(HOUR_MS)}`;

/** Cause of a cold start and its explanation; both null until the hour is attributed. */
export interface CauseAndEvidence {
  readonly cause: Cause | null;
  readonly evidence: string | null;
  /** Of the explanation. */
  readonly evidenceCode?: Pick<Reason, 'code' | 'parameters'> | null;
}

interface ColdStartKey {
  functionId: number;
  hourMs: number;
  endMs: number;
  requestId: Uint8Array | string;
  environmentId: number;
}

const COLD_START = telemetryStatement((db, param: Param<ColdStartKey>) =>
  db
    .selectFrom('cold_start')
    .select(['cause', 'evidence'])
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '=', param('hourMs'))
    .where('end_ms', '=', param('endMs'))
    .where('request_id', '=', param('requestId'))
    .where('environment_id', '=', param('environmentId')),
);

/** Idle windows of functions, each read once. */
export function idleWindows({ telemetry }: Databases): (functionId: number) => IdleWindow | null {
  const known = new Map<number, IdleWindow | null>();
  return (functionId) => {
    const found = known.get(functionId);
    if (found !== undefined) return found;
    const window = windowOf(IDLE_WINDOW.get(telemetry, { functionId }));
    known.set(functionId, window);
    return window;
  };
}

/** Returns the cause of a stored cold invocation. */
export function causeOfRow(
  { telemetry }: Databases,
  row: InvocationRow,
  windowOfFunction: (functionId: number) => IdleWindow | null,
): CauseAndEvidence {
  const startMs = row.end_ms - (row.run_ms ?? Math.ceil(row.duration_us / 1000));
  const found = COLD_START.get(telemetry, {
    functionId: row.function_id,
    hourMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    endMs: row.end_ms,
    requestId: row.request_id,
    environmentId: row.environment_id,
  });
  const cause = found === undefined ? undefined : CAUSES[found.cause];
  if (found === undefined || cause === undefined) return { cause: null, evidence: null };
  const { function_id: functionId, end_ms: endMs } = row;
  const evidence = parseStored(coldStartEvidence, found.evidence, `cold_start of function ${functionId} at ${endMs}`);
  if (evidence === null) return { cause, evidence: null };
  const { text, code, parameters } = explainCause(evidence, cause, windowOfFunction(functionId));
  return { cause, evidence: text, evidenceCode: { code, parameters } };
}

type Query = TimeRange & FunctionFilter & { readonly functionId: number };

/** Attributed cold starts of one function that end in a range, of some of its series. */
interface ColdStartRange {
  functionId: number;
  fromHourMs: number;
  fromMs: number;
  toMs: number;
  /** JSON array of series ids. */
  seriesIds?: string | undefined;
}

type SeriesScope = 'all series' | 'some series';

/** Selects from the cold starts that a {@link ColdStartRange} describes. */
function coldStartsIn(db: Kysely<TelemetryTables>, param: Param<ColdStartRange>, scope: SeriesScope) {
  const select = db
    .selectFrom('cold_start')
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '>=', param('fromHourMs'))
    .where('slot_ms', '<', param('toMs'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'));
  return scope === 'all series' ? select : select.where('series_id', 'in', jsonList(param('seriesIds')));
}

const BY_CAUSE = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    coldStartsIn(db, param, scope)
      .select(({ fn }) => ['cause', fn.countAll<number>().as('n')])
      .groupBy('cause')
      .orderBy('n', 'desc')
      .orderBy('cause'),
  ),
);

const BILLED_INITS = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    coldStartsIn(db, param, scope)
      .select(({ fn }) => ['series_id as seriesId', fn.sum<number>('billed_init_us').as('us')])
      .where('billed_init_us', 'is not', null)
      .groupBy('series_id'),
  ),
);

/** Durations, µs, of the first invocations of environments. */
const FIRST_DURATIONS = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    coldStartsIn(db, param, scope)
      .select('duration_us')
      .where('user_felt', '=', 1)
      .where('failed', '=', 0)
      .where('kind', '<>', COLD_KIND.suppressed),
  ).asValues(),
);

const PLATFORM_TIMES = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    coldStartsIn(db, param, scope)
      .select('platform_ms')
      .where('platform_ms', 'is not', null)
      .where('user_felt', '=', 1),
  ).asValues(),
);

/** Init times, µs, and extensions of on-demand cold starts. */
const INITS_WITH_EXTENSIONS = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    coldStartsIn(db, param, scope)
      .select(['init_us as us', extensionNames(sql.ref('cold_start.environment_id')).as('names')])
      .where('kind', '=', COLD_KIND['on-demand'])
      .where('init_us', 'is not', null)
      .$narrowType<{ us: NotNull }>(),
  ),
);

/** Environments with doom loops, the latest first. */
const DOOM_LOOPS = byShape((scope: SeriesScope) =>
  telemetryStatement((db, param: Param<ColdStartRange>) =>
    db
      .selectFrom(
        coldStartsIn(db, param, scope)
          .select(({ fn }) => ['cold_start.environment_id', fn.max('loop').as('inits'), fn.max('end_ms').as('lastMs')])
          .where('loop', '>=', LOOP)
          .groupBy('environment_id')
          .as('loops'),
      )
      .innerJoin('environment', 'environment.id', 'loops.environment_id')
      .select(['loops.environment_id as environmentId', 'log_stream as logStream', 'inits', 'lastMs'])
      .orderBy('lastMs', 'desc')
      .limit(MOST_LOOPS),
  ),
);

/** Aggregates the attributed cold starts of a function over a range, of the series and times of `parts`. */
export function coldStartCauses(db: Databases, query: Query, parts: readonly RollupPart[]): ColdStartCauses {
  const { telemetry } = db;
  const scope: SeriesScope = narrows(query) ? 'some series' : 'all series';
  const ranges = parts.map(({ fromMs, toMs, series }) => ({
    functionId: query.functionId,
    fromHourMs: fromMs - LONGEST_RUN_MS - HOUR_MS,
    fromMs,
    toMs,
    series,
    seriesIds: scope === 'some series' ? JSON.stringify([...series.keys()]) : undefined,
  }));
  const firsts = ranges.flatMap((range) => FIRST_DURATIONS(scope).all(telemetry, range));
  const platform = new Sketch();
  for (const range of ranges)
    for (const ms of PLATFORM_TIMES(scope).iterate(telemetry, range)) platform.add(Math.max(0, ms ?? 0));
  const window = IDLE_WINDOW.get(telemetry, query);
  return {
    byCause: causeCounts(ranges.flatMap((range) => BY_CAUSE(scope).all(telemetry, range))),
    billedInits: billedInits(
      ranges.flatMap(({ series, ...range }) =>
        BILLED_INITS(scope)
          .all(telemetry, range)
          .map(({ seriesId, us }) => ({ us, series: series.get(seriesId) })),
      ),
    ),
    firstDurationMs: { n: firsts.length, median: medianUs(firsts) },
    platformMs: quantiles(platform),
    byExtensions: byExtensions(
      db,
      query,
      ranges.flatMap((range) => INITS_WITH_EXTENSIONS(scope).all(telemetry, range)),
    ),
    doomLoops: loopsOf(ranges.flatMap((range) => DOOM_LOOPS(scope).all(telemetry, range))),
    window:
      window === undefined ? null : { ms: window.windowMs, estimated: window.estimated === 1, source: window.source },
  };
}

function causeCounts(rows: readonly { readonly cause: number; readonly n: number }[]): ColdStartCauses['byCause'] {
  const counts = new Map<number, number>();
  for (const { cause, n } of rows) counts.set(cause, (counts.get(cause) ?? 0) + n);
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || a - b)
    .flatMap(([cause, n]) => {
      const name = CAUSES[cause];
      return name === undefined ? [] : [{ cause: name, n }];
    });
}

/** Sums billed inits by what determines their price. */
function billedInits(
  rows: readonly { readonly us: number; readonly series: Series | undefined }[],
): ColdStartCauses['billedInits'] {
  const sums = new Map<string, ColdStartCauses['billedInits'][number]>();
  for (const { us, series } of rows) {
    const [memoryMb, architecture] = [series?.memoryMb ?? null, series?.architecture ?? null];
    const key = JSON.stringify([series?.version ?? null, memoryMb, architecture]);
    sums.set(key, { memoryMb, architecture, ms: (sums.get(key)?.ms ?? 0) + us / 1000 });
  }
  return [...sums.values()];
}

/** An environment is counted in the part with its longest loop. */
function loopsOf(rows: ColdStartCauses['doomLoops']): ColdStartCauses['doomLoops'] {
  const longest = new Map<number, ColdStartCauses['doomLoops'][number]>();
  for (const row of rows.toSorted((a, b) => a.inits - b.inits)) longest.set(row.environmentId, row);
  return [...longest.values()].toSorted((a, b) => b.lastMs - a.lastMs).slice(0, MOST_LOOPS);
}

interface EndRange {
  fromHourMs: number;
  fromMs: number;
  toMs: number;
}

/** Cold starts of all functions that end in the range are stored under the hours from this one on. */
function endRange({ fromMs, toMs }: TimeRange): EndRange {
  return { fromHourMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS - HOUR_MS, fromMs, toMs };
}

const LOOPS = telemetryStatement((db, param: Param<EndRange>) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('cold_start')
        .select(({ fn }) => ['function_id', fn.max('loop').as('longest'), fn.countAll<number>().as('n')])
        .where('slot_ms', '>=', param('fromHourMs'))
        .where('end_ms', '>=', param('fromMs'))
        .where('end_ms', '<', param('toMs'))
        .where('loop', '>', 0)
        .groupBy('function_id')
        .as('found'),
    )
    .innerJoin('function', 'function.id', 'found.function_id')
    .select(['account', 'region', 'name', 'longest', 'n']),
);

/** Functions that were initialised inside invocations, with the longest series of consecutive inits. */
export async function initLoops({ telemetry }: Databases, query: TimeRange): Promise<readonly FunctionInitLoop[]> {
  return LOOPS.all(telemetry, endRange(query));
}

const PLATFORM_LATENCIES = telemetryStatement((db, param: Param<EndRange>) =>
  db
    .selectFrom('function')
    .innerJoin('cold_start', 'cold_start.function_id', 'function.id')
    .select(['account', 'region', 'name', 'platform_ms as ms'])
    .where('vpc', '=', 1)
    .where('slot_ms', '>=', param('fromHourMs'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('user_felt', '=', 1)
    .where('platform_ms', 'is not', null)
    .$narrowType<{ ms: NotNull }>(),
);

/** From the end of init to START in user-felt cold starts of functions in a VPC: 95th percentile per function, ms. */
export async function platformLatency({ telemetry }: Databases, query: TimeRange): Promise<readonly PlatformLatency[]> {
  const groups = new Map<string, { account: string; region: string; name: string; sketch: Sketch }>();
  for (const { ms, ...identity } of PLATFORM_LATENCIES.all(telemetry, endRange(query))) {
    const key = JSON.stringify(identity);
    const group = groups.get(key) ?? { ...identity, sketch: new Sketch() };
    groups.set(key, group);
    group.sketch.add(Math.max(0, ms));
  }
  return [...groups.values()].map(({ sketch, ...identity }) => ({
    ...identity,
    p95Ms: sketch.quantile(0.95) ?? 0,
    n: sketch.count,
  }));
}
