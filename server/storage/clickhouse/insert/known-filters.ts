/** Decides which subscription filters pass the errors that runtimes report: by the patterns in the inventory, otherwise as declared. */
import type { Batch, NamedFilter } from '../../../../ingest/records/batch.ts';
import { parseStored, subscriptionFilters } from '../../stored-json.ts';
import { idsOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

type Filters = Readonly<Record<string, boolean>>;

/** Any process may store facts, and the inventory reads them once an hour. */
const MAX_AGE_MS = 300_000;
/** Functions whose filters are cached. */
const CAPACITY = 20_000;

export class KnownFilters {
  readonly #client: ClickHouseQueryClient;
  readonly #known = new Map<number, { readonly filters: Filters; readonly readMs: number }>();

  constructor(client: ClickHouseQueryClient) {
    this.#client = client;
  }

  /** Returns the batch with its filter days converted to error days. One query, if it has functions that were not read lately. @throws StoreError */
  async decide(batch: Batch, nowMs: number): Promise<Batch> {
    if (batch.filterDays.length === 0) return batch;
    const functionIds = batch.streams.map((stream) => idsOf(stream).functionId);
    const functions = [...new Set(batch.filterDays.map(([stream]) => functionIds[stream] ?? 0))];
    await this.#read(
      functions.filter((id) => nowMs - (this.#known.get(id)?.readMs ?? Number.NEGATIVE_INFINITY) > MAX_AGE_MS),
      nowMs,
    );
    const passed = batch.filterDays.filter(([stream, , filters]) => this.#passes(functionIds[stream] ?? 0, filters));
    const errorDays = [...batch.errorDays, ...passed.map(([stream, day]) => [stream, day] as const)];
    return { ...batch, errorDays, filterDays: [] };
  }

  /** Clears the cache: after facts of this process, and after a deletion. */
  reset(): void {
    this.#known.clear();
  }

  #passes(functionId: number, filters: readonly NamedFilter[]): boolean {
    const known = this.#known.get(functionId)?.filters ?? {};
    return filters.some(([name, declared]) => (Object.hasOwn(known, name) ? known[name] : declared));
  }

  async #read(functionIds: readonly number[], nowMs: number): Promise<void> {
    if (functionIds.length === 0) return;
    if (this.#known.size + functionIds.length > CAPACITY) this.#known.clear();
    const rows = await this.#client.all<{ functionId: number; filters: string }>(
      `SELECT function_id AS functionId, argMax(given_filters, at_ms) AS filters FROM (
         SELECT function_id, at_ms, JSONExtractRaw(given, 'subscriptionFilters') AS given_filters FROM inventory_fact
         WHERE function_id IN {functionIds:Array(UInt64)}) WHERE given_filters NOT IN ('', 'null') GROUP BY function_id`,
      { functionIds },
    );
    const stored = new Map(
      rows.map((row) => [
        row.functionId,
        parseStored(subscriptionFilters, row.filters, `inventory_fact of function ${row.functionId}`),
      ]),
    );
    for (const id of functionIds) this.#known.set(id, { filters: stored.get(id) ?? {}, readMs: nowMs });
  }
}
