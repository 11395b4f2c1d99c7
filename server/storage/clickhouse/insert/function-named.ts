/** Rows of functions that records other than log lines name. */
import { hashOf, UNSEEN_MS } from '../hash-ids.ts';
import type { Value } from './fact-table.ts';

export type Row = Readonly<Record<string, Value>>;

/** Adds a row to a table. */
export type Add = (table: string, row: Row) => void;

export interface FunctionScope {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** Adds the row of a function that another record names and that may have no log events yet. Returns its id. */
export function functionNamed({ account, region, name }: FunctionScope, add: Add, facts: Row = NO_FACTS): number {
  const id = hashOf(account, region, name);
  add('lambda_function', {
    function_id: id,
    account,
    region,
    name,
    named: 1,
    first_seen_ms: UNSEEN_MS,
    last_seen_ms: 0,
    ...facts,
  });
  return id;
}

export const NO_FACTS: Row = { architecture: '', runtime_name: '', package_type: '', vpc: '' };
