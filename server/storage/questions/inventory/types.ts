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

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface InventoryQuestions {
  /** Returns the newest configuration facts of each function after id `after`, or the history of one function. */
  inventory(query: {
    readonly functionId?: number | undefined;
    readonly limit: number;
    readonly after?: number | undefined;
  }): Promise<readonly InventoryEntry[]>;
}
