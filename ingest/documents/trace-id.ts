/** Converts between the two formats of trace ids: X-Ray's, and the 32 hex digits of W3C and OpenTelemetry. */

/** A trace id in X-Ray's format; null if the text is in neither format. */
export function xrayTraceId(text: string | null): string | null {
  if (text === null) return null;
  if (/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(text)) return text;
  return /^[0-9a-f]{32}$/.test(text) ? `1-${text.slice(0, 8)}-${text.slice(8)}` : null;
}

/** Digits of the id of a segment, subsegment or span: 64 bits in hexadecimal digits (X-Ray's segment documents; W3C Trace Context). */
export const SPAN_ID_CHARS = 16;

/** Whether an id is longer than X-Ray and OpenTelemetry write one: each subsegment repeats that of its parent. */
export function isLongId(id: string | null): boolean {
  return id !== null && id.length > SPAN_ID_CHARS;
}
