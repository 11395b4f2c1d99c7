/** Writes the rows of the SQL console as JSON, NDJSON or CSV. */
import type { SqlRowWriter, SqlValue } from '../../storage/sql/rows.ts';
import type { Cell } from '../contract/csv.ts';
import { csvCell } from '../contract/csv.ts';

export function sqlRowWriter(format: 'json' | 'ndjson' | 'csv'): SqlRowWriter {
  switch (format) {
    case 'json':
      return {
        head: (columns) => `{"columns":${JSON.stringify(columns)},"rows":[`,
        row: (values, at) => `${at === 0 ? '' : ','}${JSON.stringify(values.map(cellOf))}`,
        end: (truncated) => `],"truncated":${JSON.stringify(truncated)}}`,
      };
    case 'ndjson': {
      let names: readonly string[] = [];
      return {
        head: (columns) => {
          names = distinct(columns).map((name) => JSON.stringify(name));
          return '';
        },
        row: (values) => `{${values.map((value, at) => `${names[at]}:${JSON.stringify(cellOf(value))}`).join(',')}}\n`,
        end: () => '',
      };
    }
    case 'csv':
      return {
        head: (columns) => `${columns.map(csvCell).join(',')}\r\n`,
        row: (values) => `${values.map((value) => csvCell(cellOf(value))).join(',')}\r\n`,
        end: () => '',
      };
  }
}

/** Integers that a double cannot hold exactly are text, blobs are hexadecimal, and infinities their names. */
function cellOf(value: SqlValue): Cell {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

/** Members of an object need names of their own: the second `n` becomes `n_2`. */
function distinct(columns: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let n = 2; names.includes(name); n += 1) name = `${column}_${n}`;
    names.push(name);
  }
  return names;
}
