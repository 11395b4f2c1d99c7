/** How an attempt ended, from REPORT's own status and from fault lines of either era. */
import { kindOf } from '../lines/fault.ts';
import type { FaultKind } from '../records/fault-line.ts';
import type { InvocationStatus } from '../records/invocation-columns.ts';
import { STATUSES } from '../records/invocation-columns.ts';
import type { ReportLine } from '../records/invocation-line.ts';

/** What REPORT itself says. Old-style REPORT says nothing: a fault line then tells, through {@link afterFault}. */
export function statusOf(
  report: Pick<ReportLine, 'status' | 'errorType' | 'timedOutAfterSec' | 'memorySizeMb' | 'maxMemoryUsedMb'>,
): InvocationStatus {
  if (report.timedOutAfterSec !== null || report.status === 'timeout') return 'timeout';
  if (report.status === null || report.status === 'success') return 'success';
  const kind = kindOf(report.errorType, null, report.status);
  const status = kind === 'network' ? 'error' : kind;
  // Killed at its memory limit: the type says exit, the meter says why.
  const full = report.maxMemoryUsedMb !== null && report.maxMemoryUsedMb >= (report.memorySizeMb ?? Infinity);
  return status === 'exit' && full ? 'oom' : status;
}

/** What a fault line makes of a status known so far: the more specific of the two. Idempotent and order-free. */
export function afterFault(status: InvocationStatus, fault: FaultKind): InvocationStatus {
  if (fault === 'network') return status;
  return rank(fault) > rank(status) ? fault : status;
}

const RANK: readonly InvocationStatus[] = ['success', 'error', 'exit', 'timeout', 'oom'];

function rank(status: InvocationStatus): number {
  return RANK.indexOf(status);
}

export function isFailure(status: InvocationStatus): boolean {
  return status !== 'success';
}

export function statusCode(status: InvocationStatus): number {
  return STATUSES.indexOf(status);
}
