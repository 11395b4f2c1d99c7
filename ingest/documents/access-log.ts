/**
 * Reads API Gateway access logs. The user chooses their format: JSON with any member names, or text built from
 * `$context.…` variables. Member names are looked up in {@link AccessLogNames}, which the user can extend.
 */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Json } from './json.ts';
import { isoMs, numberAt, textAt } from './json.ts';

/** Member names that may hold each value; the first match wins. */
export interface AccessLogNames {
  readonly requestId: readonly string[];
  readonly time: readonly string[];
  readonly route: readonly string[];
  readonly status: readonly string[];
  readonly lambdaRequestId: readonly string[];
  readonly integrationLatency: readonly string[];
  readonly responseLatency: readonly string[];
}

/** `$context` variable names, and the names that common samples and frameworks use. */
export const ACCESS_LOG_NAMES: AccessLogNames = {
  requestId: ['requestId', 'request_id', 'extendedRequestId'],
  time: ['requestTimeEpoch', 'requestTime', 'request_time'],
  route: ['routeKey', 'resourcePath', 'route', 'path'],
  status: ['status', 'statusCode'],
  lambdaRequestId: [
    'integrationRequestId',
    'integration.requestId',
    'awsEndpointRequestId',
    'awsEndpointRequestId2',
    'lambdaRequestId',
  ],
  integrationLatency: ['integrationLatency', 'integration.latency', 'integration_latency'],
  responseLatency: ['responseLatency', 'response_latency', 'latency'],
};

/** The format that the console calls CLF. */
export const CLF_FORMAT =
  '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId';

/** Whether the record has the combination of members that only an access log has. */
export function looksLikeAccessLog(record: Json, names: AccessLogNames): boolean {
  return (
    first(names.requestId, record) !== undefined &&
    first(names.status, record) !== undefined &&
    (first(names.integrationLatency, record) !== undefined || first(names.lambdaRequestId, record) !== undefined)
  );
}

/** The time of a request in a log outside of CloudWatch, where no event has one, epoch ms; null for any other record. */
export function accessLogTime(record: Json): number | null {
  return looksLikeAccessLog(record, ACCESS_LOG_NAMES) ? timeOf(first(ACCESS_LOG_NAMES.time, record)) : null;
}

/** The same of a text line: what stands in brackets, as in the console's CLF. */
export function accessLogLineTime(line: string): number | null {
  const text = line.length > LONGEST_LINE ? undefined : CLF_SHAPE.exec(line)?.[0];
  return text === undefined ? null : timeOf(text.slice(1, -1));
}

export function readAccessLog(record: Json, names: AccessLogNames): DocumentResult {
  const at = (candidates: readonly string[]): Json => ({ value: first(candidates, record) });
  const requestId = given(textAt(at(names.requestId), 'value'));
  if (requestId === null) return { ok: false, reason: 'access-log-without-request-id' };
  return {
    ok: true,
    records: [
      {
        kind: 'gateway-request',
        requestId,
        atMs: timeOf(first(names.time, record)),
        route: given(textAt(at(names.route), 'value')),
        status: numberAt(at(names.status), 'value'),
        lambdaRequestId: given(textAt(at(names.lambdaRequestId), 'value')),
        integrationLatencyMs: numberAt(at(names.integrationLatency), 'value'),
        responseLatencyMs: numberAt(at(names.responseLatency), 'value'),
      },
    ],
  };
}

/** API Gateway prints `-` for unknown values. */
function given(text: string | null): string | null {
  return text === null || text === '-' ? null : text;
}

function first(names: readonly string[], record: Json): unknown {
  const name = names.find((candidate) => record[candidate] !== undefined && record[candidate] !== '-');
  return name === undefined ? undefined : record[name];
}

/** Longest text line that is tried as an access log. */
export const LONGEST_LINE = 16_384;
export const CLF_SHAPE = /\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const CLF_TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)$/;

/** Parses epoch seconds or ms, CLF time or ISO 8601 into epoch ms. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return value > 1e11 ? value : value * 1000;
  if (typeof value !== 'string') return null;
  if (/^\d{13}$/.test(value)) return Number(value);
  const clf = CLF_TIME.exec(value);
  if (clf === null) return isoMs(value);
  const month = MONTHS.indexOf(clf[2] ?? '') + 1;
  if (month === 0) return null;
  return isoMs(
    `${clf[3]}-${String(month).padStart(2, '0')}-${clf[1]}T${clf[4]}:${clf[5]}:${clf[6]}${clf[7]}:${clf[8]}`,
  );
}

/** Parses a line; null if it does not match the format. */
export type TextFormat = (line: string) => Json | null;

/**
 * Compiles a format of `$context.…` variables and literal text. A variable matches everything up to the next literal, so
 * parsing takes one pass. Returns null if two variables are adjacent, since their values could not be separated.
 */
export function compileFormat(format: string): TextFormat | null {
  const parts: { readonly name: string; readonly until: string }[] = [];
  const pieces = format.split(/\$context\.([A-Za-z][\w.]{0,80})/);
  const opening = pieces[0] ?? '';
  for (let at = 1; at + 1 < pieces.length; at += 2) {
    const until = pieces[at + 1] ?? '';
    if (until === '' && at + 2 < pieces.length) return null;
    parts.push({ name: pieces[at] ?? '', until });
  }
  return parts.length === 0 ? null : (line) => readFormatted(line.trimEnd(), opening, parts);
}

function readFormatted(
  line: string,
  opening: string,
  parts: readonly { readonly name: string; readonly until: string }[],
): Json | null {
  if (!line.startsWith(opening)) return null;
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = opening.length;
  for (const { name, until } of parts) {
    const end = until === '' ? line.length : line.indexOf(until, at);
    if (end === -1) return null;
    fields[name] = line.slice(at, end);
    at = end + until.length;
  }
  return at === line.length ? fields : null;
}
