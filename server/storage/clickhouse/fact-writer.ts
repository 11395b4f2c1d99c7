/** The way of a batch into ClickHouse: every insert has returned before it is acknowledged. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Batch, BatchSource, PullCheckpoint, Sink, WriteOutcome } from '../../../ingest/sink.ts';
import { COLUMN, COLUMNS } from '../../../ingest/sink.ts';
import type { ClickHouseOptions } from './connection.ts';
import { storeErrorOf } from './connection.ts';
import { accountOf, checkpointOf, documentsOf } from './documents.ts';
import type { FactTable } from './fact-table.ts';
import { told } from './fact-table.ts';
import { factsOf } from './facts.ts';
import { idsOf } from './identity.ts';

export class FactWriter implements Sink {
  readonly #client: ClickHouseClient;
  readonly #options: ClickHouseOptions;
  readonly #now: () => number;

  constructor(client: ClickHouseClient, options: ClickHouseOptions, now: () => number) {
    this.#client = client;
    this.#options = options;
    this.#now = now;
  }

  /**
   * Resolves when all of it is stored. Rejected, some of it may be: sent again, it is stored once. What of it was known
   * already is not told here: whoever writes knows nothing of the others.
   * @throws StoreError with a sentence for whoever runs ClickHouse.
   */
  async write(batch: Batch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome> {
    const receivedMs = this.#now();
    const accepted = eventsIn(batch);
    const documents = documentsOf(batch, batch.streams.map(idsOf), source, receivedMs);
    await this.store([...documents.map(told), ...factsOf(batch, receivedMs)]);
    const account = accountOf(batch, source, accepted, receivedMs);
    const after = checkpoint === undefined ? account : [...account, checkpointOf(checkpoint)];
    await this.#all(after.map((one) => ({ ...one, token: null })));
    const { ignored } = batch.counts;
    return { accepted, duplicates: 0, ignored, rejected: batch.rejects.length };
  }

  /** The marks last: whoever finds one finds all it stands for. @throws StoreError */
  async store(facts: readonly FactTable[]): Promise<void> {
    await this.#all(facts.filter(({ table }) => table !== 'pending'));
    await this.#all(facts.filter(({ table }) => table === 'pending'));
  }

  async #all(tables: readonly FactTable[]): Promise<void> {
    try {
      await Promise.all(tables.map((one) => this.#insert(one)));
    } catch (error) {
      throw storeErrorOf(error, this.#options);
    }
  }

  async #insert({ table, columns, rows, token }: FactTable): Promise<void> {
    const [first, ...more] = columns;
    if (first === undefined) return;
    await this.#client.insert({
      table,
      columns: [first, ...more],
      values: rows,
      format: 'JSONCompactEachRow',
      // Without a token of ours, equal rows would be taken for a retry.
      clickhouse_settings: { insert_deduplication_token: token ?? randomUUID() },
    });
  }
}

/** Log events and documents that are stored as something. */
function eventsIn(batch: Batch): number {
  const { n, numbers } = batch.invocations;
  let events = 0;
  for (let row = 0; row < n; row += 1) events += numbers[row * COLUMNS + COLUMN.events] ?? 0;
  const { starts, inits, faults, extensions, runtimeDone, feeds } = batch;
  return [starts, inits, faults, extensions, runtimeDone, feeds].reduce((sum, all) => sum + all.length, events);
}
