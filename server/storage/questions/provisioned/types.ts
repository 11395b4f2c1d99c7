/** Simulation of provisioned concurrency. */

import type { ProvisionedPlan, ProvisionedPrices } from '../../../analytics/cost/provisioned.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';

export interface ProvisionedQuestion {
  readonly functionId: number;
  /** Memory size that costs are computed for, MB; null if unknown. */
  readonly priceMemoryMb: number | null;
  readonly prices: ProvisionedPrices;
  /** Before it, there was nothing to provision. */
  readonly firstSeenMs: number;
  readonly maxRuns: number;
  /** Makes the simulated idle windows repeatable. */
  readonly seed: number;
}

export interface ProvisionedAnswer extends ProvisionedPlan {
  /** Simulated range; shorter than requested if only the newest invocations were read, or the function is younger. */
  readonly played: TimeRange;
  readonly invocations: number;
  /** Environments that are known to have ended while idle, which idle windows are estimated from. */
  readonly deaths: number;
  readonly truncated: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ProvisionedQuestions {
  /** Replays the newest invocations against provisioned concurrency and returns the priced plan. */
  provisioned(query: TimeRange & FunctionFilter & ProvisionedQuestion): Promise<ProvisionedAnswer>;
}
