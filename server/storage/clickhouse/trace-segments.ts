/**
 * Returns each trace segment once. A segment that was both imported and received has two rows, of which the one that ended last
 * counts.
 */
export function segments(where: string): string {
  return `(SELECT * FROM trace_segment FINAL WHERE ${where} ORDER BY ended DESC LIMIT 1 BY trace_key, trace_id, id)`;
}
