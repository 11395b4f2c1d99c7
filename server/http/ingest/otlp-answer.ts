/**
 * Answers of OTLP/HTTP, in the encoding of the request: Export…ServiceResponse with what was not stored, google.rpc.Status otherwise. Both
 * have two fields: they are written here, so that the main thread loads no library for them.
 */
import type { Status } from './answer.ts';
import { bytesResponse } from './answer.ts';

export type Encoding = 'protobuf' | 'json';

const TYPES: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** The encoding of a body by its Content-Type; null for any other. */
export function encodingOf(contentType: string | undefined): Encoding | null {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === TYPES.json) return 'json';
  return type === TYPES.protobuf || type === 'application/protobuf' ? 'protobuf' : null;
}

export interface PartialSuccess {
  /** Name of the number in JSON. */
  readonly field: 'rejectedSpans' | 'rejectedLogRecords';
  readonly rejected: number;
  readonly message: string;
}

/** 200: what is not rejected is stored. */
export function exportAnswer(encoding: Encoding, partial: PartialSuccess | null): Response {
  if (encoding === 'json') {
    const answer =
      partial === null
        ? {}
        : { partialSuccess: { [partial.field]: String(partial.rejected), errorMessage: partial.message } };
    return response(encoding, new TextEncoder().encode(JSON.stringify(answer)), 200);
  }
  const message =
    partial === null ? [] : lengthDelimited(1, [...numberField(1, partial.rejected), ...textField(2, partial.message)]);
  return response(encoding, Uint8Array.from(message), 200);
}

/** Codes of google.rpc.Code. */
const CODES: Readonly<Record<Exclude<Status, 200>, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};

const MOST_MESSAGE_CHARS = 4000;

export function statusAnswer(encoding: Encoding, status: Exclude<Status, 200>, given: string): Response {
  const message = given.slice(0, MOST_MESSAGE_CHARS);
  const code = CODES[status];
  const body =
    encoding === 'json'
      ? new TextEncoder().encode(JSON.stringify({ code, message }))
      : Uint8Array.from([...numberField(1, code), ...textField(2, message)]);
  return response(encoding, body, status);
}

function response(encoding: Encoding, body: Uint8Array<ArrayBuffer>, status: Status): Response {
  return bytesResponse(body, TYPES[encoding], status);
}

/** A field of type int32 or int64; 0 is left out. */
function numberField(field: number, value: number): readonly number[] {
  return value === 0 ? [] : [field * 8, ...varint(value)];
}

function textField(field: number, text: string): readonly number[] {
  return lengthDelimited(field, [...new TextEncoder().encode(text)]);
}

function lengthDelimited(field: number, bytes: readonly number[]): readonly number[] {
  return [field * 8 + 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return [...bytes, left];
}
