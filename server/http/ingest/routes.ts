/**
 * The ingest endpoints. Failures have the shape that Firehose requires. Requests are acknowledged after fsync; 413 is
 * never sent, because Firehose drops data on 413; keys are checked before the body is read.
 */
import type { Hono, Context as HonoContext } from 'hono';
import * as z from 'zod';
import { DecodeError } from '../../../ingest/decode/decoder.ts';
import { readCommonAttributes } from '../../../ingest/formats/attributes.ts';
import { arnRegion } from '../../../ingest/records/arn.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import type { Scope } from '../../storage/ports.ts';
import { covers } from '../../storage/role-scopes.ts';
import type { IngestContext } from '../context.ts';
import { importId } from '../contract/imports.ts';
import { loadTestQuery, rawLogsQuery } from '../contract/ingest.ts';
import { ingestRoutes } from '../contract/ingest-routes.ts';
import type { RouteDeclaration } from '../contract/route.ts';
import { parseQuery } from '../validation.ts';
import { badQuery, fieldMessage, firehoseAnswer, jsonResponse } from './answer.ts';
import { checkpoint, pull, tracesMissed, tracesWanted } from './collector-routes.ts';
import { decodeContext } from './decode-context.ts';
import { ingest, noteTrouble, requestIdOf, scopeOf, sourceNameOf } from './upload.ts';

interface Rejection {
  readonly status: 400 | 401 | 403 | 429 | 503;
  readonly message: string;
}

type IngestHandler = (context: IngestContext, c: HonoContext) => Promise<Response>;

/** Handler of each declared ingest route, with its label in the metric `thermocline_ingest_requests_total`. */
const HANDLERS: Readonly<Record<keyof typeof ingestRoutes, readonly [label: string, handle: IngestHandler]>> = {
  checkFirehose: ['firehose', async (context, c) => firehoseAnswer(context, requestIdOf(c), 200)],
  ingestFirehose: ['firehose', firehose],
  ingestLambda: ['lambda', lambda],
  ingestLogs: ['logs', rawLogs],
  ingestLoadTest: ['load-test', loadTest],
  ingestPull: ['pull', pull],
  getPullCheckpoint: ['pull', checkpoint],
  listTracesToFetch: ['traces', tracesWanted],
  reportMissingTraces: ['traces', tracesMissed],
};

const POST_PATHS = Object.values(ingestRoutes)
  .filter(({ method }) => method === 'post')
  .map(({ path }) => path);

/** Mounts the declared ingest routes. Other methods and paths below /ingest/ are refused in Firehose's shape. */
export function mountIngest(app: Hono, context: IngestContext): void {
  for (const [operationId, [label, handle]] of Object.entries(HANDLERS)) {
    const declared: RouteDeclaration = ingestRoutes[operationId as keyof typeof ingestRoutes];
    const { method, path, scope, query } = declared;
    app.on(method.toUpperCase(), path, (c) =>
      scope === 'public' ? handle(context, c) : guarded(context, c, { label, scope, query }, handle),
    );
  }
  app.all('/ingest/*', (c, next) => {
    // GET /ingest is a page of the web client.
    if (c.req.path === '/ingest') return next();
    if (POST_PATHS.some((path) => path === c.req.path)) {
      return firehoseAnswer(context, requestIdOf(c), 405, `${c.req.method} is not supported. Use POST`);
    }
    return firehoseAnswer(context, requestIdOf(c), 404, `Unknown ingest endpoint. Known: ${POST_PATHS.join(', ')}`);
  });
}

/** Checks the access key before the handler runs, and turns exceptions into a 503 that senders retry. */
async function guarded(
  context: IngestContext,
  c: HonoContext,
  { label, scope, query }: { readonly label: string; readonly scope: Scope; readonly query: z.ZodType | undefined },
  handle: IngestHandler,
): Promise<Response> {
  const stop = context.metrics.ingestSeconds.startTimer();
  const rejection = authorise(context, c, scope) ?? strayParameter(c, query);
  const response =
    rejection === null
      ? await handle(context, c).catch((error: unknown) => failed(context, c, error))
      : firehoseAnswer(context, requestIdOf(c), rejection.status, rejection.message);
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
  const key = headers.get('x-amz-firehose-access-key') ?? bearer ?? '';
  const principal = context.auth.byToken(key);
  if (principal === null) {
    return {
      status: 401,
      message:
        'Missing or unknown access key. Send an ingest token in X-Amz-Firehose-Access-Key or Authorization: Bearer',
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

function failed(context: IngestContext, c: HonoContext, error: unknown): Response {
  const requestId = requestIdOf(c);
  if (error instanceof DecodeError) noteTrouble(context, c, error.code === 'too-slow' ? 'too-slow' : 'thread-lost');
  if (error instanceof DecodeError && error.code === 'too-slow') {
    context.log.error({ err: error }, 'a body took too long to decode; nothing of it was stored');
    return firehoseAnswer(context, requestId, 503, `${error.message}. Nothing of it was stored`);
  }
  context.log.error({ err: error }, 'ingest failed; the request was not stored');
  const paused = context.storage.pauseReason();
  if (paused !== null) return firehoseAnswer(context, requestId, 503, paused);
  return firehoseAnswer(context, requestId, 503, 'Failed to store the request. Retry it');
}

async function firehose(context: IngestContext, c: HonoContext): Promise<Response> {
  const version = c.req.header('x-amz-firehose-protocol-version');
  const id = requestIdOf(c);
  if (version !== undefined && version !== '1.0') {
    return firehoseAnswer(
      context,
      id,
      400,
      `X-Amz-Firehose-Protocol-Version: expected 1.0, got ${version.slice(0, 32)}`,
    );
  }
  const arn = c.req.header('x-amz-firehose-source-arn') ?? null;
  // Invalid attributes are counted; data is never refused because of them.
  const attributes = readCommonAttributes(c.req.header('x-amz-firehose-common-attributes'));
  if (attributes === undefined) context.metrics.ignoredAttributes.inc();
  const headers = { requestId: id };
  const decode = { ...decodeContext(context, arnRegion(arn) ?? '', scopeOf(c)), attributes: attributes ?? null };
  return ingest(
    context,
    c,
    { kind: declaredKind(c, 'firehose'), name: (arn ?? 'unnamed stream').slice(0, 512) },
    (body) => {
      if (context.requestIds.isReused(id, body)) context.metrics.requestIdReuse.inc();
      return { kind: 'firehose', body, headers, context: decode };
    },
    (decoded) => firehoseAnswer(context, decoded.requestId, 200),
  );
}

/** The source kind that our CLI declares, so that imports of old files do not count as delivery lag. */
function declaredKind(c: HonoContext, otherwise: 'firehose' | 'logs'): BatchSource['kind'] {
  const declared = c.req.header('x-thermocline-source');
  return declared === 'demo' || declared === 'import' || declared === 'traces' ? declared : otherwise;
}

async function lambda(context: IngestContext, c: HonoContext): Promise<Response> {
  const region = (c.req.header('x-thermocline-region') ?? '').slice(0, 64);
  const decode = decodeContext(context, region, scopeOf(c));
  return ingest(
    context,
    c,
    { kind: 'lambda', name: (c.req.header('user-agent') ?? 'unknown').slice(0, 200) },
    (body) => ({ kind: 'lambda', body, context: decode }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

async function rawLogs(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = parseQuery(rawLogsQuery, c);
  if (!query.success) return badQuery(context, query.error, requestIdOf(c));
  const { function: functionName, logGroup, ...rest } = query.data;
  const given = logGroup === '' && functionName !== undefined ? `/aws/lambda/${functionName}` : logGroup;
  const source = { ...rest, logGroup: given };
  const id = importId.optional().safeParse(c.req.header('x-thermocline-import'));
  if (!id.success) {
    const message = `X-Thermocline-Import: ${id.error.issues[0]?.message ?? 'not an id'}`;
    return firehoseAnswer(context, requestIdOf(c), 400, message);
  }
  const name = sourceNameOf(c) ?? source.logGroup.slice(0, 200);
  return ingest(
    context,
    c,
    { kind: declaredKind(c, 'logs'), name, ...(id.data === undefined ? {} : { importId: id.data }) },
    (body) => ({
      kind: 'logs',
      body,
      source,
      context: decodeContext(context, source.region, scopeOf(c)),
    }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

async function loadTest(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = parseQuery(loadTestQuery, c);
  if (!query.success) return badQuery(context, query.error);
  const { function: functionName = null, tool } = query.data;
  return ingest(
    context,
    c,
    { kind: declaredKind(c, 'logs'), name: `load test ${tool}` },
    (body) => ({ kind: 'load-test', body, functionName, context: decodeContext(context, '', scopeOf(c)) }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}
