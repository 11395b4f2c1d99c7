/**
 * Segments of traces, each once: a segment that came by an import and another way is a row for each, of which the one that ended last is
 * the segment.
 */
export function segments(where: string): string {
  return `(SELECT * FROM trace_segment FINAL WHERE ${where} ORDER BY ended DESC LIMIT 1 BY trace_key, trace_id, id)`;
}
