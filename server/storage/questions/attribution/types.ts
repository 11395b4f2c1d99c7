/** Reads and writes of cold-start attribution. */
import type { Cause, CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { AttributedChange } from '../../../analytics/cold-starts/hour-state.ts';
import type { IdleTimes, IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import type { HourErrors } from '../../../analytics/errors/hour.ts';

/** An hour of a function whose rows changed since it was attributed. */
export interface StaleHour {
  readonly functionId: number;
  readonly hourMs: number;
  readonly changes: number;
  readonly sinceMs: number;
  /** Invocations when it was last attributed; null if it never was. */
  readonly runs: number | null;
}

/** A cold start with its cause, ready to be stored. */
export interface ColdStartRow {
  readonly endMs: number;
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
  readonly seriesId: number;
  readonly atMs: number;
  readonly kind: ColdStartKind;
  readonly userFelt: boolean;
  readonly cause: Cause;
  /** Init or restore time, ms, also where it is part of Duration; null if unknown. */
  readonly initMs: number | null;
  /** The part of it that Billed Duration includes, ms; null if none. */
  readonly billedInitMs: number | null;
  readonly durationMs: number;
  readonly failed: boolean;
  /** From the end of init to START, ms; negative if clocks disagree. */
  readonly platformMs: number | null;
  readonly loop: number;
  readonly evidence: CauseEvidence;
}

/** Cold starts of an hour in parts, in their order: rows, or their bytes (cold-start-parts.ts). */
export interface ColdStartParts {
  /** Rows of all parts. */
  readonly n: number;
  readonly parts: readonly (readonly ColdStartRow[] | Uint8Array<ArrayBuffer>)[];
}

/** One mark of a stale hour. */
export interface StaleMark {
  readonly at: string;
  readonly item: number;
  readonly mark: number;
  readonly n: number;
}

/** The result of attributing one hour. */
export interface AttributedHour {
  readonly hourMs: number;
  /** Changes known when the hour was read; later ones keep the hour stale. */
  readonly changesSeen: number;
  /** Marks that were read, for stores that identify them instead of counting; passed back unchanged. */
  readonly seen?: readonly StaleMark[];
  /** Invocations too recent to attribute; failed ones may count twice. */
  readonly unsettled: number;
  readonly runs: number;
  readonly idleTimes: string;
  readonly carryOut: string;
  readonly coldStarts: ColdStartParts;
  readonly changes: readonly AttributedChange[];
  /** Failures that ended in the hour, by group; null leaves what is stored. */
  readonly errors: HourErrors | null;
}

export interface AttributedHours {
  readonly hours: readonly AttributedHour[];
  /** The next hour to attribute, because the state carried into it changed; null if none. */
  readonly nextHourMs: number | null;
}

/** Idle times of one function over its newest two weeks, with the idle window in use. */
export interface FunctionIdleTimes {
  readonly functionId: number;
  readonly times: IdleTimes;
  readonly window: AppliedIdleWindow | null;
}

export interface AppliedIdleWindow {
  readonly window: IdleWindow | null;
  readonly source: 'own' | 'fleet';
}

/** Times from the end of a function's on-demand inits to START, ms, with the proactive threshold in use. */
export interface FunctionInitGaps {
  readonly functionId: number;
  readonly gapsMs: readonly number[];
  readonly proactiveThresholdMs: number;
}

/** Which hours to attribute, and what their rows give. Each rejects with a StoreError (`unavailable`, `deadline`). */
export interface AttributionReader {
  /** Returns stale hours that begin before `beforeMs` (epoch ms), by function and time. */
  staleHours(query: { readonly beforeMs: number; readonly limit: number }): Promise<readonly StaleHour[]>;
  /**
   * Attributes the hours (epoch ms of their starts, ascending) of one function, and following hours that they change, until
   * `mostRuns` invocations were read. Invocations that ended after `settledMs` are left for a later round. Stores nothing.
   */
  attributeHours(query: {
    readonly functionId: number;
    readonly hours: readonly number[];
    readonly settledMs: number;
    readonly mostRuns: number;
    /** About how many invocations the hours have, for a function that has very many: it is attributed beside the others. */
    readonly large?: number;
  }): Promise<AttributedHours>;
  /** Returns idle times of these functions, or of all, over their newest two weeks, with the idle window in use. */
  idleTimes(query: { readonly functionIds?: readonly number[] }): Promise<readonly FunctionIdleTimes[]>;
  /** Returns the newest times between init and START of each function, ms, with the proactive threshold in use. */
  initGaps(query: { readonly functionIds: readonly number[] }): Promise<readonly FunctionInitGaps[]>;
}

/** Writes of attribution. Each is one transaction, durable when it resolves, or rejects with a StoreError. */
export interface AttributionStore {
  /**
   * Classifies rows that arrived since the last call, in stores that do not classify when they write; marks their hours
   * stale.
   */
  classifyPending(): Promise<void>;
  /** Stores attributed hours in place of earlier results, and clears the marks they were computed from. */
  saveHours(functionId: number, hours: AttributedHours): Promise<void>;
  /** Stores idle windows; causes of each function's cold starts follow from its new window. */
  saveIdleWindows(windows: readonly (AppliedIdleWindow & { readonly functionId: number })[]): Promise<void>;
  /** Stores proactive thresholds, ms; reclassifies the inits between the old and the new one and marks their hours stale. */
  saveProactiveThresholds(
    thresholds: readonly { readonly functionId: number; readonly limitMs: number }[],
  ): Promise<void>;
}
