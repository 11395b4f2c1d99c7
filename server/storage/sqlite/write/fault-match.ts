/** Which row a fault line belongs to, and what it makes of its status. */

import { afterFault } from '../../../../ingest/batch/status.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import { belongsTo } from '../../../analytics/cold-starts/fault-match.ts';
import type { InvocationRow } from './invocations.ts';

export { FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';

export function belongs(atMs: number, { endMs, runMs, durationUs }: InvocationRow): boolean {
  return belongsTo(atMs, { startMs: runMs === null ? null : endMs - runMs, endMs, durationMs: durationUs / 1000 });
}

export function worse(status: number, fault: FaultEvent['kind']): number {
  return STATUSES.indexOf(afterFault(STATUSES[status] ?? 'success', fault));
}
