/** Orders of invocations in ClickHouse, with the condition of what comes after a cursor. */
import type { InvocationCursor, OrderedCursor } from './cursor.ts';
import type { InvocationOrder } from './types.ts';

export interface Selection {
  /** What comes after a cursor, with the values that the condition binds; null for a first page. */
  readonly after: { readonly condition: string; readonly cursor: InvocationCursor } | null;
  readonly orderBy: string;
}

const NEWEST_FIRST = 'end_ms DESC, function_id DESC, environment_id DESC, request_id DESC';
const IS_OLDER = `(end_ms, function_id, environment_id, request_id)
  < ({endMs:Int64}, {functionId:UInt64}, {environmentId:UInt64}, {requestId:String})`;

export function newestSelection(cursor: InvocationCursor | null): Selection {
  return { after: cursor === null ? null : { condition: IS_OLDER, cursor }, orderBy: NEWEST_FIRST };
}

type Key = InvocationOrder['by'];

/** As `numberOf`. */
const VALUES: Readonly<Record<Key, string>> = {
  endedAt: 'end_ms',
  durationMs: 'duration_us',
  billedDurationMs: 'billed_ms',
  initDurationMs: 'coalesce(init_us, restore_us, hidden_init_us)',
  maxMemoryUsedMb: 'max_memory_mb',
};

interface Numbers {
  readonly endMs: number;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly maxMemoryMb: number | null;
  readonly initUs: number | null;
  readonly restoreUs: number | null;
  readonly hiddenInitUs: number | null;
}

export function numberOf(row: Numbers, by: Key): number | null {
  switch (by) {
    case 'endedAt':
      return row.endMs;
    case 'durationMs':
      return row.durationUs;
    case 'billedDurationMs':
      return row.billedMs;
    case 'initDurationMs':
      return row.initUs ?? row.restoreUs ?? row.hiddenInitUs;
    case 'maxMemoryUsedMb':
      return row.maxMemoryMb;
  }
}

export function orderedSelection({ by, descending }: InvocationOrder, cursor: OrderedCursor | null): Selection {
  const value = VALUES[by];
  const orderBy = `${value} ${descending ? 'DESC' : 'ASC'} NULLS LAST, ${NEWEST_FIRST}`;
  if (cursor === null) return { after: null, orderBy };
  const after =
    cursor.value === null
      ? `${value} IS NULL AND ${IS_OLDER}`
      : `${value} IS NULL OR ${value} ${descending ? '<' : '>'} {value:Int64} OR (${value} = {value:Int64} AND ${IS_OLDER})`;
  return { after: { condition: `(${after})`, cursor }, orderBy };
}
