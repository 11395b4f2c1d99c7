/** Reads the request body of an Amazon Data Firehose delivery to an HTTP endpoint. */

import { integer } from '../text/quantities.ts';
import { hasContradiction } from '../text/repeated-members.ts';
import { scanEnvelope } from './firehose-scan.ts';
import type { BodyLimit } from './limits.ts';
import { limits } from './limits.ts';

export interface FirehoseEnvelope {
  readonly requestId: string;
  /** base64, one per record; null where the record is not an object with a `data` string. */
  readonly records: Iterable<string | null>;
}

export type FirehoseResult =
  | { readonly ok: true; readonly envelope: FirehoseEnvelope }
  | { readonly ok: false; readonly requestId: string; readonly message: string; readonly limit?: BodyLimit };

export interface FirehoseHeaders {
  /** `X-Amz-Firehose-Request-Id`, "" when absent. */
  readonly requestId: string;
}

/** Reads the envelope of a body whose content encoding is removed. Fails only if the whole request is unreadable; records are checked one by one later. */
export function readFirehose(bytes: Buffer, headers: FirehoseHeaders): FirehoseResult {
  const failure = (message: string): Extract<FirehoseResult, { ok: false }> => ({
    ok: false,
    requestId: headers.requestId,
    message,
  });
  if (countByte(bytes, 0x7b, limits.envelopeObjects) > limits.envelopeObjects) {
    const message = `body: more than ${integer(limits.envelopeObjects)} opening braces, one for each record; at most ${integer(limits.recordsPerRequest)} records are read`;
    return { ...failure(message), limit: 'too-many-records' };
  }
  if (countByte(bytes, 0x5b, ENVELOPE_ARRAYS) > ENVELOPE_ARRAYS) {
    const message = `body: more than ${ENVELOPE_ARRAYS} opening brackets; expected {"requestId","timestamp","records":[…]}`;
    return failure(message);
  }
  return readEnvelope(bytes, headers.requestId);
}

function readEnvelope(bytes: Buffer, headerId: string): FirehoseResult {
  const scan = scanEnvelope(bytes);
  if (scan !== null)
    return checked(scan.requestId, headerId, scan.spans.length / 2, () => recordsOf(bytes, scan.spans));
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, requestId: headerId, message: 'body: not valid JSON' };
  }
  if (hasContradiction(text, value)) {
    const message = 'body: an object states a member twice, with different values, of which only one would be read';
    return { ok: false, requestId: headerId, message };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, requestId: headerId, message: 'body: expected a JSON object' };
  }
  const { requestId, records } = value as { requestId?: unknown; records?: unknown };
  const count = Array.isArray(records) ? records.length : null;
  return checked(requestId, headerId, count, () => (records as unknown[]).map(dataOf));
}

/** Yields one record at a time, so that the body is not in memory twice. */
function* recordsOf(bytes: Buffer, spans: readonly number[]): Iterable<string> {
  for (let at = 0; at < spans.length; at += 2) yield bytes.toString('latin1', spans[at], spans[at + 1]);
}

function checked(
  requestId: unknown,
  headerId: string,
  count: number | null,
  records: () => Iterable<string | null>,
): FirehoseResult {
  const bodyId = typeof requestId === 'string' ? requestId.slice(0, 1024) : '';
  const echo = headerId !== '' ? headerId : bodyId;
  const failure = (message: string): Extract<FirehoseResult, { ok: false }> => ({
    ok: false,
    requestId: echo,
    message,
  });
  if (headerId === '') return failure('X-Amz-Firehose-Request-Id: header missing');
  if (bodyId === '') return failure('requestId: expected a non-empty string in the body');
  if (bodyId !== headerId) return failure('requestId: the body and X-Amz-Firehose-Request-Id differ');
  if (count === null) return failure('records: expected an array');
  if (count > limits.recordsPerRequest)
    return {
      ...failure(`records: ${integer(count)}; at most ${integer(limits.recordsPerRequest)} are read`),
      limit: 'too-many-records',
    };
  return { ok: true, envelope: { requestId: echo, records: records() } };
}

function dataOf(record: unknown): string | null {
  if (typeof record !== 'object' || record === null) return null;
  const { data } = record as { data?: unknown };
  return typeof data === 'string' ? data : null;
}

/** Opening brackets of an envelope: one, and a few of members that are not known. */
const ENVELOPE_ARRAYS = 100;

/** Counts occurrences of a byte, up to one more than `limit`. */
function countByte(bytes: Buffer, byte: number, limit: number): number {
  let n = 0;
  for (let at = bytes.indexOf(byte); at !== -1 && n <= limit; at = bytes.indexOf(byte, at + 1)) n += 1;
  return n;
}
