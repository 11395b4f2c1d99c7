/** Runs queries and inserts with bound parameters; errors become StoreErrors. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { TupleParam } from '@clickhouse/client';
import { StoreError } from '../ports.ts';
import type { StoreRestriction } from '../restriction.ts';
import type { ClickHouseOptions } from './connection.ts';
import { storeErrorOf } from './connection.ts';
import { quoted, restrictedQuery } from './restricted-tables.ts';

/** Values of the `{name:Type}` parameters of a query. Undefined and null bind nothing. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** On whose behalf queries run. */
export interface Caller {
  /** Aborted when the client no longer waits for the answers. */
  readonly signal?: AbortSignal | undefined;
  /** What the caller may read; null or absent for everything. */
  readonly restriction?: StoreRestriction | null | undefined;
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
    const asked = withListsInText(query, givenOf(bound));
    try {
      const answer = await this.raw.query({
        query: restriction === null ? asked.query : restrictedQuery(asked.query, restriction, this.#options.database),
        query_params: asked.bound,
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
    const asked = withListsInText(query, givenOf(bound));
    try {
      await this.raw.command({ query: asked.query, query_params: asked.bound });
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

/** Lists with more members are written into the statement. */
const LONGEST_BOUND_LIST = 100;

/**
 * The query with its lists in the text, if one is long. ClickHouse rejects requests with a parameter of more than 128 KiB
 * (`http_max_field_value_size`, which the request itself cannot raise): about 7,000 ids of functions. How long a statement may be is a setting
 * of the connection, but beside a long parameter the statement is one too: so no list stays.
 */
function withListsInText(
  query: string,
  bound: Record<string, unknown>,
): { readonly query: string; readonly bound: Record<string, unknown> } {
  const lists = new Map(Object.entries(bound).filter(([, value]) => Array.isArray(value)));
  if (![...lists.values()].some((list) => Array.isArray(list) && list.length > LONGEST_BOUND_LIST))
    return { query, bound };
  const text = query.replaceAll(/\{(\w+):([^{}]+)\}/g, (parameter, name: string, type: string) =>
    lists.has(name) ? `CAST(${quoted(literal(lists.get(name)))}, '${type}')` : parameter,
  );
  return { query: text, bound: Object.fromEntries(Object.entries(bound).filter(([name]) => !lists.has(name))) };
}

/** A value as ClickHouse reads it in text. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`;
  if (value instanceof TupleParam) return `(${value.values.map(literal).join(',')})`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Current epoch ms by ClickHouse's clock: versions of replaced rows must be ordered by one clock. */
export const NOW_MS = 'toUnixTimestamp64Milli(now64(3))';
