/** Reads an answer of ClickHouse (JSONCompactEachRowWithNamesAndTypes) and writes its rows, within limits of rows and bytes. */
import * as z from 'zod';
import type { SqlRows } from '../../ports/sql.ts';
import type { SqlRowWriter, SqlValue } from '../../sql/rows.ts';

const line = z.array(z.unknown());
const names = z.array(z.string());
const PIECE_BYTES = 65_536;
const encoder = new TextEncoder();

/** @throws SyntaxError if the answer is not of that form */
export function readAnswer(answer: string, writer: SqlRowWriter, limit: number, mostBytes: number): SqlRows {
  const lines = answer.split('\n').filter((text) => text !== '');
  const columns = names.parse(JSON.parse(lines[0] ?? '[]'));
  const types = names.parse(JSON.parse(lines[1] ?? '[]'));
  const body: Uint8Array<ArrayBuffer>[] = [];
  let text = writer.head(columns);
  let [bytes, rows] = [0, 0];
  let truncated: 'rows' | 'bytes' | null = null;
  const flush = (): void => {
    const piece = encoder.encode(text);
    bytes += piece.length;
    text = '';
    body.push(piece);
  };
  for (const one of lines.slice(2)) {
    if (rows === limit) truncated = 'rows';
    else {
      const values = line.parse(JSON.parse(one)).map((value, at) => sqlValue(value, types[at] ?? ''));
      const row = writer.row(values, rows);
      // A character is at least a byte: pieces are counted exactly, the rest by its characters.
      if (bytes + text.length + row.length > mostBytes) truncated = 'bytes';
      else text += row;
    }
    if (truncated !== null) break;
    rows += 1;
    if (text.length >= PIECE_BYTES) flush();
  }
  text += writer.end(truncated);
  flush();
  return { kind: 'rows', rows, truncated, body };
}

const INTEGER = /^(?:LowCardinality\()?(?:Nullable\()?U?Int(?:64|128|256)\b/;
const FLOAT = /^(?:LowCardinality\()?(?:Nullable\()?(?:Float|Decimal|BFloat)/;
/** Infinities and what is no number, as ClickHouse quotes them. */
const DENORMALS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
  '-nan': Number.NaN,
};

/** Integers beyond 2^53 are bigints, booleans 0 or 1; lists and maps are JSON. */
function sqlValue(value: unknown, type: string): SqlValue {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  if (INTEGER.test(type)) return BigInt(value);
  return FLOAT.test(type) ? (DENORMALS[value] ?? Number(value)) : value;
}
