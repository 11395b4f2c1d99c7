/** Which attempt a fault line belongs to, and what it makes of its status. */
import type { FaultEvent } from '../../../../ingest/sink.ts';
import { STATUSES } from '../../../../ingest/sink.ts';
import { afterFault } from '../../../../ingest/status.ts';
import type { InvocationRow } from './invocations.ts';

/** A fault line stands this close to the end of the attempt it belongs to. */
const FAULT_BEFORE_START_MS = 1000;
export const FAULT_AFTER_END_MS = 10_000;

export function belongs(atMs: number, row: InvocationRow): boolean {
  const startMs = row.endMs - (row.runMs ?? row.durationUs / 1000);
  return atMs >= startMs - FAULT_BEFORE_START_MS && atMs <= row.endMs + FAULT_AFTER_END_MS;
}

export function worse(status: number, fault: FaultEvent['kind']): number {
  return STATUSES.indexOf(afterFault(STATUSES[status] ?? 'success', fault));
}
