/**
 * Rows of integers in one text. A value that crosses from SQLite into JavaScript costs several times what it costs to read; as
 * digits of a text it costs less than half of that.
 */
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';

/** Aggregate function: all rows as a JSON array of arrays. No value may be NULL or a fraction. `values` is a list. */
export function numberRows(values: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`json_group_array(json_array(${values}))`;
}

const [MINUS, ZERO, NINE] = [45, 48, 57];

/**
 * Reads as many integers as `into` has places, each followed by one other character, from a position of the text. Returns the
 * position after that. The first row of {@link numberRows} begins at 2; before the next one are two characters.
 */
export function readNumbers(text: string, from: number, into: Float64Array): number {
  let at = from;
  for (let index = 0; index < into.length; index += 1) {
    const isNegative = text.charCodeAt(at) === MINUS;
    if (isNegative) at += 1;
    let value = 0;
    for (let char = text.charCodeAt(at); char >= ZERO && char <= NINE; char = text.charCodeAt(at)) {
      value = value * 10 + (char - ZERO);
      at += 1;
    }
    into[index] = isNegative ? -value : value;
    at += 1;
  }
  return at;
}

/** Calls `visit` for each row of {@link numberRows}, which has as many values as `into`. They are in `into` until the next row. */
export function forEachNumberRow(rows: string, into: Float64Array, visit: () => void): void {
  // Every row begins with a bracket; a comma or the last bracket follows it.
  for (let at = 1; at < rows.length - 1; at += 1) {
    at = readNumbers(rows, at + 1, into);
    visit();
  }
}
