/** Causes of the cold starts of a range. */

import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import type { Quantiles, TimeRange } from '../shared-types.ts';

/** Longest run of consecutive inits inside invocations, and the number of such inits. */
export interface FunctionInitLoop {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly longest: number;
  readonly n: number;
}

export interface PlatformLatency {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly p95Ms: number;
  readonly n: number;
}

/** Causes and costs of the cold starts of a range. */
export interface ColdStartCauses {
  readonly byCause: readonly { readonly cause: Cause; readonly n: number }[];
  /** Billed init time by memory size and architecture, which determine the price. */
  readonly billedInits: readonly {
    readonly memoryMb: number | null;
    readonly architecture: string | null;
    readonly ms: number;
  }[];
  /** Durations of the first invocations of environments: successful and user-felt ones only. */
  readonly firstDurationMs: { readonly n: number; readonly median: number | null };
  readonly platformMs: Quantiles;
  /** On-demand inits, by the extensions of the environment. */
  readonly byExtensions: readonly {
    readonly extensions: readonly string[];
    readonly n: number;
    readonly initMedianMs: number | null;
    /** Duration minus the runtime's own, ms; JSON logs only. */
    readonly afterRuntimeMs: { readonly n: number; readonly median: number | null };
  }[];
  /** Environments initialised at least three times in a row, each time inside an invocation. */
  readonly doomLoops: readonly {
    readonly environmentId: number;
    readonly logStream: string;
    readonly inits: number;
    readonly lastMs: number;
  }[];
  readonly window: { readonly ms: number | null; readonly estimated: boolean; readonly source: 'own' | 'fleet' } | null;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface CausesQuestions {
  /** Returns functions whose environments ran init more than once in a row inside invocations. */
  initLoops(query: TimeRange): Promise<readonly FunctionInitLoop[]>;
  /** Returns, per function known to be in a VPC, the p95 time in ms from the end of init to START of user-felt cold starts. */
  platformLatency(query: TimeRange): Promise<readonly PlatformLatency[]>;
}
