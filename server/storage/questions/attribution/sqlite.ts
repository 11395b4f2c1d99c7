/** Attribution's reads: hours that are pending, and their cold starts with causes. The replay is in analytics/cold-starts. */

import type { Kysely, NotNull } from 'kysely';
import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS, MIN_PROACTIVE_THRESHOLD_MS } from '../../../analytics/cold-starts/classify.ts';
import { attributeHour } from '../../../analytics/cold-starts/hour.ts';
import type {
  AttributedColdStart,
  CarriedState,
  ColdStartRun,
  Run,
} from '../../../analytics/cold-starts/hour-state.ts';
import { NO_CARRIED_STATE } from '../../../analytics/cold-starts/hour-state.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import { COLD_KIND, STATUS } from '../../enums.ts';
import type { AttributedHour, AttributedHours, FunctionIdleTimes, FunctionInitGaps, StaleHour } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { EnvironmentReader } from '../../sqlite/environment-reader.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { hourState, idleTimeBins, parseStored } from '../../stored-json.ts';
import { packedParts } from './cold-start-parts.ts';
import { coldStartRow } from './result.ts';
import type { ColdStartRow } from './types.ts';

/** Hours before a function's newest that its idle window is estimated from. */
const WINDOW_SLOTS = 14 * 24;
/** START, ms: END less the run; where START did not arrive, END less Duration rounded up. */
const START_MS = sql<number>`end_ms - ifnull(run_ms, (duration_us + 999) / 1000)`;

const STALE_HOURS = telemetryStatement((db, param: Param<{ beforeMs: number; limit: number }>) =>
  db
    .selectFrom('dirty_slot')
    .leftJoin('derived_slot', (join) =>
      join
        .onRef('derived_slot.function_id', '=', 'dirty_slot.function_id')
        .onRef('derived_slot.slot_ms', '=', 'dirty_slot.slot_ms'),
    )
    .select(['dirty_slot.function_id as functionId', 'dirty_slot.slot_ms as hourMs', 'changes'])
    .select(['since_ms as sinceMs', 'runs'])
    .where('dirty_slot.slot_ms', '<', param('beforeMs'))
    // The oldest hour of each function, then the second: a function with very many hours does not delay the others.
    .orderBy(sql`row_number() OVER (PARTITION BY dirty_slot.function_id ORDER BY dirty_slot.slot_ms)`)
    .orderBy('dirty_slot.function_id')
    .limit(param('limit')),
);

/** Stale hours by function, oldest first: each hour starts with the state carried out of the one before it. */
export async function staleHours(
  db: Databases,
  query: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly StaleHour[]> {
  return STALE_HOURS.all(db.telemetry, query).toSorted((a, b) => a.functionId - b.functionId || a.hourMs - b.hourMs);
}

interface Query {
  readonly functionId: number;
  /** Starts of hours, epoch ms, ascending. */
  readonly hours: readonly number[];
  /** Invocations that end later are left for the next time, epoch ms. */
  readonly settledMs: number;
  /** Stops after the hour in which this many invocations were read. */
  readonly mostRuns: number;
}

/** Attributes the hours, and those whose starting state changes with them, until `mostRuns` invocations were read. */
export async function attributeHours({ telemetry }: Databases, query: Query): Promise<AttributedHours> {
  const { functionId } = query;
  const window = windowOf(IDLE_WINDOW.get(telemetry, { functionId }));
  const wanted = [...query.hours];
  const infos = new EnvironmentReader(telemetry, functionId);
  const results: AttributedHour[] = [];
  let carried = closingBefore(telemetry, functionId, wanted[0] ?? 0);
  let read = 0;
  let moved = false;
  for (let hourMs = wanted.shift(); hourMs !== undefined; hourMs = wanted.shift()) {
    const stored = STORED_CLOSING.get(telemetry, { functionId, hourMs });
    const wholeMs = hourMs + HOUR_MS + LONGEST_RUN_MS;
    const until = Math.min(wholeMs, query.settledMs + 1);
    const bounds = boundsOf(functionId, hourMs, hourMs, until);
    const cold = COLD_RUNS.all(telemetry, bounds).flatMap((row) => coldRunOf(row) ?? []);
    const runs = new RunsRead(telemetry, bounds, cold);
    const derived = attributeHour(hourMs, { cold, runs }, infos, carried);
    read += runs.count;
    infos.forget();
    const closing = JSON.stringify(derived.closing);
    results.push({
      hourMs,
      changesSeen: CHANGES_SEEN.get(telemetry, { functionId, hourMs }) ?? 0,
      unsettled: until === wholeMs ? 0 : (RUN_COUNT.get(telemetry, boundsOf(functionId, hourMs, until, wholeMs)) ?? 0),
      runs: runs.count,
      idleTimes: JSON.stringify([...derived.idleTimes].toSorted(([a], [b]) => a - b).map(([bin, n]) => [bin, ...n])),
      carryOut: closing,
      coldStarts: packedParts(rowsOf(derived.coldStarts, window)),
      changes: derived.changes,
    });
    if (runs.count > 0) carried = derived.closing;
    const next = NEXT_HOUR.get(telemetry, { functionId, hourMs });
    // An hour without invocations passes its starting state on.
    moved = runs.count > 0 ? stored !== closing : moved || stored !== undefined;
    if (moved && next !== undefined && next < (wanted[0] ?? Number.POSITIVE_INFINITY)) wanted.unshift(next);
    const following = wanted[0];
    // Unchanged hours lie between this one and the next wanted one: start from what the last of them carried out.
    if (following !== undefined && next !== undefined && next < following) {
      carried = closingBefore(telemetry, functionId, following);
    }
    if (read >= query.mostRuns) break;
  }
  const left = wanted[0];
  return { hours: results, nextHourMs: left === undefined || query.hours.includes(left) ? null : left };
}

function* rowsOf(coldStarts: readonly AttributedColdStart[], window: IdleWindow | null): Iterable<ColdStartRow> {
  for (const cold of coldStarts) yield coldStartRow(cold, window);
}

const NEWEST_HOURS = telemetryStatement((db) =>
  db
    .selectFrom('derived_slot')
    .select(({ fn }) => ['function_id as functionId', fn.max('slot_ms').as('newestMs')])
    .groupBy('function_id'),
);
const NEWEST_HOUR = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('derived_slot')
    .select('slot_ms')
    .where('function_id', '=', param('functionId'))
    .orderBy('slot_ms', 'desc')
    .limit(1),
).asValues();
const IDLE_TIMES = telemetryStatement((db, param: Param<{ functionId: number; afterMs: number }>) =>
  db
    .selectFrom('derived_slot')
    .select('idle_times')
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '>', param('afterMs')),
).asValues();

/** Idle times of these functions, or of every function, over its newest two weeks. */
export async function idleTimes(
  { telemetry }: Databases,
  { functionIds }: { readonly functionIds?: readonly number[] },
): Promise<readonly FunctionIdleTimes[]> {
  const newest =
    functionIds === undefined
      ? NEWEST_HOURS.all(telemetry)
      : functionIds.flatMap((functionId) => {
          const newestMs = NEWEST_HOUR.get(telemetry, { functionId });
          return newestMs === undefined ? [] : [{ functionId, newestMs }];
        });
  return newest.map(({ functionId, newestMs }) => {
    const times = new Map<number, [number, number]>();
    for (const text of IDLE_TIMES.all(telemetry, { functionId, afterMs: newestMs - WINDOW_SLOTS * HOUR_MS })) {
      const bins = parseStored(idleTimeBins, text, `derived_slot of function ${functionId}: idle_times`) ?? [];
      for (const [bin, reused, terminated] of bins) {
        const [r, g] = times.get(bin) ?? [0, 0];
        times.set(bin, [r + reused, g + terminated]);
      }
    }
    const stored = IDLE_WINDOW.get(telemetry, { functionId });
    return {
      functionId,
      times,
      window: stored === undefined ? null : { window: windowOf(stored), source: stored.source },
    };
  });
}

/** Newest inits per function that the proactive threshold is estimated from. */
const MOST_GAPS = 5000;

const INIT_GAPS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('cold_start')
    .select('platform_ms')
    .where('function_id', '=', param('functionId'))
    .where('kind', '=', COLD_KIND['on-demand'])
    .where('platform_ms', 'is not', null)
    .$narrowType<{ platform_ms: NotNull }>()
    .orderBy('slot_ms', 'desc')
    .orderBy('end_ms', 'desc')
    .orderBy('request_id')
    .orderBy('environment_id')
    .limit(MOST_GAPS),
).asValues();
const PROACTIVE_GAP = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db.selectFrom('function').select('proactive_gap_ms').where('id', '=', param('functionId')),
).asValues();

/** Times between the end of init and START of the newest on-demand inits, ms, and the function's threshold. */
export async function initGaps(
  { telemetry }: Databases,
  query: { readonly functionIds: readonly number[] },
): Promise<readonly FunctionInitGaps[]> {
  return query.functionIds.map((functionId) => ({
    functionId,
    gapsMs: INIT_GAPS.all(telemetry, { functionId }),
    proactiveThresholdMs: PROACTIVE_GAP.get(telemetry, { functionId }) ?? MIN_PROACTIVE_THRESHOLD_MS,
  }));
}

type Telemetry = Databases['telemetry'];

/** Invocations of a function that end from `endFromMs` until before `endToMs` and start within an hour. */
interface RunBounds {
  functionId: number;
  endFromMs: number;
  endToMs: number;
  startFromMs: number;
  startToMs: number;
}

function boundsOf(functionId: number, hourMs: number, endFromMs: number, endToMs: number): RunBounds {
  return { functionId, endFromMs, endToMs, startFromMs: hourMs, startToMs: hourMs + HOUR_MS };
}

const runsIn = (db: Kysely<TelemetryTables>, param: Param<RunBounds>) =>
  db
    .selectFrom('invocation')
    .where('function_id', '=', param('functionId'))
    .where('environment_id', '>', 0)
    .where('end_ms', '>=', param('endFromMs'))
    .where('end_ms', '<', param('endToMs'))
    .where(START_MS, '>=', param('startFromMs'))
    .where(START_MS, '<', param('startToMs'));

const runColumns = (db: Kysely<TelemetryTables>, param: Param<RunBounds>) =>
  runsIn(db, param)
    .select(['environment_id', 'end_ms', START_MS.as('start_ms'), 'status', 'cold'])
    .select([
      // Of cold runs only: reading the id of every run would cost more than the replay.
      sql<Uint8Array | string | null>`CASE WHEN cold IS NOT NULL THEN request_id END`.as('cold_request_id'),
      sql<string | null>`CASE WHEN cold IS NOT NULL THEN hex(request_id) END`.as('request_order'),
    ])
    .select(['user_felt', 'series_id', 'init_us', 'restore_us', 'duration_us', 'billed_ms'])
    .select(['hidden_init_us', 'billed_restore_ms', 'init_timed_out']);

const RUN_COLUMNS = [
  'environment_id',
  'end_ms',
  'start_ms',
  'status',
  'cold',
  'cold_request_id',
  'request_order',
  'user_felt',
  'series_id',
  'init_us',
  'restore_us',
  'duration_us',
  'billed_ms',
  'hidden_init_us',
  'billed_restore_ms',
  'init_timed_out',
] as const;

const COLD_RUNS = telemetryStatement((db, param: Param<RunBounds>) =>
  runColumns(db, param).where('cold', 'is not', null),
).asTuples(...RUN_COLUMNS);
/** Omits the columns of cold starts, which COLD_RUNS reads. */
const RUNS = telemetryStatement((db, param: Param<RunBounds>) =>
  runsIn(db, param)
    .select(['environment_id', 'end_ms', START_MS.as('start_ms'), 'status', 'cold'])
    .orderBy('start_ms')
    .orderBy('end_ms')
    .orderBy('invocation.request_id')
    .orderBy('environment_id'),
).asTuples('environment_id', 'end_ms', 'start_ms', 'status', 'cold');
const RUN_COUNT = telemetryStatement((db, param: Param<RunBounds>) =>
  runsIn(db, param).select(({ fn }) => fn.countAll<number>().as('n')),
).asValues();

type ColdRunRow = NonNullable<ReturnType<(typeof COLD_RUNS)['get']>>;

/** Invocations of an hour in order of START, one in memory at a time. */
class RunsRead implements Iterable<Run> {
  readonly #telemetry: Telemetry;
  readonly #bounds: RunBounds;
  readonly #cold: ColdRunsByKey;
  count = 0;

  /** `cold`: the cold starts of the hour. */
  constructor(telemetry: Telemetry, bounds: RunBounds, cold: readonly ColdStartRun[]) {
    this.#telemetry = telemetry;
    this.#bounds = bounds;
    this.#cold = coldRunsByKey(cold);
  }

  *[Symbol.iterator](): Iterator<Run> {
    for (const row of RUNS.iterate(this.#telemetry, this.#bounds)) {
      this.count += 1;
      const run = runOf(row);
      // Cold starts of one environment in the same milliseconds come in the order of their request ids.
      yield (row[4] === null ? undefined : this.#cold.get(runKey(run))?.shift()) ?? run;
    }
  }
}

type ColdRunsByKey = ReadonlyMap<string, ColdStartRun[]>;

function runKey({ environmentId, startMs, endMs }: Run): string {
  return `${environmentId}/${startMs}/${endMs}`;
}

function coldRunsByKey(cold: readonly ColdStartRun[]): ColdRunsByKey {
  const byKey = new Map<string, ColdStartRun[]>();
  for (const run of cold.toSorted((a, b) => (a.cold.order < b.cold.order ? -1 : 1))) {
    const key = runKey(run);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [run]);
    else known.push(run);
  }
  return byKey;
}

function runOf([environmentId, endMs, startMs, status]: Readonly<
  [number, number, number, number, ...unknown[]]
>): Run & {
  readonly cold: null;
} {
  return { environmentId, startMs, endMs, failed: status !== STATUS.success, cold: null };
}

function coldRunOf(row: ColdRunRow): ColdStartRun | null {
  const [, , , , coldKind, requestId, order, felt, seriesId, initUs, restoreUs, durationUs, ...rest] = row;
  const [billedMs, hiddenInitUs, billedRestoreMs, initTimedOut] = rest;
  const kind = coldKind === null ? undefined : COLD_START_KINDS[coldKind];
  if (kind === undefined || requestId === null || order === null) return null;
  return {
    ...runOf(row),
    cold: {
      requestId,
      order,
      kind,
      userFelt: felt === 1,
      seriesId,
      initMs: initUs === null && restoreUs === null ? null : ((initUs ?? 0) + (restoreUs ?? 0)) / 1000,
      durationMs: durationUs / 1000,
      billedMs,
      hiddenInitMs: hiddenInitUs === null ? null : hiddenInitUs / 1000,
      billedRestoreMs,
      initTimedOut: initTimedOut === 1,
    },
  };
}

interface Hour {
  functionId: number;
  hourMs: number;
}

const storedHours = (db: Kysely<TelemetryTables>, param: Param<Hour>) =>
  db.selectFrom('derived_slot').where('function_id', '=', param('functionId'));

/** State carried out of an hour when it was last attributed. */
const STORED_CLOSING = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('closing').where('slot_ms', '=', param('hourMs')),
).asValues();
const CLOSING_BEFORE = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('closing').where('slot_ms', '<', param('hourMs')).orderBy('slot_ms', 'desc').limit(1),
).asValues();
const NEXT_HOUR = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('slot_ms').where('slot_ms', '>', param('hourMs')).orderBy('slot_ms').limit(1),
).asValues();
const CHANGES_SEEN = telemetryStatement((db, param: Param<Hour>) =>
  db
    .selectFrom('dirty_slot')
    .select('changes')
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '=', param('hourMs')),
).asValues();

function closingBefore(telemetry: Telemetry, functionId: number, hourMs: number): CarriedState {
  const before = CLOSING_BEFORE.get(telemetry, { functionId, hourMs });
  if (before === undefined) return NO_CARRIED_STATE;
  const row = `derived_slot of function ${functionId} before ${hourMs}: closing`;
  return parseStored(hourState, before, row) ?? NO_CARRIED_STATE;
}

/** The stored idle window by which a function's cold-start causes are attributed. */
export const IDLE_WINDOW = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('idle_window')
    .select(['window_ms as windowMs', 'surely_ms as surelyMs', 'estimated', 'source'])
    .where('function_id', '=', param('functionId')),
);

/** Null while the window is not known. */
export function windowOf(row: ReturnType<(typeof IDLE_WINDOW)['get']>): IdleWindow | null {
  return row === undefined || row.windowMs === null
    ? null
    : { ms: row.windowMs, surelyMs: row.surelyMs, estimated: row.estimated === 1 };
}
