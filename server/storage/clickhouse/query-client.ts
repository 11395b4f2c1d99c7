/** Runs queries and inserts with bound parameters; errors become StoreErrors. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { StoreError } from '../ports.ts';
import type { Restriction } from '../restriction.ts';
import type { ClickHouseOptions } from './connection.ts';
import { storeErrorOf } from './connection.ts';
import { restrictedQuery } from './restricted-tables.ts';

/** Longest statement, bytes: statements list the rollup buckets they recompute. */
const LONGEST_STATEMENT = '4194304';

/** Values of the `{name:Type}` parameters of a query. Undefined and null bind nothing. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** On whose behalf queries run. */
export interface Caller {
  /** Aborted when the client no longer waits for the answers. */
  readonly signal?: AbortSignal | undefined;
  /** What the caller may read; null or absent for everything. */
  readonly restriction?: Restriction | null | undefined;
}

/** Queries and inserts of one ClickHouse database. */
export class ClickHouseQueryClient {
  readonly raw: ClickHouseClient;
  readonly #options: ClickHouseOptions;
  readonly #under = new Map<string, Promise<unknown>>();
  /** The client that created this one for a single question, where shared queries are looked up. */
  readonly #parent: ClickHouseQueryClient | undefined;

  readonly #caller: Caller;

  constructor(
    client: ClickHouseClient,
    options: ClickHouseOptions,
    parent?: ClickHouseQueryClient,
    caller: Caller = {},
  ) {
    this.raw = client;
    this.#options = options;
    this.#parent = parent;
    this.#caller = caller;
  }

  /** Returns a client for one caller. The results of its queries are not shared with those of other clients. */
  onBehalfOf(caller: Caller): ClickHouseQueryClient {
    return new ClickHouseQueryClient(this.raw, this.#options, undefined, caller);
  }

  /** Returns a client for one question: its parts share the results of {@link shared}. */
  forOneQuestion(): ClickHouseQueryClient {
    return new ClickHouseQueryClient(this.raw, this.#options, this, this.#caller);
  }

  /** Returns all rows of a query. `settings` override ClickHouse's settings for this query. @throws StoreError */
  async all<T>(query: string, bound: QueryParameters = {}, settings: ClickHouseSettings = {}): Promise<T[]> {
    const { signal, restriction = null } = this.#caller;
    try {
      const answer = await this.raw.query({
        query: restriction === null ? query : restrictedQuery(query, restriction),
        query_params: givenOf(bound),
        format: 'JSONEachRow',
        // Ids and times fit into 53 bits, so 64-bit integers need not be quoted.
        clickhouse_settings: {
          ...settings,
          output_format_json_quote_64bit_integers: 0,
          // Ends the query on the server too, when the connection is closed.
          ...(signal === undefined ? {} : { cancel_http_readonly_queries_on_client_close: 1 }),
        },
        // A signal for each query: the client leaves its listeners on the signal when the query has ended.
        ...(signal === undefined ? {} : { abort_signal: AbortSignal.any([signal]) }),
      });
      return await answer.json<T>();
    } catch (error) {
      if (signal?.aborted === true) throw new StoreError('abandoned', 'The client no longer waits for the answer.');
      throw storeErrorOf(error, this.#options);
    }
  }

  /** Like {@link all}, but runs identical queries once while they are in flight and within one question. @throws StoreError */
  shared<T>(query: string, bound: QueryParameters = {}): Promise<readonly T[]> {
    const key = JSON.stringify([query, bound]);
    const under = this.#under.get(key);
    if (under !== undefined) return under as Promise<readonly T[]>;
    const result =
      this.#parent?.shared<T>(query, bound) ?? this.all<T>(query, bound).finally(() => this.#under.delete(key));
    this.#under.set(key, result);
    return result;
  }

  /** Returns the first row, or undefined. @throws StoreError */
  async one<T>(query: string, bound: QueryParameters = {}): Promise<T | undefined> {
    return (await this.all<T>(query, bound))[0];
  }

  /** Runs a statement without a result. @throws StoreError */
  async run(query: string, bound: QueryParameters = {}): Promise<void> {
    try {
      await this.raw.command({
        query,
        query_params: givenOf(bound),
        clickhouse_settings: { max_query_size: LONGEST_STATEMENT },
      });
    } catch (error) {
      throw storeErrorOf(error, this.#options);
    }
  }

  /**
   * Inserts rows given as objects with column names as keys. Equal rows merge in the table, so the server must not drop an
   * insert that equals an earlier one: its rows may have been deleted since. @throws StoreError
   */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.raw.insert({
        table,
        values: [...rows],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: randomUUID() },
      });
    } catch (error) {
      throw storeErrorOf(error, this.#options);
    }
  }
}

/** Omits parameters that are undefined or null. */
function givenOf(bound: QueryParameters): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bound).filter(([, value]) => value !== undefined && value !== null));
}

/** Current epoch ms by ClickHouse's clock: versions of replaced rows must be ordered by one clock. */
export const NOW_MS = 'toUnixTimestamp64Milli(now64(3))';
