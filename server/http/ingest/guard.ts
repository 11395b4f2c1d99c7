/** What every ingest route does before and after its handler: the access key, quotas, and errors that senders retry. */
import type { Context as HonoContext } from 'hono';
import * as z from 'zod';
import { DecodeError } from '../../../ingest/decode/decoder.ts';
import type { Scope } from '../../storage/ports.ts';
import { covers } from '../../storage/role-scopes.ts';
import type { IngestContext } from '../context.ts';
import { parseQuery } from '../validation.ts';
import type { Refuse } from './answer.ts';
import { fieldMessage } from './answer.ts';
import { noteTrouble, requestIdOf } from './upload.ts';

export type IngestHandler = (context: IngestContext, c: HonoContext) => Promise<Response>;

interface GuardedRoute {
  /** In the metric `thermocline_ingest_requests_total`. */
  readonly label: string;
  readonly scope: Scope;
  readonly query: z.ZodType | undefined;
  readonly refuse: Refuse;
}

interface Rejection {
  readonly status: 400 | 401 | 403 | 429 | 503;
  readonly message: string;
}

/** Checks the access key before the handler runs, and turns exceptions into a 503 that senders retry. */
export async function guarded(
  context: IngestContext,
  c: HonoContext,
  { label, scope, query, refuse }: GuardedRoute,
  handle: IngestHandler,
): Promise<Response> {
  const stop = context.metrics.ingestSeconds.startTimer();
  const rejection = authorise(context, c, scope) ?? strayParameter(c, query);
  const response =
    rejection === null
      ? await handle(context, c).catch((error: unknown) => failed(context, c, error, refuse))
      : refuse(context, rejection.status, rejection.message, requestIdOf(c));
  stop();
  context.metrics.ingestRequests.inc({ route: label, status: response.status });
  return response;
}

const NO_QUERY = z.strictObject({});

/**
 * Returns the rejection of a query parameter on a route without any, which would be ignored otherwise. AWS adds none: Firehose
 * sends the URL as it is configured.
 */
function strayParameter(c: HonoContext, query: z.ZodType | undefined): Rejection | null {
  if (query !== undefined) return null;
  const parsed = parseQuery(NO_QUERY, c);
  return parsed.success ? null : { status: 400, message: fieldMessage(parsed.error, 'query') };
}

/** Returns the rejection, or null if the key may ingest. Runs before the body is read. */
function authorise(context: IngestContext, c: HonoContext, needed: Scope): Rejection | null {
  const { headers } = c.req.raw;
  const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const key = headers.get('x-amz-firehose-access-key') ?? headers.get('x-thermocline-key') ?? bearer ?? '';
  const principal = context.auth.byToken(key);
  if (principal === null) {
    return {
      status: 401,
      message:
        'Missing or unknown access key. Send an ingest token in X-Amz-Firehose-Access-Key, X-Thermocline-Key or Authorization: Bearer',
    };
  }
  if (!covers(principal.scope, needed))
    return { status: 403, message: `Scope ${needed} is required; this token has scope ${principal.scope}` };
  if (!context.quota.admits(principal.tokenId)) {
    return { status: 429, message: 'Rate limit exceeded for this key. Retry later' };
  }
  const paused = context.storage.pauseReason();
  if (paused !== null) return { status: 503, message: paused };
  c.set('tokenId', principal.tokenId);
  c.set('tokenName', principal.name);
  c.set('scope', principal.scope);
  return null;
}

function failed(context: IngestContext, c: HonoContext, error: unknown, refuse: Refuse): Response {
  const requestId = requestIdOf(c);
  if (error instanceof DecodeError) noteTrouble(context, c, error.code === 'too-slow' ? 'too-slow' : 'thread-lost');
  if (error instanceof DecodeError && error.code === 'too-slow') {
    context.log.error({ err: error }, 'a body took too long to decode; nothing of it was stored');
    return refuse(context, 503, `${error.message}. Nothing of it was stored`, requestId);
  }
  context.log.error({ err: error }, 'ingest failed; the request was not stored');
  const paused = context.storage.pauseReason();
  return refuse(context, 503, paused ?? 'Failed to store the request. Retry it', requestId);
}
