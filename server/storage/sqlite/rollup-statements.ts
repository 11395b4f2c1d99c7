/** Statements on rollup rows of functions in a time range, compiled once for each form that their text takes. */
import type { Kysely } from 'kysely';
import type { RollupTable } from '../rollup/bucket.ts';
import type { Segment } from '../rollup/range.ts';
import type { Databases } from './databases.ts';
import type { ErrorsKnown } from './error-days.ts';
import type { FunctionCount, FunctionValues } from './function-lists.ts';
import { functionCount, functionValues, ofFunctions } from './function-lists.ts';
import type { Param, Statement } from './read-connection.ts';
import { byShape, jsonList } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

/** Properties that determine the text of a statement on rollup rows. */
export interface RollupShape {
  readonly table: RollupTable;
  readonly functions: FunctionCount;
  readonly series: 'all' | 'listed';
  readonly errors: ErrorsKnown;
}

export interface RollupValues extends FunctionValues {
  fromMs: number;
  toMs: number;
  /** JSON array. */
  seriesIds: string;
}

/** Functions and series whose rollup rows a question reads. */
export interface RollupSelection {
  readonly shape: Omit<RollupShape, 'table'>;
  readonly values: Pick<RollupValues, 'functionId' | 'functionIds' | 'seriesIds'>;
}

/** Selects rollup rows of functions, of some of their series or of all (null). */
export function selectRollups(
  functionIds: readonly number[],
  seriesIds: readonly number[] | null,
  errors: ErrorsKnown = 'on no day',
): RollupSelection {
  return {
    shape: { functions: functionCount(functionIds), series: seriesIds === null ? 'all' : 'listed', errors },
    values: { ...functionValues(functionIds), seriesIds: JSON.stringify(seriesIds ?? []) },
  };
}

/** Text that distinguishes shapes, for byShape. */
export function shapeKey({ table, functions, series, errors }: RollupShape): string {
  return `${table} ${functions} ${series} ${errors}`;
}

/** Runs a statement on the rollup rows of a segment. */
type RollupQuery<Out> = (db: Databases, selection: RollupSelection, segment: Segment) => Out[];

/** Defines a statement on rollup rows, at module level. */
export function rollupQuery<Out>(
  build: (shape: RollupShape) => Statement<TelemetryTables, RollupValues, Out>,
): RollupQuery<Out> {
  const statement = byShape(build, shapeKey);
  return ({ telemetry }, { shape, values }, { table, fromMs, toMs }) =>
    statement({ table, ...shape }).all(telemetry, { ...values, fromMs, toMs });
}

/** Selects from the rollup rows that `shape` describes, as `cell`. */
export function rollupBuckets(db: Kysely<TelemetryTables>, param: Param<RollupValues>, shape: RollupShape) {
  const select = db
    .selectFrom(`${shape.table} as cell`)
    .where(ofFunctions('cell.function_id', shape.functions, param))
    .where('cell.bucket', '>=', param('fromMs'))
    .where('cell.bucket', '<', param('toMs'));
  return shape.series === 'all' ? select : select.where('cell.series_id', 'in', jsonList(param('seriesIds')));
}
