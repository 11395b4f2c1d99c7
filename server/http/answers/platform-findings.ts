/** Findings from what CloudWatch counts: requests that never became an invocation, and events that were lost or wait. */
import type { GrowingAge, PlatformCounts } from '../../analytics/metrics/platform-counts.ts';
import type { Found } from '../presentation/finding-groups.ts';
import type { PlatformFindingText } from '../presentation/platform-finding-text.ts';

interface Subject {
  readonly id: string;
  readonly name: string;
}

/** Lost events rank behind timeouts, and before rates of failures. */
const LOST_WEIGHT = 5e7;
/** Of a share of requests: a throttled request failed for its caller. */
const SHARE_WEIGHT = 1e7;
/** Events that wait longer and longer rank like 60 % of failed requests; like lost ones where they are about to be. */
const GROWING_WEIGHT = 6e6;
/** Throttled requests beside an unknown number of others rank like 1 % of failed requests. */
const UNKNOWN_SHARE = 0.01;
/** Shares from this on are severe, and those below {@link MINOR_SHARE} minor. */
const SEVERE_SHARE = 0.1;
const MINOR_SHARE = 0.01;

/** A metric that no point came of, or that sums to 0, makes no finding. */
export function platformFindings(subject: Subject, counts: PlatformCounts): readonly Found[] {
  return [
    throttled(subject, counts),
    spilled(subject, counts),
    dropped(subject, counts),
    undelivered(subject, 'dead-letters', counts.deadLetterErrors),
    undelivered(subject, 'destinations', counts.destinationFailures),
    waiting(subject, 'iterator-age', counts.iteratorAge),
    waiting(subject, 'async-event-age', counts.asyncEventAge),
  ].filter((found) => found !== null);
}

function foundIn(
  { id, name }: Subject,
  text: PlatformFindingText,
  rest: Pick<Found, 'severity' | 'weight' | 'affected' | 'invocations'>,
): Found {
  return { functionId: id, name, text, isLowerBound: false, wastedUsd: null, monthlySavingUsd: null, ...rest };
}

/** Neither Invocations nor Errors of CloudWatch contain throttled requests. */
function throttled(subject: Subject, { throttles, invocations, concurrency }: PlatformCounts): Found | null {
  if (throttles === null || throttles <= 0) return null;
  const of = invocations === null ? null : throttles + invocations;
  const share = of === null ? null : throttles / of;
  const parameters = { name: subject.name, count: throttles, of, peakConcurrency: concurrency };
  return foundIn(
    subject,
    { code: 'throttles', parameters },
    {
      ...{ severity: severityOf(share), affected: throttles, invocations: of },
      weight: SHARE_WEIGHT * (share ?? UNKNOWN_SHARE),
    },
  );
}

function spilled(subject: Subject, { spillover, invocations }: PlatformCounts): Found | null {
  if (spillover === null || spillover <= 0) return null;
  const share = invocations === null ? null : spillover / Math.max(spillover, invocations);
  return foundIn(
    subject,
    { code: 'provisioned-concurrency', parameters: { name: subject.name, count: spillover, of: invocations } },
    {
      ...{ severity: share !== null && share >= SEVERE_SHARE ? 'medium' : 'low', affected: spillover, invocations },
      // They were served, but slower: less than a failure.
      weight: (SHARE_WEIGHT * (share ?? UNKNOWN_SHARE)) / 100,
    },
  );
}

function dropped(subject: Subject, { asyncDropped, asyncReceived }: PlatformCounts): Found | null {
  if (asyncDropped === null || asyncDropped <= 0) return null;
  const of = asyncReceived === null || asyncReceived < asyncDropped ? null : asyncReceived;
  return foundIn(
    subject,
    { code: 'dropped-events', parameters: { name: subject.name, count: asyncDropped, of } },
    { severity: 'high', weight: LOST_WEIGHT + asyncDropped, affected: asyncDropped, invocations: null },
  );
}

function undelivered(subject: Subject, code: 'dead-letters' | 'destinations', failures: number | null): Found | null {
  if (failures === null || failures <= 0) return null;
  return foundIn(
    subject,
    { code, parameters: { name: subject.name, count: failures, of: null } },
    { severity: 'high', weight: LOST_WEIGHT + failures, affected: failures, invocations: null },
  );
}

function waiting(subject: Subject, code: 'iterator-age' | 'async-event-age', age: GrowingAge | null): Found | null {
  if (age === null) return null;
  const { isNearLimit, ...evidence } = age;
  return foundIn(
    subject,
    { code, parameters: { name: subject.name, ...evidence } },
    {
      ...{ severity: isNearLimit ? 'high' : 'medium', affected: null, invocations: null },
      weight: isNearLimit ? LOST_WEIGHT : GROWING_WEIGHT,
    },
  );
}

function severityOf(share: number | null): Found['severity'] {
  if (share === null) return 'medium';
  if (share >= SEVERE_SHARE) return 'high';
  return share >= MINOR_SHARE ? 'medium' : 'low';
}
