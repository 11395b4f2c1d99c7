/** Statuses, as `invocation.status` stores them, after which Lambda initialises an environment again. */
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { resetsEnvironment } from '../../../analytics/cold-starts/classify.ts';
import { STATUS } from '../../enums.ts';

const RESETS: readonly number[] = STATUSES.filter(resetsEnvironment).map((name) => STATUS[name]);

export function isReset(status: number): boolean {
  return RESETS.includes(status);
}

/** Of invocations that ended in the same millisecond, returns the status that decides how the next is classified. */
export function decisiveStatus(a: number, b: number): number {
  if (isReset(a) !== isReset(b)) return isReset(a) ? a : b;
  return a === STATUS.success ? b : a;
}

/** SQL: orders statuses with the decisive one first. */
export const DECISIVE_FIRST = `status IN (${RESETS.join(', ')}) DESC, status <> ${STATUS.success} DESC`;
