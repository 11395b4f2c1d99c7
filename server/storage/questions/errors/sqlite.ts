/** Groups of failures on SQLite. */
import { sql } from 'kysely';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { isSelected } from '../../selected.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { hourFailures } from '../../sqlite/hour-failures.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { byShape, jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { functionsById } from '../../sqlite/series.ts';
import type { TimeRange } from '../shared-types.ts';
import { EXAMPLE_HOURS, ExampleCollector, errorGroupsOf, errorRange, largestGroups } from './result.ts';
import type { ErrorExample, ErrorGroups, ErrorGroupsQuery } from './types.ts';

interface PartsQuery {
  fromMs: number;
  toMs: number;
  widthMs: number;
  functionId?: number | undefined;
}

const PARTS = byShape((scope: 'all functions' | 'one function') =>
  telemetryStatement((db, param: Param<PartsQuery>) => {
    const select = db
      .selectFrom('error_hour')
      .select(['function_id as functionId', 'fingerprint', 'version'])
      .select(sql<number>`CAST((slot_ms - ${param('fromMs')}) / ${param('widthMs')} AS INTEGER)`.as('part'))
      .select(({ fn }) => [
        fn.sum<number>('attempts').as('attempts'),
        fn.sum<number>('invocations').as('invocations'),
        fn.sum<number>('init_failures').as('initFailures'),
        fn.min('first_ms').as('firstMs'),
        fn.max('last_ms').as('lastMs'),
      ])
      .where('slot_ms', '>=', param('fromMs'))
      .where('slot_ms', '<', param('toMs'))
      .groupBy(['function_id', 'fingerprint', 'version', 'part']);
    return scope === 'one function' ? select.where('function_id', '=', param('functionId')) : select;
  }),
);

const GROUP = telemetryStatement((db, param: Param<{ functionId: number; fingerprint: string }>) =>
  db
    .selectFrom('error_group')
    .select(['function_id as functionId', 'fingerprint', 'kind', 'error_type as errorType', 'message', 'frame'])
    .where('function_id', '=', param('functionId'))
    .where('fingerprint', '=', param('fingerprint')),
);

/** The earliest hour of a group, by the index, has its first failure. */
const FIRST = telemetryStatement((db, param: Param<{ functionId: number; fingerprint: string }>) =>
  db
    .selectFrom('error_hour')
    .select(['first_ms as firstMs', 'version as firstVersion'])
    .where('function_id', '=', param('functionId'))
    .where('fingerprint', '=', param('fingerprint'))
    .where('slot_ms', '=', ({ selectFrom }) =>
      selectFrom('error_hour')
        .select(({ fn }) => fn.min('slot_ms').as('ms'))
        .where('function_id', '=', param('functionId'))
        .where('fingerprint', '=', param('fingerprint')),
    )
    .orderBy('first_ms')
    .orderBy('version')
    .limit(1),
);

/** The hour of the last failure, and the one before it: longer ago than `DRAIN_MS` are only others. */
const LASTS = telemetryStatement((db, param: Param<{ functionId: number; fingerprint: string }>) =>
  db
    .selectFrom('error_hour')
    .select('version')
    .select(({ fn }) => fn.max('last_ms').as('lastMs'))
    .where('function_id', '=', param('functionId'))
    .where('fingerprint', '=', param('fingerprint'))
    .where('slot_ms', '>=', ({ selectFrom }) =>
      selectFrom('error_hour')
        .select(({ fn }) => sql<number>`${fn.max('slot_ms')} - ${sql.lit(HOUR_MS)}`.as('ms'))
        .where('function_id', '=', param('functionId'))
        .where('fingerprint', '=', param('fingerprint')),
    )
    .groupBy('version'),
);

export async function errorGroups(db: Databases, query: ErrorGroupsQuery): Promise<ErrorGroups> {
  const { functionId, selected, fingerprints, limit } = query;
  const range = errorRange(query);
  const wanted = fingerprints === undefined ? null : new Set(fingerprints);
  const parts = PARTS(functionId === undefined ? 'all functions' : 'one function')
    .all(db.telemetry, { ...range, functionId })
    .filter(isSelected(selected))
    .filter(({ fingerprint }) => wanted?.has(fingerprint) !== false);
  const largest = largestGroups(parts, limit);
  const groups = largest.keys.flatMap((key) => {
    const group = GROUP.get(db.telemetry, key);
    const first = FIRST.get(db.telemetry, key);
    if (group === undefined || first === undefined) return [];
    return [{ ...group, ...first, lasts: LASTS.all(db.telemetry, key) }];
  });
  return errorGroupsOf(range, largest, parts, groups, functionsById(db, largest.keys));
}

const HOURS = telemetryStatement(
  (db, param: Param<{ functionId: number; fingerprints: string; fromMs: number; toMs: number }>) =>
    db
      .selectFrom('error_hour')
      .select('slot_ms')
      .distinct()
      .where('function_id', '=', param('functionId'))
      .where('slot_ms', '>=', param('fromMs'))
      .where('slot_ms', '<', param('toMs'))
      .where('fingerprint', 'in', jsonList<string>(param('fingerprints')))
      .orderBy('slot_ms', 'desc')
      .limit(EXAMPLE_HOURS),
).asValues();

export async function errorExamples(
  { telemetry }: Databases,
  query: TimeRange & {
    readonly functionId: number;
    readonly fingerprints: readonly string[];
    readonly limit: number;
  },
): Promise<readonly ErrorExample[]> {
  const { functionId, fingerprints, limit } = query;
  const { fromMs, toMs } = errorRange(query);
  const found = new ExampleCollector(fingerprints, limit);
  for (const hourMs of HOURS.all(telemetry, { functionId, fingerprints: JSON.stringify(fingerprints), fromMs, toMs })) {
    found.add(hourFailures(telemetry, { functionId, hourMs, settledMs: Number.MAX_SAFE_INTEGER - 1 }));
    if (found.isComplete) break;
  }
  return found.examples;
}
