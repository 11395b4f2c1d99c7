/**
 * The ingest prefix. Every answer has Firehose's strict shape; nothing is acknowledged before it is on disk; 413 is
 * never said, because Firehose drops what gets it; keys are checked before a body is read.
 */
import type { Hono, Context as HonoContext } from 'hono';
import { readCommonAttributes } from '../../../ingest/formats/attributes.ts';
import { arnRegion } from '../../../ingest/records/arn.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import { covers } from '../access/auth.ts';
import type { IngestContext } from '../context.ts';
import { loadTestQuery, rawLogsQuery } from '../contract/ingest.ts';
import { badQuery, firehoseAnswer, jsonResponse } from './answer.ts';
import { checkpoint, pull, tracesMissed, tracesWanted } from './collector-routes.ts';
import { decodeContext } from './decode-context.ts';
import { ingest, requestIdOf } from './upload.ts';

const ROUTES = ['/ingest/firehose', '/ingest/lambda', '/ingest/logs', '/ingest/load-test', '/ingest/pull'];

export function mountIngest(app: Hono, context: IngestContext): void {
  const guarded = (name: string, handle: (c: HonoContext) => Promise<Response>) => async (c: HonoContext) => {
    const stop = context.metrics.ingestSeconds.startTimer();
    const refused = authorise(context, c);
    const response =
      refused === null
        ? await handle(c).catch((error: unknown) => failed(context, requestIdOf(c), error))
        : firehoseAnswer(context, requestIdOf(c), refused.status, refused.message);
    stop();
    context.metrics.ingestRequests.inc({ route: name, status: response.status });
    return response;
  };
  app.post(
    '/ingest/firehose',
    guarded('firehose', (c) => firehose(context, c)),
  );
  app.post(
    '/ingest/lambda',
    guarded('lambda', (c) => lambda(context, c)),
  );
  app.post(
    '/ingest/logs',
    guarded('logs', (c) => rawLogs(context, c)),
  );
  app.post(
    '/ingest/load-test',
    guarded('load-test', (c) => loadTest(context, c)),
  );
  app.post(
    '/ingest/pull',
    guarded('pull', (c) => pull(context, c)),
  );
  app.get(
    '/ingest/pull/checkpoint',
    guarded('pull', (c) => checkpoint(context, c)),
  );
  app.get(
    '/ingest/traces/wanted',
    guarded('traces', (c) => tracesWanted(context, c)),
  );
  app.post(
    '/ingest/traces/missed',
    guarded('traces', (c) => tracesMissed(context, c)),
  );
  app.get('/ingest/firehose', (c) => firehoseAnswer(context, requestIdOf(c), 200));
  app.all('/ingest/*', (c, next) => {
    // The page of that name is the web client's.
    if (c.req.path === '/ingest') return next();
    const known = ROUTES.includes(c.req.path);
    if (known) return firehoseAnswer(context, requestIdOf(c), 405, `${c.req.method} is not supported here: use POST`);
    return firehoseAnswer(context, requestIdOf(c), 404, `No such ingest route: ${ROUTES.join(', ')}`);
  });
}

/** Null when the key may ingest. Runs before a byte of the body is asked for. */
function authorise(
  context: IngestContext,
  c: HonoContext,
): { readonly status: 401 | 403 | 429 | 503; readonly message: string } | null {
  const { headers } = c.req.raw;
  const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const key = headers.get('x-amz-firehose-access-key') ?? bearer ?? '';
  const principal = context.auth.byToken(key);
  if (principal === null) {
    return {
      status: 401,
      message:
        'The access key is missing or not known: expected an ingest token in X-Amz-Firehose-Access-Key or Authorization: Bearer',
    };
  }
  if (!covers(principal.scope, 'ingest'))
    return { status: 403, message: `A token of scope ${principal.scope} may not ingest` };
  if (!context.quota.admits(principal.tokenId)) {
    return { status: 429, message: 'This key sends more than its quota: send again a little later' };
  }
  const paused = context.storage.refusal();
  if (paused !== null) return { status: 503, message: paused };
  c.set('tokenId', principal.tokenId);
  return null;
}

function failed(context: IngestContext, requestId: string, error: unknown): Response {
  context.log.error({ err: error }, 'ingest failed; nothing of the request was stored');
  return firehoseAnswer(context, requestId, 503, 'The request was not stored: send it again');
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
  // One that cannot be read is counted, never a reason to refuse data.
  const attributes = readCommonAttributes(c.req.header('x-amz-firehose-common-attributes'));
  if (attributes === undefined) context.metrics.ignoredAttributes.inc();
  const headers = { requestId: id, contentEncoding: (c.req.header('content-encoding') ?? '').trim().toLowerCase() };
  const decode = { ...decodeContext(context, arnRegion(arn) ?? ''), attributes: attributes ?? null };
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

/** Headers carry names percent-encoded. */
function sourceName(header: string | undefined): string | null {
  try {
    return header === undefined ? null : decodeURIComponent(header).slice(0, 200);
  } catch {
    return null;
  }
}

/** Our own commands say what they bring, so that old files do not count as slow delivery. */
function declaredKind(c: HonoContext, otherwise: 'firehose' | 'logs'): BatchSource['kind'] {
  const declared = c.req.header('x-thermocline-source');
  return declared === 'demo' || declared === 'import' || declared === 'traces' ? declared : otherwise;
}

async function lambda(context: IngestContext, c: HonoContext): Promise<Response> {
  const region = (c.req.header('x-thermocline-region') ?? '').slice(0, 64);
  const decode = decodeContext(context, region);
  return ingest(
    context,
    c,
    { kind: 'lambda', name: (c.req.header('user-agent') ?? 'unknown').slice(0, 200) },
    (body) => ({ kind: 'lambda', body, context: decode }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

async function rawLogs(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = rawLogsQuery.safeParse(c.req.query());
  if (!query.success) return badQuery(context, query.error.issues[0], requestIdOf(c));
  const { function: name, logGroup, ...rest } = query.data;
  const source = { ...rest, logGroup: logGroup === '' && name !== undefined ? `/aws/lambda/${name}` : logGroup };
  const kind = declaredKind(c, 'logs');
  return ingest(
    context,
    c,
    { kind, name: sourceName(c.req.header('x-thermocline-source-name')) ?? source.logGroup.slice(0, 200) },
    (body) => ({
      kind: 'logs',
      body,
      source,
      context: decodeContext(context, source.region),
    }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

async function loadTest(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = loadTestQuery.safeParse(c.req.query());
  if (!query.success) return badQuery(context, query.error.issues[0]);
  const { function: functionName = null, tool } = query.data;
  return ingest(
    context,
    c,
    { kind: declaredKind(c, 'logs'), name: `load test ${tool}` },
    (body) => ({ kind: 'load-test', body, functionName, context: decodeContext(context, '') }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}
