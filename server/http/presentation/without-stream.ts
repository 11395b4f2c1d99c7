/** What is not known of invocations whose log stream is unknown, as counts and a sentence. */

import { reasonOf } from '../../../ingest/text/reason.ts';
import type { InvocationCounts } from '../../analytics/metrics/counts.ts';
import type { WithoutStream } from '../contract/common.ts';
import { codeOf } from './reasons.ts';

/** Shown with a single invocation or environment that is null. */
export const STREAM_UNKNOWN = reasonOf('stream-unknown-of-one');

/** Null if every log stream is known. */
export function withoutStreamOf(
  counts: Pick<InvocationCounts, 'n' | 'unplaced' | 'unplaced_cold'>,
): WithoutStream | null {
  const { n, unplaced: invocations, unplaced_cold: coldStarts } = counts;
  if (invocations === 0) return null;
  const found = reasonOf('stream-unknown', { unknown: invocations, invocations: n, coldStarts });
  return { invocations, coldStarts, reason: found.text, reasonCode: codeOf(found) };
}
