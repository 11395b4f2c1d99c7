/** Days of functions on which an error that a runtime reports would have been received. */
import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { TimeRange } from '../ports.ts';
import type { Databases } from './databases.ts';
import type { FunctionCount, FunctionValues } from './function-lists.ts';
import { functionCount, functionValues, ofFunctions } from './function-lists.ts';
import type { Param } from './read-connection.ts';
import { byShape, telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

interface DayRange extends FunctionValues {
  fromDay: number;
  toDay: number;
}

function daysOf(db: Kysely<TelemetryTables>, param: Param<DayRange>, functions: FunctionCount) {
  return db
    .selectFrom('error_day')
    .select(['function_id', 'day'])
    .where(ofFunctions('function_id', functions, param))
    .where('day', '>=', param('fromDay'))
    .where('day', '<=', param('toDay'));
}

const DAYS = byShape((functions: FunctionCount) =>
  telemetryStatement((db, param: Param<DayRange>) => daysOf(db, param, functions)).asTuples('function_id', 'day'),
);

const ANY_DAY = byShape((functions: FunctionCount) =>
  telemetryStatement((db, param: Param<DayRange>) => daysOf(db, param, functions).limit(1)),
);

function dayRange(functionIds: readonly number[], { fromMs, toMs }: TimeRange): DayRange {
  return { ...functionValues(functionIds), fromDay: Math.floor(fromMs / DAY_MS), toDay: Math.floor(toMs / DAY_MS) };
}

/** Whether errors are known on at least one day of one of the functions. Without such a day, rows need no lookup of their own. */
export type ErrorsKnown = 'on some days' | 'on no day';

/** Returns whether errors of the functions are known on a day of the range. */
export function errorsKnownIn({ telemetry }: Databases, functionIds: readonly number[], range: TimeRange): ErrorsKnown {
  const found = ANY_DAY(functionCount(functionIds)).get(telemetry, dayRange(functionIds, range));
  return found === undefined ? 'on no day' : 'on some days';
}

/** Returns a test whether errors of a function are known at a time in the range (epoch ms). */
export function errorDaysIn(
  { telemetry }: Databases,
  functionIds: readonly number[],
  range: TimeRange,
): (functionId: number, atMs: number) => boolean {
  const days = new Map<number, Set<number>>();
  for (const [functionId, day] of DAYS(functionCount(functionIds)).all(telemetry, dayRange(functionIds, range))) {
    const own = days.get(functionId) ?? new Set();
    days.set(functionId, own.add(day));
  }
  if (days.size === 0) return () => false;
  return (functionId, atMs) => days.get(functionId)?.has(Math.floor(atMs / DAY_MS)) ?? false;
}

/** Invocations of a rollup row on a day on which errors would not have been received: all of them, or none. */
export function errorsUnknown(functionId: string): RawBuilder<number> {
  return sql<number>`CASE WHEN (${sql.ref(functionId)}, bucket / ${sql.lit(DAY_MS)}) IN (SELECT function_id, day FROM error_day) THEN 0 ELSE n END`;
}
