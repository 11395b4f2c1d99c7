/** Findings from what CloudWatch counts: requests that never became an invocation, and events that were lost or wait. */
import { duration, integer, percent, plural, significant } from '../../../ingest/text/quantities.ts';
import type { GrowingAge, PlatformCounts } from '../../analytics/metrics/platform-counts.ts';
import type { OverviewAnswer } from '../contract/overview.ts';

/** A finding with what ranks it. */
export type Weighted = OverviewAnswer['findings'][number] & { readonly weight: number };

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
export function platformFindings(subject: Subject, counts: PlatformCounts): readonly Weighted[] {
  return [
    throttled(subject, counts),
    spilled(subject, counts),
    dropped(subject, counts),
    undelivered(subject, counts.deadLetterErrors, DEAD_LETTERS),
    undelivered(subject, counts.destinationFailures, DESTINATIONS),
    waiting(subject, counts.iteratorAge, RECORDS),
    waiting(subject, counts.asyncEventAge, EVENTS),
  ].filter((found) => found !== null);
}

/** Neither Invocations nor Errors of CloudWatch contain throttled requests. */
function throttled({ id, name }: Subject, { throttles, invocations, concurrency }: PlatformCounts): Weighted | null {
  if (throttles === null || throttles <= 0) return null;
  const n = invocations === null ? null : throttles + invocations;
  const share = n === null ? null : throttles / n;
  const peak = concurrency === null ? '' : `; at most ${integer(concurrency)} ran at once`;
  return {
    functionId: id,
    kind: 'throttles',
    severity: severityOf(share),
    sentence: `${name}: ${plural(throttles, 'throttled request')}${sharePart(share, n)}${peak}`,
    n,
    nextStep:
      'Compare how many ran at once with the reserved concurrency of the function and the limit of the account, and raise the one that was reached',
    weight: SHARE_WEIGHT * (share ?? UNKNOWN_SHARE),
  };
}

function spilled({ id, name }: Subject, { spillover, invocations }: PlatformCounts): Weighted | null {
  if (spillover === null || spillover <= 0) return null;
  const share = invocations === null ? null : spillover / Math.max(spillover, invocations);
  return {
    functionId: id,
    kind: 'provisioned-concurrency',
    severity: share !== null && share >= SEVERE_SHARE ? 'medium' : 'low',
    sentence: `${name}: ${plural(spillover, 'invocation')} found all provisioned concurrency in use${sharePart(share, invocations)}`,
    n: invocations,
    nextStep: 'Raise the provisioned concurrency, or schedule it for the peaks: these invocations may start cold',
    // They were served, but slower: less than a failure.
    weight: (SHARE_WEIGHT * (share ?? UNKNOWN_SHARE)) / 100,
  };
}

function dropped({ id, name }: Subject, { asyncDropped, asyncReceived }: PlatformCounts): Weighted | null {
  if (asyncDropped === null || asyncDropped <= 0) return null;
  const of = asyncReceived === null || asyncReceived < asyncDropped ? '' : `, of ${integer(asyncReceived)}`;
  return {
    functionId: id,
    kind: 'dropped-events',
    severity: 'high',
    sentence: `${name}: ${plural(asyncDropped, 'asynchronous event')} dropped without a successful invocation${of}`,
    n: asyncReceived,
    nextStep: 'Look at its errors, and set a destination on failure, which keeps the events',
    weight: LOST_WEIGHT + asyncDropped,
  };
}

interface Target {
  readonly kind: 'dead-letters' | 'destinations';
  readonly label: string;
}

const DEAD_LETTERS: Target = { kind: 'dead-letters', label: 'dead-letter queue' };
const DESTINATIONS: Target = { kind: 'destinations', label: 'destination' };

function undelivered({ id, name }: Subject, failures: number | null, { kind, label }: Target): Weighted | null {
  if (failures === null || failures <= 0) return null;
  return {
    functionId: id,
    kind,
    severity: 'high',
    sentence: `${name}: ${plural(failures, 'event')} could not be sent to its ${label}`,
    n: failures,
    nextStep: `Check that the ${label} exists, that the role of the function may send to it, and that events fit its size limit`,
    weight: LOST_WEIGHT + failures,
  };
}

interface Waiting {
  readonly kind: 'iterator-age' | 'async-event-age';
  readonly noun: string;
  readonly nextStep: string;
}

const RECORDS: Waiting = {
  kind: 'iterator-age',
  noun: 'records of its stream',
  nextStep:
    'Look at its errors, which make batches repeat, and its duration; then raise the parallelization factor, the number of shards or the batch size. Streams drop records after 24 hours, if not set otherwise',
};
const EVENTS: Waiting = {
  kind: 'async-event-age',
  noun: 'asynchronous events',
  nextStep:
    'Look at its errors and throttled requests, after which events are tried again, and at its concurrency. Events are dropped after 6 hours, if not set otherwise',
};

function waiting({ id, name }: Subject, age: GrowingAge | null, { kind, noun, nextStep }: Waiting): Weighted | null {
  if (age === null) return null;
  const { firstMs, lastMs, parts, p, n, isNearLimit } = age;
  const evidence = `rising over ${parts} parts of the range, p = ${significant(p, 2)}`;
  return {
    functionId: id,
    kind,
    severity: isNearLimit ? 'high' : 'medium',
    sentence: `${name}: ${noun} wait longer and longer, up to ${duration(firstMs)} at first and ${duration(lastMs)} at last (${evidence}, n=${integer(n)})`,
    n,
    nextStep,
    weight: isNearLimit ? LOST_WEIGHT : GROWING_WEIGHT,
  };
}

function severityOf(share: number | null): Weighted['severity'] {
  if (share === null) return 'medium';
  if (share >= SEVERE_SHARE) return 'high';
  return share >= MINOR_SHARE ? 'medium' : 'low';
}

function sharePart(share: number | null, n: number | null): string {
  return share === null || n === null ? '' : `, ${percent(share)} of ${integer(n)}`;
}
