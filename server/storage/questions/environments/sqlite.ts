/** Execution environments over time, and the exact concurrency of their invocations. */

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { concurrency } from '../../../analytics/metrics/concurrency.ts';
import { STATUS } from '../../enums.ts';
import type { EnvironmentFacts, EnvironmentTimeline, TimeRange } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { forEachNumberRow, numberRows } from '../../sqlite/number-rows.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { isTime, orNull, validRows } from '../../stored-rows.ts';
import { chartWidth } from '../fleet/sqlite.ts';
import type { TimelineRow } from './result.ts';
import { TimelineBuilder } from './result.ts';

type Query = TimeRange & { readonly functionId: number; readonly limit: number; readonly maxRuns: number };

interface EnvironmentRange {
  functionId: number;
  fromMs: number;
  toMs: number;
  limit: number;
}

function environmentsIn(db: Kysely<TelemetryTables>, param: Param<EnvironmentRange>) {
  return db
    .selectFrom('environment')
    .where('environment.function_id', '=', param('functionId'))
    .where('environment.id', '>', 0)
    .where('environment.last_seen_ms', '>=', param('fromMs'))
    .where('environment.first_seen_ms', '<', param('toMs'));
}

const TOTAL = telemetryStatement((db, param: Param<EnvironmentRange>) =>
  environmentsIn(db, param).select(({ fn }) => fn.countAll<number>().as('total')),
).asValues();

const NEWEST_IDS = telemetryStatement((db, param: Param<EnvironmentRange>) =>
  environmentsIn(db, param).select('id').orderBy('last_seen_ms', 'desc').limit(param('limit')),
).asValues();

/** Integers for what may be missing too: see {@link forEachTimelineRow}. SQLite aggregates the rows in the order of the subquery. */
const VALUES = sql`environment_id, end_ms, run_ms IS NULL, ifnull(run_ms, 0), duration_us, status, ifnull(cold, -1),
  ifnull(user_felt, 0), ifnull(init_us, -1), ifnull(restore_us, -1)`;

/** As one text, because there are tens of thousands. */
const TIMELINE_ROWS = telemetryStatement((db, param: Param<EnvironmentRange>) => {
  const newest = db
    .selectFrom('invocation')
    .select(['environment_id', 'end_ms', 'run_ms', 'duration_us', 'status', 'cold', 'user_felt'])
    .select(['init_us', 'restore_us'])
    .where('function_id', '=', param('functionId'))
    .where('environment_id', '>', 0)
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .orderBy('end_ms', 'desc')
    .limit(param('limit'));
  return db.selectFrom(newest.as('newest')).select(numberRows(VALUES).as('rows'));
}).asValues();

/** Calls `visit` for each row of {@link VALUES}, with the same object: it holds a row until the next one. */
function forEachTimelineRow(rows: string, visit: (row: TimelineRow) => void): void {
  const values = new Float64Array(10);
  const row: { -readonly [Field in keyof TimelineRow]: TimelineRow[Field] } = {
    environment_id: 0,
    end_ms: 0,
    run_ms: null,
    duration_us: 0,
    status: 0,
    cold: null,
    user_felt: null,
    init_us: null,
    restore_us: null,
  };
  forEachNumberRow(rows, values, () => {
    row.environment_id = values[0] ?? 0;
    row.end_ms = values[1] ?? 0;
    row.run_ms = values[2] === 1 ? null : (values[3] ?? 0);
    row.duration_us = values[4] ?? 0;
    row.status = values[5] ?? 0;
    row.cold = knownOf(values[6]);
    row.user_felt = values[7] ?? 0;
    row.init_us = knownOf(values[8]);
    row.restore_us = knownOf(values[9]);
    visit(row);
  });
}

function knownOf(value = -1): number | null {
  return value === -1 ? null : value;
}

export async function environments(db: Databases, query: Query): Promise<EnvironmentTimeline> {
  const { telemetry } = db;
  const { functionId, fromMs, toMs, limit, maxRuns } = query;
  const range: EnvironmentRange = { functionId, fromMs, toMs, limit };
  const total = TOTAL.get(telemetry, range) ?? 0;
  const timeline = new TimelineBuilder(await environmentFacts(db, NEWEST_IDS.all(telemetry, range)), query);
  forEachTimelineRow(TIMELINE_ROWS.get(telemetry, { ...range, limit: maxRuns + 1 }) ?? '', (row) => timeline.add(row));
  return timeline.result(total, chartWidth(db, query));
}

const FACTS = telemetryStatement((db, param: Param<{ ids: string }>) =>
  db
    .selectFrom('environment')
    .innerJoin('log_group', 'log_group.id', 'environment.log_group_id')
    .select([
      'environment.id as environmentId',
      'log_group.name as logGroup',
      'log_stream as logStream',
      'version',
      'memory_mb as memoryMb',
      'runtime_version as runtimeVersion',
      'initialization_type as initializationType',
      'init_start_ms as initStartMs',
      'init_us as initUs',
      'first_seen_ms as firstSeenMs',
      'last_seen_ms as lastSeenMs',
      'invocations',
      'failures',
      'max_memory_mb as maxMemoryUsedMb',
      'last_status as lastStatus',
    ])
    .where('environment.id', 'in', jsonList(param('ids'))),
);

/** Attributes and totals of environments, by id. */
export async function environmentFacts(
  { telemetry }: Databases,
  ids: readonly number[],
): Promise<ReadonlyMap<number, EnvironmentFacts>> {
  if (ids.length === 0) return new Map();
  const times = { initStartMs: orNull(isTime), firstSeenMs: isTime, lastSeenMs: isTime };
  const rows = FACTS.all(telemetry, { ids: JSON.stringify(ids) });
  const valid = validRows(rows, times, ({ environmentId }) => `environment ${environmentId}`);
  return new Map(
    valid.map(({ initUs, lastStatus, ...row }) => [
      row.environmentId,
      {
        ...row,
        initMs: initUs === null ? null : initUs / 1000,
        endedInFailure: (lastStatus ?? STATUS.success) !== STATUS.success,
      },
    ]),
  );
}

const NAMED = telemetryStatement((db, param: Param<{ name: string }>) =>
  db
    .selectFrom('function')
    .select(['id', 'name'])
    .where((eb) =>
      eb.or([
        eb('name', '=', param('name')),
        eb(sql<string>`account || ':' || region || ':' || name`, '=', param('name')),
      ]),
    ),
);
const RUNS = telemetryStatement((db, param: Param<{ functionId: number; fromMs: number; toMs: number }>) =>
  db
    .selectFrom('invocation')
    .select([sql<number>`end_ms - ifnull(run_ms, duration_us / 1000)`.as('startMs'), 'end_ms as endMs'])
    .where('function_id', '=', param('functionId'))
    .where('environment_id', '>', 0)
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs')),
);

/** Exact peak concurrency of functions, each named by its name or by `account:region:name`. */
export async function peakConcurrency(
  { telemetry }: Databases,
  query: TimeRange & { readonly names: readonly string[] },
): Promise<readonly { readonly name: string; readonly peak: number; readonly runs: number }[]> {
  const { fromMs, toMs } = query;
  return query.names.flatMap((name) =>
    NAMED.all(telemetry, { name }).map((found) => {
      const intervals = RUNS.all(telemetry, { functionId: found.id, fromMs, toMs });
      const { peak } = concurrency(intervals, fromMs, toMs, toMs - fromMs);
      return { name: found.name, peak, runs: intervals.length };
    }),
  );
}
