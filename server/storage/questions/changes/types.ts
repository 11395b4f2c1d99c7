/** What changed about functions, with how they did before and after. */
import type { Distribution } from '../distribution/types.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { TimeRange } from '../shared-types.ts';

/** What environments were; null where no line says. */
export interface EnvironmentKind {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly extensions: readonly string[];
  readonly runtimeVersionArn: string | null;
}

/** As the lines show it, or as the inventory tells it. */
export type WhatChanged =
  | { readonly source: 'logs'; readonly from: EnvironmentKind; readonly to: EnvironmentKind }
  | {
      readonly source: 'inventory';
      /** Names of facts with what they were and became, as JSON values. */
      readonly facts: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[];
    };

export type StoredChange = {
  readonly identity: FunctionIdentity;
  readonly atMs: number;
  /** Between this change and its neighbours, at most the window asked for. */
  readonly before: Distribution;
  readonly after: Distribution;
} & WhatChanged;

/** A change without how functions did before and after it. */
export interface ChangeMark {
  readonly identity: FunctionIdentity;
  readonly atMs: number;
  readonly what: WhatChanged;
}

export interface ChangeMarksQuery extends TimeRange {
  readonly functionId?: number | undefined;
  /** Newest first. */
  readonly limit: number;
}

export interface ChangesQuery extends TimeRange {
  readonly functionId?: number | undefined;
  /** Newest first. */
  readonly limit: number;
  readonly windowMs: number;
  readonly nowMs: number;
}
