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
  /** Null for changes beyond `sidesOf` of the query. */
  readonly sides: ChangeSides | null;
} & WhatChanged;

/** From the previous change (`after`: to the next), at most as long as the query says. */
export interface ChangeSides {
  readonly before: Distribution;
  readonly after: Distribution;
}

/** Where a page ended: at a change, or at a level shift, of which no store knows. */
export interface ChangeCursor {
  readonly atMs: number;
  readonly functionId: number;
  readonly source: WhatChanged['source'] | 'level';
}

/** A change without distributions. */
export interface ChangeMark {
  readonly identity: FunctionIdentity;
  readonly atMs: number;
  readonly what: WhatChanged;
}

export interface ChangeMarksQuery extends TimeRange {
  readonly functionId?: number | undefined;
  readonly selected?: readonly number[] | undefined;
  /** Limit of the list, newest first. */
  readonly limit: number;
}

export interface ChangesQuery extends TimeRange {
  readonly functionId?: number | undefined;
  readonly selected?: readonly number[] | undefined;
  /** Limit of the list, newest first. */
  readonly limit: number;
  readonly cursor?: ChangeCursor | undefined;
  /** How many of the items get distributions, from the first one on: each costs two reads of days of rollups. */
  readonly sidesOf: number;
  /** Longest periods that are compared, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly nowMs: number;
}

export interface ChangesPage {
  readonly items: readonly StoredChange[];
  readonly total: number;
  readonly more: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ChangesQuestions {
  /**
   * Returns a page of configuration changes, newest first, with distributions of the time before and after them. `total` counts
   * those of the range, `more` says whether a page follows.
   */
  changes(query: ChangesQuery): Promise<ChangesPage>;
  /** Returns configuration changes, newest first, without distributions. `total` counts those beyond the limit too. */
  changeMarks(query: ChangeMarksQuery): Promise<{ readonly items: readonly ChangeMark[]; readonly total: number }>;
}
