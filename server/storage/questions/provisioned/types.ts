/** Replay of provisioned concurrency. */
import type { ProvisionedPlan, ProvisionedPrices } from '../../../analytics/cost/provisioned.ts';
import type { TimeRange } from '../shared-types.ts';

export interface ProvisionedQuestion {
  readonly functionId: number;
  /** The size it is priced at. */
  readonly priceMemoryMb: number;
  readonly prices: ProvisionedPrices;
  readonly maxRuns: number;
}

export interface ProvisionedAnswer extends ProvisionedPlan {
  /** The time that was really played: shorter where only the newest invocations were. */
  readonly played: TimeRange;
  readonly invocations: number;
  readonly truncated: boolean;
}
