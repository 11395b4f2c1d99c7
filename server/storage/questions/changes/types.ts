/** Changes of functions, with distributions before and after each. */
import type { Distribution } from '../distribution/types.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { TimeRange } from '../shared-types.ts';

/** Configuration of environments; null fields are unknown. */
export interface EnvironmentKind {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly extensions: readonly string[];
  readonly runtimeVersionArn: string | null;
  /** The update of $LATEST in force, epoch ms; null if none is known. */
  readonly deployedAtMs: number | null;
}

/** The change, as found in log lines or in the inventory. */
export type WhatChanged =
  | { readonly source: 'logs'; readonly from: EnvironmentKind; readonly to: EnvironmentKind }
  | {
      readonly source: 'inventory';
      /** Changed facts with old and new JSON values. */
      readonly facts: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[];
    };

export type StoredChange = {
  readonly identity: FunctionIdentity;
  readonly atMs: number;
  /** From the previous change (`after`: to the next), at most as long as the query says. */
  readonly before: Distribution;
  readonly after: Distribution;
} & WhatChanged;

/** A change without distributions. */
export interface ChangeMark {
  readonly identity: FunctionIdentity;
  readonly atMs: number;
  readonly what: WhatChanged;
}

export interface ChangeMarksQuery extends TimeRange {
  readonly functionId?: number | undefined;
  /** Limit of the list, newest first. */
  readonly limit: number;
}

export interface ChangesQuery extends TimeRange {
  readonly functionId?: number | undefined;
  /** Limit of the list, newest first. */
  readonly limit: number;
  /** Longest periods that are compared, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly nowMs: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ChangesQuestions {
  /** Returns configuration changes, newest first, each with distributions of the time before and after it. */
  changes(query: ChangesQuery): Promise<{ readonly items: readonly StoredChange[]; readonly total: number }>;
  /** Returns configuration changes, newest first, without distributions. `total` counts those beyond the limit too. */
  changeMarks(query: ChangeMarksQuery): Promise<{ readonly items: readonly ChangeMark[]; readonly total: number }>;
}
