/** Outcome of a simulation: the planted truth, which no estimator sees. */
import type { Configuration } from './plan.ts';

export type EndReason = 'idle-expiry' | 'eviction' | 'recycle' | 'deploy' | 'runtime-patch' | 'provisioned-end';

/** Why an invocation was cold. `first` is the first environment of a function. */
export type Cause =
  | 'first'
  | 'scale-out'
  | 'idle-expiry'
  | 'recycle'
  | 'deploy'
  | 'runtime-patch'
  | 'crash'
  | 'proactive'
  | 'provisioned'
  | 'snap-start';

export interface Environment {
  /** Name of the log stream. */
  readonly stream: string;
  readonly configuration: Configuration;
  readonly tenant: string | null;
  readonly kind: 'on-demand' | 'proactive' | 'provisioned' | 'snap-start';
  /** When init or restore began: the time of INIT_START or RESTORE_START. */
  readonly initStartMs: number;
  readonly initMs: number;
  endMs: number | null;
  endReason: EndReason | null;
}

export type Status = 'success' | 'timeout' | 'exit' | 'out-of-memory' | 'handled-error';

export interface Invocation {
  readonly requestId: string;
  readonly environment: number;
  readonly configuration: Configuration;
  readonly tenant: string | null;
  /** When the service accepted the request. */
  readonly atMs: number;
  /** The time of START. */
  readonly startMs: number;
  readonly endMs: number;
  /** Duration of REPORT: a suppressed init is part of it. */
  readonly durationMs: number;
  readonly billedMs: number;
  /** Init Duration of REPORT, or null if REPORT shows none. */
  readonly initMs: number | null;
  readonly restoreMs: number | null;
  readonly hiddenInitMs: number | null;
  readonly status: Status;
  readonly memoryUsedMb: number;
  readonly payloadBytes: number;
  readonly trace: { readonly id: string; readonly serviceId: string; readonly functionId: string } | null;
  /** Parts of the time before INIT_START, or null for a warm invocation. */
  readonly placement: {
    readonly baseMs: number;
    readonly pullMs: number;
    readonly networkMs: number;
  } | null;
  /** Null if warm. The first is the cause; the others are accepted too, because they cannot be distinguished. */
  readonly causes: readonly Cause[] | null;
  /** Environments of the same configuration and tenant that were busy when the request arrived. */
  readonly busy: number;
  /** Whether the caller waited for an init or restore. */
  readonly userFelt: boolean;
}

export interface Outcome {
  readonly environments: readonly Environment[];
  /** In order of acceptance. */
  readonly invocations: readonly Invocation[];
}
