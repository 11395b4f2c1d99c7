/** Determines the status of an attempt from REPORT and from fault lines, in the old and the new format. */
import { kindOf } from '../lines/fault.ts';
import type { FaultKind } from '../records/fault-line.ts';
import type { InvocationStatus } from '../records/invocation-columns.ts';
import { STATUSES } from '../records/invocation-columns.ts';
import type { ReportLine } from '../records/invocation-line.ts';

/** The status in REPORT. REPORT in the old format has none: {@link afterFault} then adds that of a fault line. */
export function statusOf(
  report: Pick<ReportLine, 'status' | 'errorType' | 'timedOutAfterSec' | 'memorySizeMb' | 'maxMemoryUsedMb'>,
): InvocationStatus {
  if (report.timedOutAfterSec !== null || report.status === 'timeout') return 'timeout';
  if (report.status === null || report.status === 'success') return 'success';
  const kind = kindOf(report.errorType, null, report.status);
  const status = kind === 'network' ? 'error' : kind;
  // Killed at its memory limit: the error type says exit, memory use shows why.
  const full = report.maxMemoryUsedMb !== null && report.maxMemoryUsedMb >= (report.memorySizeMb ?? Infinity);
  return status === 'exit' && full ? 'oom' : status;
}

/** Combines a status with that of a fault line and returns the more specific one. Idempotent, in any order. */
export function afterFault(status: InvocationStatus, fault: FaultKind): InvocationStatus {
  if (fault === 'network') return status;
  return rank(fault) > rank(status) ? fault : status;
}

const RANK: readonly InvocationStatus[] = ['success', 'error', 'exit', 'timeout', 'oom'];

function rank(status: InvocationStatus): number {
  return RANK.indexOf(status);
}

/** Whether an invocation with this status failed. */
export function isFailure(status: InvocationStatus): boolean {
  return status !== 'success';
}

/** Number of the status in the tables of both stores. */
export function statusCode(status: InvocationStatus): number {
  return STATUSES.indexOf(status);
}
