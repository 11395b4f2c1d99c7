/**
 * Searches of log lines by a peer, in a process of its own: DuckDB reads the NDJSON with LIKE, ClickHouse a table that it was loaded into, with an
 * index of words. Prints one JSON object.
 */
import { join } from 'node:path';
import { requirePeer } from './peer-packages.ts';

export interface PeerOrder {
  readonly engine: 'duckdb' | 'clickhouse';
  /** Of the product. */
  readonly root: string;
  /** For the files of the peer. */
  readonly folder: string;
  /** Lines: `ts` (epoch ms), `fn`, `stream` and `message`. */
  readonly file: string;
  /** Texts to search for, by the name of the search. */
  readonly searches: Readonly<Record<string, readonly string[]>>;
}

export interface PeerFigures {
  /** What loading took; null where nothing is loaded. */
  readonly loadCpuSeconds: number | null;
  readonly bytes: number | null;
  readonly searches: Readonly<Record<string, PeerSearch>>;
}

export interface PeerSearch {
  readonly times: readonly number[];
  readonly cpuSeconds: number;
  readonly items: number;
}

type Query = (sql: string) => Promise<readonly unknown[]>;

const order = JSON.parse(process.argv[2] ?? '') as PeerOrder;
const PAGE = 50;
const COLUMNS = 'ts, fn, stream, message';

async function duckdb(): Promise<{ readonly query: Query; readonly table: string }> {
  interface Connection {
    runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
  }
  const { DuckDBInstance } = requirePeer(order.root, '@duckdb/node-api@1.5.6-r.1') as {
    DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
  };
  const connection = await (await DuckDBInstance.create(join(order.folder, 'logs.duckdb'))).connect();
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRows(),
    table: `read_ndjson('${order.file}', columns = {ts: 'BIGINT', fn: 'VARCHAR', stream: 'VARCHAR', message: 'VARCHAR'})`,
  };
}

function clickhouse(): { readonly query: Query; readonly table: string } {
  const { Session } = requirePeer(order.root, 'chdb@3.4.0') as {
    Session: new (path: string) => { query(sql: string, format: string): string };
  };
  const session = new Session(join(order.folder, 'logs.chdb'));
  return {
    query: (sql) => {
      const text = session.query(sql, 'JSONCompactEachRow');
      return Promise.resolve(
        text
          .split('\n')
          .filter((row) => row !== '')
          .map((row): unknown => JSON.parse(row)),
      );
    },
    table: 'logs.line',
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function load(query: Query): Promise<Pick<PeerFigures, 'loadCpuSeconds' | 'bytes'>> {
  if (order.engine === 'duckdb') return { loadCpuSeconds: null, bytes: null };
  const before = cpuSeconds();
  await query('CREATE DATABASE logs');
  // The index that the product's own table has (docs/decisions/0027).
  await query(`CREATE TABLE logs.line (ts Int64 CODEC(Delta, ZSTD), fn LowCardinality(String), stream LowCardinality(String), message String CODEC(ZSTD),
    INDEX words lower(message) TYPE tokenbf_v1(16384, 5, 0) GRANULARITY 1) ENGINE = MergeTree ORDER BY ts`);
  await query(
    `INSERT INTO logs.line SELECT ${COLUMNS} FROM file('${order.file}', JSONEachRow, 'ts Int64, fn String, stream String, message String')`,
  );
  const loadCpuSeconds = cpuSeconds() - before;
  const [row] = await query(
    `SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'logs' AND table = 'line'`,
  );
  return { loadCpuSeconds, bytes: Number((row as readonly unknown[])[0]) };
}

const { query, table } = order.engine === 'duckdb' ? await duckdb() : clickhouse();
const loaded = await load(query);
const message = order.engine === 'duckdb' ? 'message' : 'lower(message)';
const searches: Record<string, PeerSearch> = {};
for (const [name, texts] of Object.entries(order.searches)) {
  const times: number[] = [];
  const before = cpuSeconds();
  let items = 0;
  for (const text of texts) {
    const began = performance.now();
    const rows = await query(
      `SELECT ${COLUMNS} FROM ${table} WHERE ${message} LIKE '%${text}%' ORDER BY ts DESC LIMIT ${PAGE}`,
    );
    times.push(performance.now() - began);
    items = Math.max(items, rows.length);
  }
  searches[name] = { times, cpuSeconds: cpuSeconds() - before, items };
}
process.stdout.write(`\n${JSON.stringify({ ...loaded, searches } satisfies PeerFigures)}`);
