/** Lists of functions in statements that are compiled once. */
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Param } from './read-connection.ts';
import { jsonList } from './read-connection.ts';

/** One function is compared with its id, which SQLite seeks faster than a list. */
export type FunctionCount = 'one' | 'several';

export interface FunctionValues {
  functionId: number;
  /** JSON array. */
  functionIds: string;
}

export function functionCount(ids: readonly number[]): FunctionCount {
  return ids.length === 1 ? 'one' : 'several';
}

/** Values for a statement on one function or several. */
export function functionValues(ids: readonly number[]): FunctionValues {
  return { functionId: ids[0] ?? -1, functionIds: JSON.stringify(ids) };
}

/** Condition that `column` is the id of one of the functions. */
export function ofFunctions(column: string, count: FunctionCount, param: Param<FunctionValues>): RawBuilder<boolean> {
  return count === 'one'
    ? sql<boolean>`${sql.ref(column)} = ${param('functionId')}`
    : sql<boolean>`${sql.ref(column)} in ${jsonList(param('functionIds'))}`;
}
