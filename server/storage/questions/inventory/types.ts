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
