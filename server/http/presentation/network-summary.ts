/** What traces show about the latency that a VPC adds: the sentence, and what is missing for one. */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { FEWEST_COLD, FEWEST_COLD_OF_MEMBER, FEWEST_FUNCTIONS } from '../../analytics/metrics/minimum-samples.ts';
import type { EniComparison, Era } from '../../analytics/network/eni-latency.ts';

interface NetworkEvidence {
  /** Null if unknown. */
  readonly vpc: boolean | null;
  readonly era: Era | null;
  readonly comparison: EniComparison | null;
  /** Traced cold starts of the function. */
  readonly own: number;
  readonly unmatched: number;
  readonly cohortProblem: Reason | null;
}

/** Claims a latency only if its interval is above zero. */
export function networkSummary({ vpc, era, comparison }: NetworkEvidence): Reason {
  if (vpc === false) return reasonOf('network-outside-vpc');
  const latency = comparison?.latency ?? null;
  if (latency === null) {
    return era === 'per-environment' ? reasonOf('network-own-interfaces') : reasonOf('network-unknown');
  }
  if (latency.low > 0) {
    const { value: latencyMs, low: lowMs, high: highMs } = latency;
    return reasonOf('network-longer', { latencyMs, lowMs, highMs });
  }
  if (latency.high < 0) {
    return reasonOf('network-sooner');
  }
  return reasonOf('network-no-evidence', { highMs: latency.high });
}

/** Returns what is missing for an answer; null if nothing is. */
export function networkReason({ vpc, own, unmatched, comparison, cohortProblem }: NetworkEvidence): Reason | null {
  if (own === 0 && unmatched > 0) {
    return reasonOf('network-no-parents', { n: unmatched });
  }
  if (own === 0) {
    return reasonOf('network-not-traced');
  }
  if (vpc === null) {
    return reasonOf('network-vpc-unknown');
  }
  if (!vpc) return null;
  if (own < FEWEST_COLD) return reasonOf('network-few-traced', { n: own, required: FEWEST_COLD });
  if (cohortProblem !== null) return cohortProblem;
  if (comparison === null || comparison.latency !== null) return null;
  const { inside, outside } = comparison;
  return reasonOf('network-few-functions', {
    inside: inside.functions,
    insideStarts: inside.coldStarts,
    outside: outside.functions,
    outsideStarts: outside.coldStarts,
    required: FEWEST_FUNCTIONS,
    requiredOfEach: FEWEST_COLD_OF_MEMBER,
    requiredStarts: FEWEST_COLD,
  });
}
