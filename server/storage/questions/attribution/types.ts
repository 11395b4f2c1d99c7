/** What derivation reads and writes through the store. */
import type { Cause, CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { AttributedChange } from '../../../analytics/cold-starts/hour.ts';
import type { IdleTimes, IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';

/** An hour of a function whose rows changed since it was derived. */
export interface StaleHour {
  readonly functionId: number;
  readonly hourMs: number;
  readonly changes: number;
  readonly sinceMs: number;
  /** Invocations when it was last derived; null when it never was. */
  readonly runs: number | null;
}

/** A cold start with its verdict, ready to be stored. */
export interface ColdStartRow {
  readonly endMs: number;
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
  readonly seriesId: number;
  readonly atMs: number;
  readonly kind: ColdStartKind;
  readonly userFelt: boolean;
  readonly cause: Cause;
  readonly initMs: number | null;
  /** The line's billed duration holds the init. */
  readonly initBilled: boolean;
  readonly durationMs: number;
  readonly failed: boolean;
  /** From the end of init to START; negative where clocks disagree. */
  readonly platformMs: number | null;
  readonly loop: number;
  readonly evidence: CauseEvidence;
}

/** One note that an hour has to be derived. */
export interface StaleMark {
  readonly at: string;
  readonly item: number;
  readonly mark: number;
  readonly n: number;
}

/** One hour, derived. */
export interface AttributedHour {
  readonly hourMs: number;
  /** Changes that were known when it was read; those that came since remain to be derived. */
  readonly changesSeen: number;
  /** How the store tells what was seen, where a number does not; it is given back as it is. */
  readonly seen?: readonly StaleMark[];
  /** Invocations that have not settled yet. */
  readonly unsettled: number;
  readonly runs: number;
  readonly idleTimes: string;
  readonly carryOut: string;
  readonly coldStarts: readonly ColdStartRow[];
  readonly changes: readonly AttributedChange[];
}

export interface AttributedHours {
  readonly hours: readonly AttributedHour[];
  /** An hour that must follow, because what came before it changed; null when none does. */
  readonly nextHourMs: number | null;
}

/** Idle times of one function over the newest weeks, and the window its causes are judged by now. */
export interface FunctionIdleTimes {
  readonly functionId: number;
  readonly times: IdleTimes;
  readonly window: AppliedIdleWindow | null;
}

export interface AppliedIdleWindow {
  readonly window: IdleWindow | null;
  readonly source: 'own' | 'fleet';
}

/** How long before START the on-demand inits of a function ended, ms, and the limit that proactive ones are told by now. */
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
  }): Promise<AttributedHours>;
  /** Returns idle times of all functions over their newest two weeks, with the idle window in use. */
  idleTimes(query: Record<string, never>): Promise<readonly FunctionIdleTimes[]>;
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
