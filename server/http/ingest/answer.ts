/** Responses of the ingest endpoints: always with a Content-Length, never compressed, as Firehose requires. */
import type * as z from 'zod';
import type { IngestContext } from '../context.ts';
import { fieldErrorsOf } from '../validation.ts';

/** Writes the answer to a request that was not stored, in the form that its sender expects. */
export type Refuse = (context: IngestContext, status: Status, message: string, requestId: string) => Response;

export type Status = 200 | 400 | 401 | 403 | 404 | 405 | 415 | 429 | 500 | 503;

/** A response with exactly the fields that Firehose allows. */
export function firehoseAnswer(context: IngestContext, requestId: string, status: Status, message?: string): Response {
  const body = JSON.stringify({
    requestId,
    timestamp: Math.trunc(context.now()),
    ...(message === undefined ? {} : { errorMessage: message.slice(0, 4000) }),
  });
  return jsonResponse(body, status);
}

/** {@link Refuse} for Firehose, and for all senders without a form of their own. */
export const refuseFirehose: Refuse = (context, status, message, requestId) =>
  firehoseAnswer(context, requestId, status, message);

export function jsonResponse(body: string, status: Status): Response {
  return bytesResponse(new TextEncoder().encode(body), 'application/json', status);
}

export function bytesResponse(body: Uint8Array<ArrayBuffer>, contentType: string, status: Status): Response {
  const headers: Record<string, string> = { 'content-type': contentType, 'content-length': String(body.length) };
  if (status === 503 || status === 429) headers['retry-after'] = '5';
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return new Response(body, { status, headers });
}

/** Closes the connection after the response, so that the rest of the body is not read. */
export function closing(response: Response): Response {
  response.headers.set('connection', 'close');
  return response;
}

/** A 400 that names the rejected query parameter. */
export const badQuery = (context: IngestContext, error: z.ZodError, requestId = ''): Response =>
  badField(context, error, 'query', requestId);

/** A 400 that names the rejected field of the body. */
export const badBody = (context: IngestContext, error: z.ZodError): Response => badField(context, error, 'body', '');

function badField(context: IngestContext, error: z.ZodError, part: 'query' | 'body', requestId: string): Response {
  return firehoseAnswer(context, requestId, 400, fieldMessage(error, part));
}

/** The first rejected field and why. */
export function fieldMessage(error: z.ZodError, part: 'query' | 'body'): string {
  const [first] = fieldErrorsOf(error, part);
  return `${first?.field ?? part}: ${first?.message ?? 'not valid'}`;
}
