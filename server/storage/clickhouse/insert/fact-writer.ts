/** Writes batches to ClickHouse. A batch is acknowledged after all of its inserts have returned. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { ClickHouseError } from '@clickhouse/client';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { recordsIn } from '../../../../ingest/records/dead-letter.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../../ingest/records/sink.ts';
import { ignoredOutcome } from '../../expired-days.ts';
import type { MetricLimits } from '../../metrics/quota.ts';
import { METRIC_OPTIONS } from '../../metrics/quota.ts';
import type { StoreError } from '../../ports.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { storeErrorOf } from '../connection.ts';
import { idsOf } from '../hash-ids.ts';
import { accountOf, checkpointOf, deadLetterRows } from '../ingest-stats.ts';
import { ClickHouseQueryClient } from '../query-client.ts';
import { documentsOf } from './documents.ts';
import { withoutExpired } from './expired.ts';
import type { FactTable, Rows } from './fact-table.ts';
import { factTable, merged, ofImport } from './fact-table.ts';
import { errorDaysOf, factsOf } from './facts.ts';
import { beginImport, documentsOfImport, importCounts, importIdOf } from './imported.ts';
import { KnownFilters } from './known-filters.ts';
import { withKnownScope } from './known-scope.ts';
import { MetricRows } from './metric-rows.ts';
import { rawFacts } from './raw-facts.ts';

/** Deduplicate and index request ids when parts are merged, not while the sender waits. */
const PLAIN = { optimize_on_insert: 0, materialize_skip_indexes_on_insert: 0 } as const;
/** Interval between writes of ingest statistics. */
const STATISTICS_MS = 1000;
/** Approximate rows per group of batches. */
const ROWS_AT_ONCE = 100_000;
/**
 * Wait after a group of batches (ms), and rows that end it early. Senders whose batches were just stored are about to
 * send their next ones, and the fixed cost of an insert is spread over more rows.
 */
export const GROUPING = { ms: 40, rows: 20_000 } as const;

const MOST_ERROR_DAYS = 100_000;
const NO_DAYS: ReadonlySet<string> = new Set();
/** How long a rejected insert is reported by {@link FactWriter.lastError}, unless a later one succeeds. */
const ERROR_MS = 15_000;

interface Waiting {
  readonly facts: readonly FactTable[];
  /** Statistics, written after the facts; every delivery counts. */
  readonly after: readonly FactTable[];
  readonly rows: number;
  resolve(): void;
  reject(error: unknown): void;
}

export class FactWriter {
  #generation = '';
  readonly #client: ClickHouseClient;
  readonly #queries: ClickHouseQueryClient;
  readonly #options: ClickHouseOptions;
  readonly #now: () => number;
  readonly #detailMs: () => number;
  readonly #waiting: Waiting[] = [];
  /** Statistics not written yet. */
  readonly #statistics: Rows[] = [];
  /** Rows of `error_day` that this process has stored: nearly every batch repeats them. */
  readonly #errorDays = new Set<string>();
  readonly #filters: KnownFilters;
  readonly #metrics: MetricRows;
  #unwritten: readonly FactTable[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Writes run one after the other; each retries what the previous one could not write. */
  #lastWrite = Promise.resolve();
  #busy = false;
  #lastRejection: { readonly reason: StoreError; readonly atMs: number } | null = null;
  /** Ends the wait of `#gather` early. */
  #enough: (() => void) | undefined;

  /** `detailMs`: how long single events are kept; forever if absent. */
  constructor(
    client: ClickHouseClient,
    options: ClickHouseOptions,
    now: () => number,
    detailMs: () => number = () => Number.POSITIVE_INFINITY,
    metrics: MetricLimits = METRIC_OPTIONS,
  ) {
    this.#detailMs = detailMs;
    this.#client = client;
    this.#queries = new ClickHouseQueryClient(client, options);
    this.#filters = new KnownFilters(this.#queries);
    this.#metrics = new MetricRows(this.#queries, metrics);
    this.#options = options;
    this.#now = now;
  }

  /** Begins every deduplication token. Changes with each deletion, so that what was deleted can be stored again. */
  get generation(): string {
    return this.#generation;
  }

  set generation(generation: string) {
    // A deletion removes rows of `error_day` too: they must be written again.
    if (generation !== this.#generation) {
      this.#errorDays.clear();
      this.#filters.reset();
      this.#metrics.reset();
    }
    this.#generation = generation;
  }

  /**
   * Resolves when the whole batch is stored. After a rejection, part of it may be stored; a retry does not store it
   * twice. Duplicates of earlier batches are not counted, because writers do not read what is stored.
   * @throws StoreError with a message for the operator of ClickHouse.
   */
  async write(given: Batch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome> {
    const receivedMs = this.#now();
    const placed = await withKnownScope(this.#queries, given);
    const { batch, expired } = await withoutExpired(this.#queries, await this.#filters.decide(placed, receivedMs), {
      nowMs: receivedMs,
      detailMs: this.#detailMs(),
    });
    const { importId } = source;
    const imported = importId === undefined ? null : importIdOf(importId);
    if (importId !== undefined) await beginImport(this.#queries, importId, batch, source, receivedMs);
    // Expired events are counted as ignored: their dead letters do not count as rejected events of this batch.
    const counts = { ...batch.counts, ignored: batch.counts.ignored + expired };
    const counted = { ...batch, counts, deadLetters: given.deadLetters };
    const accepted = eventsIn(batch);
    const metrics = await this.#metrics.of(batch, receivedMs, imported);
    const after = [
      ...metrics.drops,
      ...deadLetterRows(batch, source, receivedMs).map((rows) => ofImport(rows, imported)),
      ...(importId === undefined ? [] : [importCounts(importId, counted, accepted, receivedMs)]),
      ...(checkpoint === undefined ? [] : [checkpointOf(checkpoint)]),
    ];
    const { generation } = this;
    const errorDays = ofImport(errorDaysOf(batch, imported === null ? this.#errorDays : NO_DAYS), imported);
    const tables = [...tablesOf(batch, source, receivedMs), ...metrics.facts.map(factTable)];
    await this.#store(errorDays.rows.length === 0 ? tables : [...tables, factTable(errorDays)], after.map(factTable));
    if (batch.records.some(({ record }) => record.kind === 'function-facts')) this.#filters.reset();
    if (this.#errorDays.size > MOST_ERROR_DAYS) this.#errorDays.clear();
    // What was stored before a deletion may have been deleted.
    if (imported === null && generation === this.generation)
      for (const row of errorDays.rows) this.#errorDays.add(row.join('/'));
    this.#statistics.push(...accountOf(counted, source, { accepted, expired }, receivedMs));
    this.#timer ??= setTimeout(() => void this.#flushStatistics(), STATISTICS_MS);
    return {
      accepted,
      duplicates: 0,
      rejected: recordsIn(given.deadLetters),
      ...ignoredOutcome(batch.counts, expired),
    };
  }

  /** Returns the error of a recent rejected insert (no space, missing grant, too many parts), or null. */
  lastError(): StoreError | null {
    if (this.#lastRejection === null || this.#now() - this.#lastRejection.atMs > ERROR_MS) return null;
    return this.#lastRejection.reason;
  }

  /** Writes ingest statistics at intervals: a killed process loses a second of statistics and no event. */
  #flushStatistics(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastWrite = this.#lastWrite.then(() => this.#writeStatistics());
    return this.#lastWrite;
  }

  async #writeStatistics(): Promise<void> {
    // A retried insert keeps its token.
    const tables = [
      ...this.#unwritten,
      ...merged(
        this.#statistics
          .splice(0)
          .filter(({ rows }) => rows.length > 0)
          .map(factTable),
      ).map(named),
    ];
    this.#unwritten = [];
    const results = await Promise.allSettled(tables.map((table) => this.#insert(table)));
    this.#unwritten = tables.filter((_, at) => results[at]?.status === 'rejected');
  }

  async close(): Promise<void> {
    await this.#flushStatistics();
  }

  /** Stores facts without statistics. @throws StoreError */
  async store(facts: readonly FactTable[]): Promise<void> {
    await this.#store(facts, []);
  }

  /** Batches that arrive during an insert are stored together: an insert costs as much as many rows. */
  #store(facts: readonly FactTable[], after: readonly FactTable[]): Promise<void> {
    const rows = facts.reduce((sum, one) => sum + one.rows, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ facts, after, rows, resolve, reject });
      if (!this.#busy) void this.#work();
      if (this.#isWorthAGroup()) this.#enough?.();
    });
  }

  #isWorthAGroup(): boolean {
    return this.#waiting.reduce((sum, one) => sum + one.rows, 0) >= GROUPING.rows;
  }

  /** Waits briefly for more batches; a single sender is not delayed. `stored`: batches in the last group. */
  async #gather(stored: number): Promise<void> {
    if (stored + this.#waiting.length < 2 || this.#isWorthAGroup()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GROUPING.ms);
      this.#enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#enough = undefined;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const group = this.#next();
      try {
        const facts = merged(group.flatMap((one) => one.facts));
        await this.#all(facts.filter(({ table }) => table !== 'pending'));
        // Insert marks last: a process that finds a mark must find all of its facts.
        await this.#all([
          ...facts.filter(({ table }) => table === 'pending'),
          // Give statistics unique tokens: equal rows of two batches are not retries.
          ...merged(group.flatMap((one) => one.after)).map(named),
        ]);
        this.#lastRejection = null;
        for (const one of group) one.resolve();
      } catch (error) {
        const reason = storeErrorOf(error, this.#options);
        if (error instanceof ClickHouseError) this.#lastRejection = { reason, atMs: this.#now() };
        for (const one of group) one.reject(reason);
      }
      await this.#gather(group.length);
    }
    this.#busy = false;
  }

  #next(): readonly Waiting[] {
    let rows = 0;
    let n = 0;
    while (n < this.#waiting.length && (n === 0 || rows < ROWS_AT_ONCE)) {
      rows += this.#waiting[n]?.rows ?? 0;
      n += 1;
    }
    return this.#waiting.splice(0, n);
  }

  async #all(tables: readonly FactTable[]): Promise<void> {
    // Wait for all inserts, also if one fails, so that none is still running afterwards.
    const results = await Promise.allSettled(tables.map((one) => this.#insert(one)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #insert({ table, columns, format, rows, body, token }: FactTable): Promise<void> {
    if (rows === 0) return;
    const { stream } = await this.#client.exec({
      query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${format}`,
      values: Readable.from(body, { objectMode: false }),
      clickhouse_settings: { ...PLAIN, insert_deduplication_token: `${this.generation}${token}` },
    });
    // The response is empty, but it must be read to free the connection.
    stream.resume();
    await finished(stream);
  }
}

/** Counts the log events and documents of a batch that are stored. */
function eventsIn(batch: Batch): number {
  const { n, numbers } = batch.invocations;
  let events = 0;
  for (let row = 0; row < n; row += 1) events += numbers[row * COLUMNS + COLUMN.events] ?? 0;
  const { starts, inits, faults, extensions, runtimeDone } = batch;
  // The log line of the response was already counted.
  const records = batch.records.filter(({ record }) => record.kind !== 'response');
  return [starts, inits, faults, extensions, runtimeDone, records].reduce((sum, all) => sum + all.length, events);
}

/** Returns the rows of a batch, table by table. `receivedMs`: epoch ms. */
export function tablesOf(batch: Batch, source: BatchSource, receivedMs: number): readonly FactTable[] {
  const ids = batch.streams.map(idsOf);
  const importId = source.importId === undefined ? null : importIdOf(source.importId);
  const documents = documentsOf(batch, source, receivedMs)
    .flatMap((rows) => documentsOfImport(batch, rows, importId))
    .map(factTable);
  return [...documents, ...rawFacts(batch, ids, receivedMs, importId), ...factsOf(batch, receivedMs, importId)];
}

/** Gives the rows a unique token, since equal statistics are not duplicates. */
function named(table: FactTable): FactTable {
  return { ...table, token: randomUUID() };
}
