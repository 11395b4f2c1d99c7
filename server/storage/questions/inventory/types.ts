/** Configuration facts of functions. */
import type { FunctionFacts } from '../../../../ingest/records/function-facts.ts';

export interface InventoryEntry {
  readonly functionId: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly fromMs: number;
  readonly confirmedMs: number;
  readonly source: string;
  readonly facts: Omit<FunctionFacts, 'kind' | 'account' | 'region' | 'name'>;
}

export interface InventoryQuery {
  readonly functionId?: number | undefined;
  readonly limit: number;
  /** Where the previous page ended: the id of its last function, or with `functionId` the `fromMs` of its last entry. */
  readonly after?: number | undefined;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface InventoryQuestions {
  /** Returns the newest configuration facts of each function by id, or the history of one, newest first. */
  inventory(query: InventoryQuery): Promise<readonly InventoryEntry[]>;
}
