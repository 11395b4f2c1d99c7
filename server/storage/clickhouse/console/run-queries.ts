/**
 * Runs queries of the SQL console on ClickHouse, as its user and with `readonly`: the syntax tree of each statement is checked before it runs,
 * and ClickHouse ends it at its limits. Nothing has to be granted or created for it.
 */
import { text } from 'node:stream/consumers';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { ClickHouseError } from '@clickhouse/client';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import type { SqlConsole, SqlOutcome, SqlQuery } from '../../ports/sql.ts';
import { SQL_VIEWS } from '../../sql/catalogue.ts';
import { MOST_SQL_BYTES, SqlRefusal } from '../../sql/refusal.ts';
import type { SqlRowWriter } from '../../sql/rows.ts';
import { QueryTurns } from '../../sql/turns.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { connect, storeErrorOf } from '../connection.ts';
import { KNOWN_TABLES } from '../restricted-tables.ts';
import { faultOf } from './faults.ts';
import { readAnswer } from './rows.ts';
import type { Statement } from './statement.ts';
import { readStatement, withQuantiles, withViews } from './statement.ts';
import { checkSyntaxTree } from './syntax-tree.ts';
import { viewStatements } from './views.ts';

export interface ClickHouseConsoleOptions {
  readonly clickhouse: ClickHouseOptions;
  readonly terms: PriceTerms;
  readonly deadlineMs: number;
  /** Memory of ClickHouse for one query. */
  readonly memoryBytes: number;
  readonly writerOf: (format: SqlQuery['format']) => SqlRowWriter;
}

const VIEWS = SQL_VIEWS.map(({ name }) => name);
/** Rows that are computed at once: how far beyond its limits an answer may go. */
const BLOCK_ROWS = 8192;
const EXPLAIN = 'EXPLAIN AST ';

export class ClickHouseConsole implements SqlConsole {
  readonly #options: ClickHouseConsoleOptions;
  readonly #client: ClickHouseClient;
  readonly #turns = new QueryTurns();
  readonly #closing = new AbortController();

  constructor(options: ClickHouseConsoleOptions) {
    this.#options = options;
    // ClickHouse ends a query at its deadline; a server that does not answer is given up a little later.
    this.#client = connect({ ...options.clickhouse, requestTimeoutMs: options.deadlineMs + GRACE_MS });
  }

  async run(query: SqlQuery, signal?: AbortSignal): Promise<SqlOutcome> {
    const ended = await this.#turns.run(signal, () => this.#run(query, signal));
    if (ended === 'busy') return { kind: 'busy', retryAfterSec: Math.ceil(this.#options.deadlineMs / 1000) };
    return ended === 'left' ? { kind: 'abandoned' } : ended;
  }

  close(): void {
    this.#closing.abort();
    void this.#client.close();
  }

  async #run({ sql, limit, format }: SqlQuery, signal: AbortSignal | undefined): Promise<SqlOutcome> {
    const { terms, deadlineMs, memoryBytes, writerOf } = this.#options;
    const left = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const statement = readStatement(sql);
      const tables = await this.#tables(left);
      await this.#check(sql, statement, statement.sql, tables, left);
      const written = withQuantiles(statement);
      if (written !== statement.sql) await this.#check(sql, statement, written, tables, left);
      const names = new Set(statement.tokens.map(({ text }) => text.replaceAll(/["`]/g, '')));
      const views = viewStatements(terms, names.has('log_stream') || names.has('*'));
      const answer = await this.#client.query({
        query: withViews(written, views),
        format: 'JSONCompactEachRowWithNamesAndTypes',
        clickhouse_settings: limitsOf(limit, deadlineMs, memoryBytes),
        abort_signal: left,
      });
      return readAnswer(await answer.text(), writerOf(format), limit, MOST_SQL_BYTES);
    } catch (error) {
      if (left.aborted) return { kind: 'abandoned' };
      if (error instanceof SqlRefusal) return { kind: 'refused', message: error.message, at: error.at };
      return faultOf(error, sql, VIEWS, {
        deadlineMs,
        memoryBytes,
        sentence: () => storeErrorOf(error, this.#options.clickhouse).message,
      });
    }
  }

  /** Names of the tables of the database, which a statement may not use. */
  async #tables(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const answer = await this.#client.query({
      query: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
      format: 'JSONEachRow',
      abort_signal: signal,
    });
    const rows = await answer.json<{ readonly name: string }>();
    return new Set([...KNOWN_TABLES, ...rows.map(({ name }) => name)]);
  }

  /** @throws SqlRefusal by the syntax tree of the statement, or its syntax error */
  async #check(
    given: string,
    { sql, at }: Statement,
    written: string,
    tables: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const placeOf = (name: string): number | null => {
      const found = given.toLowerCase().indexOf(name.toLowerCase(), at);
      return name === '' || found === -1 ? null : found;
    };
    let lines: readonly string[];
    try {
      // Without a format: it would be a part of the statement. Lines of text are the default.
      const { stream } = await this.#client.exec({
        query: EXPLAIN + written,
        abort_signal: signal,
        clickhouse_settings: { readonly: '1' },
      });
      lines = (await text(stream)).split('\n');
    } catch (error) {
      if (!(error instanceof ClickHouseError) || error.code !== SYNTAX_ERROR) throw error;
      const [, position, near = ''] = /failed at position (\d+) \((.*?)\): /s.exec(error.message) ?? [];
      const isEnd = near === 'end of query' || position === undefined;
      const offset = Number(position) - EXPLAIN.length - 1;
      throw new SqlRefusal(
        isEnd ? 'incomplete statement' : `near "${near}": syntax error`,
        isEnd || written !== sql ? null : at + Buffer.from(written).subarray(0, offset).toString().length,
      );
    }
    checkSyntaxTree(lines, tables, VIEWS, placeOf);
  }
}

const GRACE_MS = 2000;
const SYNTAX_ERROR = '62';

/** Settings of a query. With `readonly` no other setting can be changed by the statement. */
function limitsOf(limit: number, deadlineMs: number, memoryBytes: number): ClickHouseSettings {
  return {
    readonly: '1',
    max_execution_time: Math.max(1, Math.ceil(deadlineMs / 1000)),
    timeout_overflow_mode: 'throw',
    max_memory_usage: String(memoryBytes),
    max_bytes_before_external_group_by: '0',
    max_bytes_before_external_sort: '0',
    // One row more says that there are more.
    max_result_rows: String(limit + 1),
    max_result_bytes: String(MOST_SQL_BYTES * 2),
    result_overflow_mode: 'break',
    max_block_size: String(BLOCK_ROWS),
    allow_introspection_functions: 0,
    cancel_http_readonly_queries_on_client_close: 1,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
    join_use_nulls: 0,
  };
}
