/** SQL that counts a line once if it arrived both with and without its log stream. */

/**
 * Condition for rows of a fact table with `stream_id` and `at_ms`: the line has a log stream, or is not stored with one, nor with
 * an exact time if its own is truncated to the second. `same`: SQL of what else two copies of a line have in common. `where` selects
 * the rows to compare with.
 */
export function isOwnLine(table: string, where: string, same: string): string {
  const second = 'intDiv(at_ms, 1000) * 1000';
  const times = `multiIf(stream_id > 0, [at_ms, ${second}], at_ms = ${second}, CAST([], 'Array(Int64)'), [${second}])`;
  return `(stream_id > 0 OR (at_ms, ${same}) NOT IN (SELECT arrayJoin(${times}), ${same} FROM ${table} WHERE ${where}))`;
}
