/** What each store holds of one function, in one form, so that the stores can be compared. Without ids. */
import { requestIdText } from '../../ingest/batch/request-id.ts';
import { invocationRows } from '../../server/storage/clickhouse/insert/invocation-rows.ts';
import { isOwnLine } from '../../server/storage/clickhouse/insert/own-line.ts';
import type { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { COUNT_COLUMNS, LEVELS } from '../../server/storage/rollup/bucket.ts';
import type { Subject } from './stored-rows.ts';

type Row = Readonly<Record<string, unknown>>;

export interface StoreRows {
  readonly invocations: readonly Row[];
  readonly environments: readonly Row[];
  readonly inits: readonly Row[];
  readonly faults: readonly Row[];
  readonly functions: readonly Row[];
  readonly rollups: readonly Row[];
}

export function sqliteRowsOf({ db }: Pick<Subject, 'db'>): StoreRows {
  const all = (sql: string): Row[] => db.prepare(sql).all() as Row[];
  const stream = `iif(environment.id > 0, log_stream, '')`;
  return {
    invocations: inOrder(
      all(
        `SELECT ${stream} AS stream, end_ms AS endMs, request_id AS requestId, run_ms AS runMs, duration_us AS durationUs,
           billed_ms AS billedMs, status, cold, user_felt AS felt, invocation.init_us AS initUs, text AS error,
           series.version AS version, series.memory_mb AS memory
         FROM invocation JOIN environment ON environment.id = environment_id JOIN series ON series.id = series_id
           LEFT JOIN label ON label.id = error_type_id`,
      ).map((row) => ({ ...row, requestId: requestIdText(row['requestId'] as Uint8Array) })),
    ),
    environments: inOrder(
      all(
        `SELECT log_stream AS stream, version, memory_mb AS memory, init_start_ms AS initStartMs, init_us AS initUs,
           first_end_ms AS firstEndMs, last_end_ms AS lastEndMs, last_status AS lastStatus, invocations, failures,
           max_memory_mb AS maxMemory, runtime_version AS runtime FROM environment WHERE id > 0`,
      ),
    ),
    inits: inOrder(
      all(
        `SELECT ${stream} AS stream, at_ms AS atMs, kind, duration_us AS durationUs FROM init_event
         JOIN environment ON environment.id = environment_id`,
      ),
    ),
    faults: inOrder(
      all(
        `SELECT ${stream} AS stream, at_ms AS atMs, kind, request_id AS requestId, error_type AS error FROM fault
         JOIN environment ON environment.id = environment_id`,
      ),
    ),
    functions: all('SELECT account, region, memory_mb AS memory, version, runtime_version AS runtime FROM function'),
    rollups: LEVELS.flatMap(({ table }) =>
      inOrder(
        all(
          `SELECT bucket, version, memory_mb AS memory, ${COUNT_COLUMNS.join(', ')}, max_memory_mb FROM ${table}
           JOIN series ON series.id = series_id WHERE n > 0`,
        ),
      ),
    ),
  };
}

/** Ids of all functions of this name: there should be one. */
export async function clickhouseRowsOf(client: ClickHouseQueryClient, name: string): Promise<StoreRows> {
  const ids = `function_id IN (SELECT function_id FROM lambda_function WHERE name = '${name}')`;
  const streams = `(SELECT function_id, stream_id AS environment_id, any(log_stream) AS stream FROM stream_fact WHERE ${ids} GROUP BY function_id, environment_id)`;
  const lines = async (table: string, columns: string, same: string, key: string): Promise<readonly Row[]> =>
    inOrder(
      await client.all<Row>(
        `SELECT if(f.environment_id = 0, '', s.stream) AS stream, ${columns} FROM
           (SELECT *, stream_id AS environment_id FROM ${table} WHERE ${ids} AND ${isOwnLine(table, ids, same)}) AS f
         JOIN ${streams} AS s USING (function_id, environment_id) GROUP BY stream, ${key}`,
      ),
    );
  return {
    invocations: inOrder(
      await client.all<Row>(
        `SELECT if(row.environment_id = 0, '', s.stream) AS stream, end_ms AS endMs, request_id AS requestId, run_ms AS runMs,
           duration_us AS durationUs, billed_ms AS billedMs, judged_status AS status, cold, user_felt AS felt, init_us AS initUs,
           judged_error_type AS error, series_version AS version, memory_mb AS memory
         FROM ${invocationRows(ids)} AS row JOIN ${streams} AS s USING (function_id, environment_id)`,
      ),
    ),
    environments: inOrder(
      await client.all<Row>(
        `SELECT log_stream AS stream, version, memory_mb AS memory, init_start_ms AS initStartMs, init_us AS initUs,
           first_end_ms AS firstEndMs, last_end_ms AS lastEndMs, last_status AS lastStatus, invocations, failures,
           max_memory_mb AS maxMemory, runtime_version AS runtime
         FROM environment FINAL WHERE ${ids} AND environment_id > 0`,
      ),
    ),
    inits: await lines(
      'init_fact',
      'f.at_ms AS atMs, f.kind AS kind, max(f.duration_us) AS durationUs',
      'kind, ifNull(duration_us, 0)',
      'at_ms, kind',
    ),
    faults: await lines(
      'fault_fact',
      'f.at_ms AS atMs, f.kind AS kind, f.request_id AS requestId, max(f.error_type) AS error',
      'kind',
      'at_ms, kind, request_id',
    ),
    functions: (
      await client.all<Row>(
        `SELECT account, region, max(f.latest) AS latest, max(f.runtime) AS runtime FROM lambda_function AS f WHERE ${ids}
         GROUP BY function_id, account, region`,
      )
    ).map(({ latest, runtime, ...row }) => {
      const [memory = null, version = null] = valueIn(latest) ?? [];
      return { ...row, memory: memory || null, version: version || null, runtime: valueIn(runtime) };
    }),
    rollups: (
      await Promise.all(
        LEVELS.map(({ table }) =>
          client.all<Row>(
            `SELECT bucket, version, memory_mb AS memory, ${COUNT_COLUMNS.join(', ')}, max_memory_mb FROM ${table} FINAL
             WHERE ${ids} AND n > 0`,
          ),
        ),
      )
    ).flatMap((rows) =>
      inOrder(
        rows.map((row) => ({
          ...row,
          version: row['version'] === '' ? null : row['version'],
          memory: row['memory'] === -1 ? null : row['memory'],
        })),
      ),
    ),
  };
}

/** The value of versioned text: 13 digits, then JSON. */
function valueIn(text: unknown): readonly unknown[] | null {
  return typeof text === 'string' && text !== '' ? (JSON.parse(text.slice(13)) as unknown[]) : null;
}

function inOrder(rows: readonly Row[]): readonly Row[] {
  const named = rows.map((row) => Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  return named.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
