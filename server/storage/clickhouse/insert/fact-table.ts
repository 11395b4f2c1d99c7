/** Rows to insert into one table: tab-separated text, or RowBinary for large tables. */
import { createHash } from 'node:crypto';

export type Value = string | number | null | Readonly<Record<string, number>>;

export interface FactTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly format: 'TabSeparated' | 'RowBinary';
  /** Number of rows. */
  readonly rows: number;
  readonly body: readonly (string | Buffer)[];
  /** Deduplication token: equal for equal rows, whenever they arrive. */
  readonly token: string;
}

/** Rows before encoding. */
export interface Rows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export const IMPORT_COLUMN = 'import_id';

/** Tables whose rows contain the import that added them. */
export const IMPORTED: ReadonlySet<string> = new Set([
  'stream_fact',
  'invocation_fact',
  'start_fact',
  'init_fact',
  'fault_fact',
  'extension_fact',
  'runtime_fact',
  'raw_fact',
  'log_line',
  'line_stream',
  'volume_fact',
  'error_day',
  'response',
  'durable_line',
  'resource_use',
  'tuning_run',
  'load_test',
  'deploy',
  'inventory_fact',
  'reject',
  'lambda_function',
  'trace_segment',
  'architecture_fact',
  'metric_series',
  'metric_point',
  'metric_value',
]);

/** Columns that deduplication ignores: the time of receipt. */
const TIMES = new Set(['received_ms', 'imported_ms', 'kept']);

export function factTable({ table, columns, rows }: Rows): FactTable {
  const timed = columns.map((name) => TIMES.has(name));
  const hash = createHash('sha256').update(table);
  const lines = rows.map((row) => {
    const texts = row.map(textOf);
    hash.update(texts.filter((_, at) => !timed[at]).join('\t')).update('\n');
    return texts.join('\t');
  });
  const body = [`${lines.join('\n')}\n`];
  return { table, columns, format: 'TabSeparated', rows: rows.length, body, token: hash.digest('hex') };
}

/** Marks rows as added by an import; null: not imported. */
export function ofImport<T extends Rows>(rows: T, importId: number | null): Rows {
  if (importId === null || !IMPORTED.has(rows.table)) return rows;
  return {
    table: rows.table,
    columns: [...rows.columns, IMPORT_COLUMN],
    rows: rows.rows.map((row) => [...row, importId]),
  };
}

/** Returns rows from objects of one shape. */
export function tableOf(table: string, rows: readonly Readonly<Record<string, Value>>[]): Rows {
  const columns = Object.keys(rows[0] ?? {});
  return { table, columns, rows: rows.map((row) => columns.map((name) => row[name] ?? null)) };
}

const SPECIAL = /[\\\t\n\r\0\b\f]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
};

export function textOf(value: Value): string {
  if (value === null) return NULL;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    return SPECIAL.test(value) ? value.replaceAll(/[\\\t\n\r\0\b\f]/g, (char) => ESCAPES[char] ?? char) : value;
  }
  return `{${Object.entries(value)
    .map(([key, n]) => `${key}:${n}`)
    .join(',')}}`;
}

export const NULL = '\\N';

/** Merges rows with the same table and columns. A table that is alone keeps its token. */
export function merged(tables: readonly FactTable[]): readonly FactTable[] {
  const groups = new Map<string, FactTable[]>();
  for (const one of tables) {
    const key = `${one.table} ${one.format} ${one.columns.join()}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) return group;
    const token = createHash('sha256')
      .update(group.map((one) => one.token).join())
      .digest('hex');
    const rows = group.reduce((sum, one) => sum + one.rows, 0);
    return [{ ...first, rows, body: group.flatMap((one) => one.body), token }];
  });
}

export function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** Lambda prints at most three decimals of a millisecond. */
export function micros(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000);
}
