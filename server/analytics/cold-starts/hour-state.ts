/** What the attribution of an hour (hour.ts) reads, returns and carries into the next hour. */
import type { CauseEvidence } from './cause.ts';
import type { ColdStartKind } from './classify.ts';
import type { IdleTimes } from './idle-window.ts';

/** An invocation. Times in whole epoch ms. */
export interface Run {
  readonly environmentId: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly cold: ColdRun | null;
}

/** The cold start of a run, with the key of its row. */
export interface ColdRun {
  readonly requestId: Uint8Array | string;
  /** Orders cold starts of the same millisecond. */
  readonly order: string;
  readonly kind: ColdStartKind;
  readonly userFelt: boolean;
  readonly seriesId: number;
  /** Init or restore time, ms; null if it is contained in Duration. */
  readonly initMs: number | null;
  readonly durationMs: number;
  /** Null if the line does not contain it. */
  readonly billedMs: number | null;
  /** Init time that is part of Duration, ms; null if there is none, or it is unknown. */
  readonly hiddenInitMs: number | null;
  /** The billed part of a restore, ms; null if the line does not contain it. */
  readonly billedRestoreMs: number | null;
  readonly initTimedOut: boolean;
}

/** What its lines say about an environment as a whole. */
export interface EnvironmentInfo {
  /** What only a deploy changes, as configuration.ts encodes it. */
  readonly configuration: string;
  readonly runtime: string;
  /** The tenant that it serves; null for a function without tenant isolation. */
  readonly tenant: string | null;
  /** No environment of this tenant was seen before it. */
  readonly isFirstOfTenant: boolean;
  readonly initStartMs: number | null;
  /** End of its last recorded invocation, which may be in a later hour. */
  readonly lastEndMs: number;
}

/** One environment at the end of an hour. Field names are part of the stored JSON. */
export interface EnvironmentSnapshot {
  readonly id: number;
  readonly lastEndMs: number;
  readonly failed: boolean;
  /** Already counted as terminated. */
  readonly counted: boolean;
  /** When it was counted, epoch ms; null before. */
  readonly countedMs: number | null;
  /** A newer environment took its place. */
  readonly replaced: boolean;
  /** Suppressed inits in a row. */
  readonly loop: number;
  readonly configuration: string;
  readonly runtime: string;
}

/** State carried from one hour to the next. Field names are part of the stored JSON. */
export interface CarriedState {
  /** The environments that may still serve. Named as in the stored JSON. */
  readonly standing: readonly EnvironmentSnapshot[];
  /** Consecutive suppressed inits of the function, across environments. */
  readonly streak: number;
  /** Configuration of the newest environment, and when each configuration in use was first seen. */
  readonly newest: EnvironmentConfiguration | null;
  readonly since: Readonly<Record<string, number>>;
}

export const NO_CARRIED_STATE: CarriedState = { standing: [], streak: 0, newest: null, since: {} };

export interface AttributedColdStart {
  readonly run: Run;
  readonly cold: ColdRun;
  /** When the environment was needed, epoch ms. */
  readonly atMs: number;
  readonly evidence: CauseEvidence;
  /** From the end of init to START, ms; negative if clocks disagree, null if they may not belong together. */
  readonly platformMs: number | null;
  /** Consecutive suppressed inits in this environment or function, including this one. */
  readonly loop: number;
}

/** A change of configuration or runtime. */
export interface AttributedChange {
  readonly atMs: number;
  readonly kind: 'deploy' | 'runtime-patch';
  readonly before: EnvironmentConfiguration;
  readonly after: EnvironmentConfiguration;
}

/** Configuration and runtime of an environment. */
export interface EnvironmentConfiguration {
  readonly configuration: string;
  readonly runtime: string;
}

export interface AttributedHour {
  readonly changes: readonly AttributedChange[];
  readonly coldStarts: readonly AttributedColdStart[];
  readonly idleTimes: IdleTimes;
  readonly closing: CarriedState;
}

/** Environments by id. */
export type EnvironmentInfos = Pick<ReadonlyMap<number, EnvironmentInfo>, 'get'>;

/** A run that was a cold start. */
export type ColdStartRun = Run & { readonly cold: ColdRun };
