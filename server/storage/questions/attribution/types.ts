/** What derivation reads and writes through the store. */
import type { Cause, CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { DerivedChange } from '../../../analytics/cold-starts/hour.ts';
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
  readonly changes: readonly DerivedChange[];
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

/** Writes of derivation. Each is one transaction. */
export interface AttributionStore {
  /** Judges what has arrived, where that is not done as it is written; what was judged may be pending to derive then. */
  classifyPending(): Promise<void>;
  saveHours(functionId: number, slots: AttributedHours): Promise<void>;
  /** The causes of each function's cold starts are judged again by its window. */
  saveIdleWindows(windows: readonly (AppliedIdleWindow & { readonly functionId: number })[]): Promise<void>;
  /** Inits between the old limit and the new one are classified again, and their hours are to be derived again. */
  saveProactiveThresholds(limits: readonly { readonly functionId: number; readonly limitMs: number }[]): Promise<void>;
}
