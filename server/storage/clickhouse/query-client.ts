/** Questions and statements with bound parameters; failures as the port's. */
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { ClickHouseOptions } from './connection.ts';
import { storeErrorOf } from './connection.ts';

/** Bytes: statements name the cells they are about. */
const LONGEST_STATEMENT = '4194304';

/** What `{name:Type}` in a query is bound to. */
export type QueryParameters = Readonly<Record<string, unknown>>;

export class ClickHouseQueryClient {
  readonly raw: ClickHouseClient;
  readonly #options: ClickHouseOptions;
  readonly #under = new Map<string, Promise<unknown>>();
  /** Of one answer: what it asks is asked there. */
  readonly #parent: ClickHouseQueryClient | undefined;

  constructor(client: ClickHouseClient, options: ClickHouseOptions, parent?: ClickHouseQueryClient) {
    this.raw = client;
    this.#options = options;
    this.#parent = parent;
  }

  /** For one answer: its parts share what {@link shared} finds until it is told. */
  forOneQuestion(): ClickHouseQueryClient {
    return new ClickHouseQueryClient(this.raw, this.#options, this);
  }

  /** `settings`: how ClickHouse is to go about it. @throws StoreError */
  async all<T>(query: string, bound: QueryParameters = {}, settings: ClickHouseSettings = {}): Promise<T[]> {
    try {
      const answer = await this.raw.query({
        query,
        query_params: givenOf(bound),
        format: 'JSONEachRow',
        // Ids and times stay within 53 bits.
        clickhouse_settings: { ...settings, output_format_json_quote_64bit_integers: 0 },
      });
      return await answer.json<T>();
    } catch (error) {
      throw storeErrorOf(error, this.#options);
    }
  }

  /** As {@link all}; what is asked at the same time, or again within one answer, is asked once. @throws StoreError */
  shared<T>(query: string, bound: QueryParameters = {}): Promise<readonly T[]> {
    const key = JSON.stringify([query, bound]);
    const under = this.#under.get(key);
    if (under !== undefined) return under as Promise<readonly T[]>;
    const asked =
      this.#parent?.shared<T>(query, bound) ?? this.all<T>(query, bound).finally(() => this.#under.delete(key));
    this.#under.set(key, asked);
    return asked;
  }

  /** @throws StoreError */
  async one<T>(query: string, bound: QueryParameters = {}): Promise<T | undefined> {
    return (await this.all<T>(query, bound))[0];
  }

  /** @throws StoreError */
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

  /** Rows as objects, columns by name. @throws StoreError */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.raw.insert({ table, values: [...rows], format: 'JSONEachRow' });
    } catch (error) {
      throw storeErrorOf(error, this.#options);
    }
  }
}

/** What is not given binds nothing. */
function givenOf(bound: QueryParameters): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bound).filter(([, value]) => value !== undefined && value !== null));
}

/** Epoch ms by the clock of ClickHouse: what is replaced is ordered by one clock only. */
export const NOW_MS = 'toUnixTimestamp64Milli(now64(3))';
