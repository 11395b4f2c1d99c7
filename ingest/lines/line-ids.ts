/** The request and the trace that a line names. */
import { describeAppLine } from './app-line.ts';

export interface LineIds {
  readonly requestId: string | null;
  readonly traceId: string | null;
}

const REQUEST = /\bRequestId: ([\w-]{1,128})/;
/** Lines about a timeout and about a killed process begin with the time and the id alone. */
const LEADING_REQUEST = /^\d{4}-\d\d-\d\dT[\d:.]{8,15}Z ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}) /;
/** The layout that AWS documents for Log4j: time, id, level. */
const TIMED_REQUEST =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?[ \t]{1,4}([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})[ \t]{1,4}[A-Z]{4,7}[ \t]/;
const JSON_REQUEST = /"requestId"\s*:\s*"([\w-]{1,128})"/;
const TRACE = /\bXRAY TraceId: (1-[0-9a-f]{8}-[0-9a-f]{24})/;
const JSON_TRACE = /"(?:xrayTraceId|traceId|value)"\s*:\s*"(?:Root=)?(1-[0-9a-f]{8}-[0-9a-f]{24})/;

/** `isPlatform`: the Lambda service wrote the line. */
export function lineIds(message: string, isPlatform: boolean): LineIds {
  if (!isPlatform) {
    const { requestId, xrayTraceId } = describeAppLine(message);
    // Errors of runtimes carry the id in their text.
    return {
      requestId: requestId ?? (REQUEST.exec(message) ?? TIMED_REQUEST.exec(message))?.[1] ?? null,
      traceId: xrayTraceId,
    };
  }
  const isJson = message.trimStart().startsWith('{');
  const request = isJson ? JSON_REQUEST.exec(message) : (REQUEST.exec(message) ?? LEADING_REQUEST.exec(message));
  return {
    requestId: request?.[1] ?? null,
    traceId: (isJson ? JSON_TRACE : TRACE).exec(message)?.[1] ?? null,
  };
}
