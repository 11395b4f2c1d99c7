/** Cost of extensions: init time, and the time between the runtime's response and the end of the invocation. */

import type { Expression } from 'kysely';
import { sql } from 'kysely';
import { STATUS } from '../../enums.ts';
import type { ColdStartCauses, TimeRange } from '../../ports.ts';
import { medianUs } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';

/** Newest warm invocations that are read. */
const MOST_RUNS = 2000;
/** Tolerance between the clocks of two lines of one invocation. */
const CLOCK_MS = 5;

interface Group {
  /** Init times, µs. */
  readonly inits: number[];
  /** Times after the runtime's response, µs. */
  readonly after: number[];
}

/** Names of an environment's extensions, sorted, one per line; NULL without extensions. */
export function extensionNames(environmentId: Expression<unknown>) {
  return sql<string | null>`(SELECT group_concat(name, char(10)) FROM (
    SELECT DISTINCT name FROM extension WHERE environment_id = ${environmentId} AND kind = 'extension' ORDER BY name))`;
}

const NAMES = telemetryStatement((db, param: Param<{ environmentId: number }>) =>
  db.selectNoFrom(extensionNames(param('environmentId')).as('names')),
).asValues();

interface RunRange {
  functionId: number;
  fromMs: number;
  toMs: number;
}

/** Time after the runtime's response in the newest warm invocations: Duration less that of `platform.runtimeDone`. */
const AFTER_RUNTIME = telemetryStatement((db, param: Param<RunRange>) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('invocation')
        .select(['environment_id', 'request_id', 'end_ms', 'duration_us'])
        .where('function_id', '=', param('functionId'))
        .where('environment_id', '>', 0)
        .where('end_ms', '>=', param('fromMs'))
        .where('end_ms', '<', param('toMs'))
        .where('status', '=', STATUS.success)
        .where('cold', 'is', null)
        .orderBy('end_ms', 'desc')
        .limit(MOST_RUNS)
        .as('runs'),
    )
    .innerJoin('runtime_done', (join) =>
      join
        .onRef('runtime_done.environment_id', '=', 'runs.environment_id')
        .onRef('runtime_done.request_id', '=', 'runs.request_id')
        .on('at_ms', '>=', sql<number>`end_ms - duration_us / 1000 - ${sql.lit(CLOCK_MS)}`)
        .on('at_ms', '<=', sql<number>`end_ms + ${sql.lit(CLOCK_MS)}`),
    )
    .select(['runs.environment_id as environmentId', sql<number>`duration_us - runtime_us`.as('us')]),
);

const HAS_RUNTIME_DONE = telemetryStatement((db) => db.selectFrom('runtime_done').select('environment_id').limit(1));

/** Init time of an on-demand cold start, µs, and the names of its extensions as {@link extensionNames} selects them. */
interface InitWithExtensions {
  readonly us: number;
  readonly names: string | null;
}

/** On-demand cold starts by the set of extensions in their environment. Only JSON logs carry `platform.runtimeDone`. */
export function byExtensions(
  { telemetry }: Databases,
  query: TimeRange & { readonly functionId: number },
  inits: Iterable<InitWithExtensions>,
): ColdStartCauses['byExtensions'] {
  const groups = new Map<string, Group>();
  const groupOf = (key: string): Group => {
    const group = groups.get(key) ?? { inits: [], after: [] };
    groups.set(key, group);
    return group;
  };
  // There can be hundreds of thousands: read one at a time, and keep one number of each.
  for (const { us, names } of inits) groupOf(names ?? '').inits.push(us);
  const known = new Map<number, string>();
  // Without any, as where all logs are text, looking for those of each invocation would take as long as all else here.
  const runs = HAS_RUNTIME_DONE.get(telemetry) === undefined ? [] : AFTER_RUNTIME.all(telemetry, query);
  for (const { environmentId, us } of runs) {
    const names = known.get(environmentId) ?? NAMES.get(telemetry, { environmentId }) ?? '';
    known.set(environmentId, names);
    groupOf(names).after.push(Math.max(0, us));
  }
  return [...groups].map(([key, { inits: initsUs, after }]) => ({
    extensions: key === '' ? [] : key.split('\n'),
    n: initsUs.length,
    initMedianMs: medianUs(initsUs),
    afterRuntimeMs: { n: after.length, median: medianUs(after) },
  }));
}
