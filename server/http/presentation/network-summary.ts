/** What traces show about the latency that a VPC adds: the sentence, and what is missing for one. */
import { duration, plural } from '../../../ingest/text/quantities.ts';
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
  readonly cohortProblem: string | null;
}

/** Claims a latency only if its interval is above zero. */
export function networkSummary({ vpc, era, comparison }: NetworkEvidence): string {
  if (vpc === false) return 'The function is not in a VPC: no network interface adds latency.';
  const latency = comparison?.latency ?? null;
  if (latency === null) {
    return era === 'per-environment'
      ? 'Environments waited for a network interface of their own, as until autumn 2019.'
      : 'It is unknown whether the VPC makes cold starts longer.';
  }
  if (latency.low > 0) {
    return `The VPC makes cold starts of functions like this ${duration(latency.value)} longer (95 % interval ${duration(latency.low)} to ${duration(latency.high)}).`;
  }
  if (latency.high < 0) {
    return 'Functions like this start sooner in the VPC than outside of one: something other than the network differs.';
  }
  return `No evidence that the VPC makes cold starts longer: at most ${duration(latency.high)}.`;
}

/** Returns what is missing for an answer; null if nothing is. */
export function networkReason({ vpc, own, unmatched, comparison, cohortProblem }: NetworkEvidence): string | null {
  if (own === 0 && unmatched > 0) {
    return `The time before init is unknown: the segment of the Lambda service (AWS::Lambda) that the function's segment names as parent is not stored, or not finished, for any of the traced cold starts (n=${unmatched}). Import or fetch whole traces.`;
  }
  if (own === 0) {
    return 'Not observable in logs: REPORT begins after the network is attached. Enable active tracing (X-Ray).';
  }
  if (vpc === null) {
    return 'It is not known whether the function is in a VPC. Import its configuration (thermocline inventory).';
  }
  if (!vpc) return null;
  if (own < FEWEST_COLD) return `Insufficient data: ${own} traced cold starts; ${FEWEST_COLD} are required.`;
  if (cohortProblem !== null) return cohortProblem;
  if (comparison === null || comparison.latency !== null) return null;
  const { inside, outside } = comparison;
  const required = `${FEWEST_FUNCTIONS} on each side are required, each with ${FEWEST_COLD_OF_MEMBER} traced cold starts and together with ${FEWEST_COLD}`;
  return `Insufficient data: of functions like this, ${inside.functions} in a VPC (${plural(inside.coldStarts, 'traced cold start')}) and ${outside.functions} outside of one (${outside.coldStarts}) have traces; ${required}. With fewer, the VPC cannot be told from the function.`;
}
