/** Attempts of a request id, and fault lines of failed invocations, as both stores compute them. */
import type { FaultKind } from '../../../../ingest/records/fault-line.ts';
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import type { Attempt } from '../../../analytics/cold-starts/fault-match.ts';
import { failureDetail, ownFaults } from '../../../analytics/cold-starts/fault-match.ts';
import type { Page } from '../shared-types.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { InvocationQuery, StoredInvocation } from './types.ts';

/** A stored fault line of a request id, or of its environment: `requestId` is then ''. */
export interface FaultRow {
  readonly atMs: number;
  readonly kind: string;
  readonly requestId: string;
  readonly errorType: string | null;
  readonly message: string | null;
  readonly stack: string | null;
}

export const NO_FAILURE: Pick<StoredInvocation, 'errorMessage' | 'errorStack'> = { errorMessage: null, errorStack: [] };

export function failureFields(
  attempt: Attempt,
  status: InvocationStatus,
  rows: readonly FaultRow[],
): Pick<StoredInvocation, 'errorMessage' | 'errorStack'> {
  const detail = failureDetail(attempt, status, rows.map(faultOf));
  return detail === null ? NO_FAILURE : { errorMessage: detail.message, errorStack: detail.stack };
}

/** Rows that belong to one of the attempts, each line once: its request id may have come with a later delivery only. */
export function faultsOfAttempts(attempts: readonly Attempt[], rows: readonly FaultRow[]): readonly FaultRow[] {
  const seen = new Map<string, FaultRow>();
  for (const row of rows) {
    const fault = faultOf(row);
    if (!fault.isNamed && !attempts.some((attempt) => ownFaults(attempt, [fault]).length > 0)) continue;
    seen.set(`${row.atMs}/${row.kind}/${row.message}`, row);
  }
  return [...seen.values()];
}

function faultOf(row: FaultRow) {
  return { ...row, kind: row.kind as FaultKind, isNamed: row.requestId !== '' };
}

/**
 * A page of the attempts of a request id, oldest first.
 * @throws RangeError if the cursor is not one of this store
 */
export function attemptsPage(
  attempts: readonly StoredInvocation[],
  { cursor, limit }: Pick<InvocationQuery, 'cursor' | 'limit'>,
): Page<StoredInvocation> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const following = attempts.filter((one) => after === null || byKey(one, after) > 0).toSorted(byKey);
  const items = following.slice(0, limit);
  const last = following.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : writeCursor(last) };
}

type AttemptKey = Pick<StoredInvocation, 'endMs' | 'functionId' | 'environmentId'>;

function byKey(a: AttemptKey, b: AttemptKey): number {
  return a.endMs - b.endMs || a.functionId - b.functionId || a.environmentId - b.environmentId;
}
