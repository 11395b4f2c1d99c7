/** Events of days whose events retention has deleted: the message to senders, and the dead letters that record them. */
import type { BatchCounts } from '../../ingest/records/batch.ts';
import type { DeadLetter } from '../../ingest/records/dead-letter.ts';
import type { WriteOutcome } from '../../ingest/records/sink.ts';

/** Why such events are not stored, for senders. */
const EXPIRED_REASON =
  'Retention has deleted the other events of their day, so duplicates can no longer be detected; they are listed among the dead letters';

const EXPIRED = 'day-expired';
const encoder = new TextEncoder();

/** The dead letter for `n` events of one function and day, or of one kind. Those of later batches are counted in it. */
export function expiredLetter(origin: Readonly<Record<string, string>>, n: number, what: string): DeadLetter {
  return {
    reason: EXPIRED,
    detail: `${what}: retention has deleted the events of this day. Whether these were among them is not known, so they are not stored`,
    logGroup: null,
    payload: encoder.encode(JSON.stringify(origin)),
    n,
    isExample: true,
  };
}

/** The message to a sender about the events of a batch that are not stored, of which `expired` belong to such days. */
export function ignoredOutcome(
  { ignored, ignoredBy = [] }: Pick<BatchCounts, 'ignored' | 'ignoredBy'>,
  expired: number,
): Pick<WriteOutcome, 'ignored' | 'ignoredReasons' | 'expired' | 'expiredReason'> {
  const reasons = [...ignoredBy, ...(expired > 0 ? [[EXPIRED, expired] as const] : [])];
  return {
    ignored: ignored + expired,
    ...(reasons.length > 0 && { ignoredReasons: Object.fromEntries(reasons) }),
    ...(expired > 0 && { expired, expiredReason: EXPIRED_REASON }),
  };
}
