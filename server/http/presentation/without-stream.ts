/** What is not known of invocations whose log stream is unknown, as counts and a sentence. */

import { integer, plural } from '../../../ingest/text/quantities.ts';
import type { InvocationCounts } from '../../analytics/metrics/counts.ts';
import type { WithoutStream } from '../contract/common.ts';

/** Shown with a single invocation or environment that is null. */
export const STREAM_UNKNOWN =
  'The source did not contain the log stream, so the environment, its concurrency and idle times, and whether a caller waited for a cold start are unknown. Deliver the same events with their log streams to complete it.';

/** Null if every log stream is known. */
export function withoutStreamOf(
  counts: Pick<InvocationCounts, 'n' | 'unplaced' | 'unplaced_cold'>,
): WithoutStream | null {
  const { n, unplaced: invocations, unplaced_cold: coldStarts } = counts;
  if (invocations === 0) return null;
  const some = `The log stream of ${integer(invocations)} of ${plural(n, 'invocation')} is unknown`;
  const reason = `${some}, ${plural(coldStarts, 'cold start')} among them: environments, user-felt cold starts, causes, keep-alive and concurrency exclude them. Deliver the same events with their log streams to complete them`;
  return { invocations, coldStarts, reason };
}
