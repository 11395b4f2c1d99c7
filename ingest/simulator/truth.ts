/** The truth about a simulated fleet. Estimators never see it; their results are compared with it. */

export type PlantedCause =
  | 'provisioned'
  | 'snap-start'
  | 'deploy'
  | 'runtime-patch'
  | 'crash'
  | 'proactive'
  | 'scale-out'
  | 'idle-expiry'
  | 'recycle'
  | 'unknown';

export interface PlantedColdStart {
  readonly requestId: string;
  readonly endMs: number;
  readonly cause: PlantedCause;
  readonly userFelt: boolean;
}

export interface FunctionTruth {
  readonly name: string;
  readonly invocations: number;
  readonly failures: number;
  readonly coldStarts: readonly PlantedColdStart[];
  readonly keepAliveMs: number;
  readonly work: { readonly fixedMs: number; readonly cpuMs: number };
  readonly placementMs: number;
  readonly networkMs: number;
  readonly vpc: boolean;
  readonly leakMb: number;
  readonly unusedInits: number;
  /** Peak concurrency: requests in progress and inits that delayed a request. */
  readonly peakConcurrency: number;
}

export interface FleetTruth {
  readonly seed: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly functions: readonly FunctionTruth[];
}

/** One request as seen by the client. */
export interface SimulatedRequest {
  readonly requestId: string;
  readonly arrivalMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}
