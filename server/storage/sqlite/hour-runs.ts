/** Reads the invocations of one hour of a function for attribution. */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import type { ColdStartRun, Run } from '../../analytics/cold-starts/hour-state.ts';
import { STATUS } from '../enums.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

type Telemetry = Databases['telemetry'];

/** START, ms: END less the run; where START did not arrive, END less Duration rounded up. */
const START_MS = sql<number>`end_ms - ifnull(run_ms, (duration_us + 999) / 1000)`;

/** Invocations of a function that end from `endFromMs` until before `endToMs` and start within an hour. */
interface RunBounds {
  functionId: number;
  endFromMs: number;
  endToMs: number;
  startFromMs: number;
  startToMs: number;
}

export function boundsOf(functionId: number, hourMs: number, endFromMs: number, endToMs: number): RunBounds {
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
const WARM_COLUMNS = ['environment_id', 'end_ms', 'start_ms', 'status', 'cold'] as const;
/** Omits the columns of cold starts, which COLD_RUNS reads. */
const warmColumns = (db: Kysely<TelemetryTables>, param: Param<RunBounds>) =>
  runsIn(db, param).select(['environment_id', 'end_ms', START_MS.as('start_ms'), 'status', 'cold']);
const RUNS = telemetryStatement((db, param: Param<RunBounds>) =>
  warmColumns(db, param)
    .orderBy('start_ms')
    .orderBy('end_ms')
    .orderBy('invocation.request_id')
    .orderBy('environment_id'),
).asTuples(...WARM_COLUMNS);
/** In the order of the primary key, which SQLite does not have to sort for. */
const FEW_RUNS = telemetryStatement((db, param: Param<RunBounds & { limit: number }>) =>
  warmColumns(db, param)
    .orderBy('end_ms')
    .orderBy('invocation.request_id')
    .orderBy('environment_id')
    .limit(param('limit')),
).asTuples(...WARM_COLUMNS);
export const RUN_COUNT = telemetryStatement((db, param: Param<RunBounds>) =>
  runsIn(db, param).select(({ fn }) => fn.countAll<number>().as('n')),
).asValues();

type ColdRunRow = NonNullable<ReturnType<(typeof COLD_RUNS)['get']>>;

/** Up to this many invocations of an hour are read at once; of an hour with more, one is in memory at a time. */
const FEW = 10_000;

interface HourRuns {
  readonly cold: readonly ColdStartRun[];
  readonly runs: Iterable<Run> & { readonly count: number };
}

/** The invocations of an hour in order of START, END, request id and environment, and the cold starts among them. */
export function runsOf(telemetry: Telemetry, bounds: RunBounds, most = FEW): HourRuns {
  const few = FEW_RUNS.all(telemetry, { ...bounds, limit: most + 1 });
  if (few.length > most) {
    const cold = coldRunsIn(telemetry, bounds);
    return { cold, runs: new RunsRead(telemetry, bounds, cold) };
  }
  const ends = few.flatMap(([, endMs, , , cold]) => (cold === null ? [] : [endMs]));
  const [first, last] = [ends[0], ends.at(-1)];
  const cold =
    first === undefined || last === undefined
      ? []
      : coldRunsIn(telemetry, { ...bounds, endFromMs: first, endToMs: last + 1 });
  const byKey = coldRunsByKey(cold);
  // The sort is stable: the rest of the order is the query's.
  const runs = few.toSorted(([, , a], [, , b]) => a - b).map((row) => runOrColdRun(row, byKey));
  return { cold, runs: Object.assign(runs, { count: runs.length }) };
}

function coldRunsIn(telemetry: Telemetry, bounds: RunBounds): readonly ColdStartRun[] {
  return COLD_RUNS.all(telemetry, bounds).flatMap((row) => coldRunOf(row) ?? []);
}

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
      yield runOrColdRun(row, this.#cold);
    }
  }
}

function runOrColdRun(row: RunRow, cold: ColdRunsByKey): Run {
  const run = runOf(row);
  // Cold starts of one environment in the same milliseconds come in the order of their request ids.
  return (row[4] === null ? undefined : cold.get(runKey(run))?.shift()) ?? run;
}

type RunRow = NonNullable<ReturnType<(typeof RUNS)['get']>>;
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
