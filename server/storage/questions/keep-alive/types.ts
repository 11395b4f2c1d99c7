/** Keep-alive of idle environments. */

import type { Survival } from '../../../analytics/keep-alive/survival.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';

/** Survival of a function's idle environments. */
export interface KeepAlive {
  /** Idle periods used for the estimate, and how many of them ended with the environment. */
  readonly n: number;
  readonly deaths: number;
  /** Only environments younger than two hours were used. */
  readonly youngOnly: boolean;
  /** Null if too few environments ended. */
  readonly survival: Survival | null;
  readonly invocations: number;
  /** Invocations among them in environments for which no request waited: provisioned or initialised ahead of demand. */
  readonly elsewhere: number;
  readonly environments: number;
  /** Only the newest invocations were read. */
  readonly truncated: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface KeepAliveQuestions {
  /**
   * Estimates how long idle environments live, from the newest `maxRuns` invocations. `seed` makes the bootstrap
   * repeatable.
   */
  keepAlive(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number },
  ): Promise<KeepAlive>;
}
