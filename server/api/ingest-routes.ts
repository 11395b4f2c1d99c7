/**
 * The ingest prefix. Every answer has Firehose's strict shape; nothing is acknowledged before it is on disk; 413 is
 * never said, because Firehose drops what gets it; keys are checked before a body is read.
 */
import type { Hono, Context as HonoContext } from 'hono';
import { arnRegion } from '../../ingest/arn.ts';
import type { DecodeRequest } from '../../ingest/decoder.ts';
import { readCommonAttributes } from '../../ingest/envelope/attributes.ts';
import { limits } from '../../ingest/envelope/limits.ts';
import type { Decoded } from '../../ingest/pipeline.ts';
import type { BatchSource, WriteOutcome } from '../../ingest/sink.ts';
import { covers } from './auth.ts';
import { readBody } from './body.ts';
import type { Context } from './context.ts';
import {
  checkpointQuery,
  loadTestQuery,
  rawLogsQuery,
  tracesMissedBody,
  tracesWantedQuery,
} from './contract/ingest.ts';
import { decodeContext } from './decode-context.ts';

type Status = 200 | 400 | 401 | 403 | 404 | 405 | 415 | 429 | 500 | 503;

/** Firehose's answer: exactly these fields, uncompressed, with a length. */
function firehoseAnswer(context: Context, requestId: string, status: Status, message?: string): Response {
  const body = JSON.stringify({
    requestId,
    timestamp: Math.trunc(context.now()),
    ...(message === undefined ? {} : { errorMessage: message.slice(0, 4000) }),
  });
  return jsonResponse(body, status);
}

function jsonResponse(body: string, status: Status): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  if (status === 503 || status === 429) headers['retry-after'] = '5';
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return new Response(body, { status, headers });
}

const ROUTES = ['/ingest/firehose', '/ingest/lambda', '/ingest/logs', '/ingest/load-test', '/ingest/pull'];
const MAX_MISSED_BYTES = 65_536;
const FIREHOSE_ID = 'x-amz-firehose-request-id';

export function mountIngest(app: Hono, context: Context): void {
  const requestId = (c: HonoContext): string => (c.req.header(FIREHOSE_ID) ?? '').slice(0, 1024);
  const guarded = (name: string, handle: (c: HonoContext) => Promise<Response>) => async (c: HonoContext) => {
    const stop = context.metrics.ingestSeconds.startTimer();
    const refused = authorise(context, c);
    const response =
      refused === null
        ? await handle(c).catch((error: unknown) => failed(context, requestId(c), error))
        : firehoseAnswer(context, requestId(c), refused.status, refused.message);
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
  app.get('/ingest/firehose', (c) => firehoseAnswer(context, requestId(c), 200));
  app.all('/ingest/*', (c, next) => {
    // The page of that name is the web client's.
    if (c.req.path === '/ingest') return next();
    const known = ROUTES.includes(c.req.path);
    if (known) return firehoseAnswer(context, requestId(c), 405, `${c.req.method} is not supported here: use POST`);
    return firehoseAnswer(context, requestId(c), 404, `No such ingest route: ${ROUTES.join(', ')}`);
  });
}

/** Null when the key may ingest. Runs before a byte of the body is asked for. */
function authorise(
  context: Context,
  c: HonoContext,
): { readonly status: 401 | 403 | 429; readonly message: string } | null {
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
  c.set('tokenId', principal.tokenId);
  return null;
}

function failed(context: Context, requestId: string, error: unknown): Response {
  context.log.error({ err: error }, 'ingest failed; nothing of the request was stored');
  return firehoseAnswer(context, requestId, 503, 'The request was not stored: send it again');
}

/** Body → decoder → store, with the refusals that every ingest route shares. */
async function ingest(
  context: Context,
  c: HonoContext,
  source: BatchSource,
  request: (body: Uint8Array) => DecodeRequest,
  answer: (decoded: Extract<Decoded, { ok: true }>, outcome: WriteOutcome) => Response,
): Promise<Response> {
  const id = (c.req.header(FIREHOSE_ID) ?? '').slice(0, 1024);
  if (!context.admission.admits()) return closing(firehoseAnswer(context, id, 503, BUSY));
  const read = await readBody(c.req.raw, limits.bodyBytes, context.budget);
  context.metrics.ingestHeldBytes.set(context.budget.heldBytes);
  if (!read.ok) {
    if (read.reason === 'too-large')
      return firehoseAnswer(context, id, 400, `The body is larger than ${limits.bodyBytes} bytes`);
    if (read.reason === 'busy') return firehoseAnswer(context, id, 503, BUSY);
    if (read.reason === 'slow') return closing(firehoseAnswer(context, id, 400, 'The body came too slowly'));
    return firehoseAnswer(context, id, 400, 'The body ended early');
  }
  context.quota.spend(String(c.get('tokenId')), read.body.length);
  // The body moves to another thread, and with it its length.
  const { length } = read.body;
  // Many bodies may have been read at once.
  if (!context.admission.admits()) {
    read.release();
    return firehoseAnswer(context, id, 503, BUSY);
  }
  context.admission.enter(length);
  try {
    const decoded = await context.decoder.decode(request(read.body));
    if (!decoded.ok) return firehoseAnswer(context, id === '' ? decoded.requestId : id, 400, decoded.message);
    const outcome = await context.store.write(decoded.batch, source, decoded.checkpoint);
    count(context, outcome);
    return answer(decoded, outcome);
  } finally {
    context.admission.leave(length);
    read.release();
    context.metrics.ingestHeldBytes.set(context.budget.heldBytes);
  }
}

const BUSY = 'Too much is being stored at once: send it again';

/** The rest of the body is not waited for. */
function closing(response: Response): Response {
  response.headers.set('connection', 'close');
  return response;
}

function count(context: Context, outcome: WriteOutcome): void {
  context.metrics.ingestEvents.inc({ outcome: 'accepted' }, outcome.accepted);
  context.metrics.ingestEvents.inc({ outcome: 'duplicate' }, outcome.duplicates);
  context.metrics.ingestEvents.inc({ outcome: 'ignored' }, outcome.ignored);
  context.metrics.ingestEvents.inc({ outcome: 'rejected' }, outcome.rejected);
}

async function firehose(context: Context, c: HonoContext): Promise<Response> {
  const version = c.req.header('x-amz-firehose-protocol-version');
  const id = (c.req.header(FIREHOSE_ID) ?? '').slice(0, 1024);
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

async function lambda(context: Context, c: HonoContext): Promise<Response> {
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

async function rawLogs(context: Context, c: HonoContext): Promise<Response> {
  const query = rawLogsQuery.safeParse(c.req.query());
  const id = (c.req.header(FIREHOSE_ID) ?? '').slice(0, 1024);
  if (!query.success) {
    const [issue] = query.error.issues;
    return firehoseAnswer(context, id, 400, `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not valid'}`);
  }
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

async function loadTest(context: Context, c: HonoContext): Promise<Response> {
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

/** Events and the position that they move, in one transaction. */
async function pull(context: Context, c: HonoContext): Promise<Response> {
  return ingest(
    context,
    c,
    { kind: 'pull', name: 'CloudWatch Logs' },
    (body) => ({ kind: 'pull', body, context: decodeContext(context, '') }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

async function checkpoint(context: Context, c: HonoContext): Promise<Response> {
  const query = checkpointQuery.safeParse(c.req.query());
  if (!query.success) return badQuery(context, query.error.issues[0]);
  return jsonResponse(JSON.stringify({ checkpoint: await context.store.read.pullCheckpoint(query.data) }), 200);
}

const TRACE_RETRY_MS = 10 * 60_000;
const TRACE_TRIES = 5;

async function tracesWanted(context: Context, c: HonoContext): Promise<Response> {
  const query = tracesWantedQuery.safeParse(c.req.query());
  if (!query.success) return badQuery(context, query.error.issues[0]);
  const items = await context.store.read.tracesWanted({
    fromMs: query.data.since,
    limit: query.data.limit,
    askedBeforeMs: context.now() - TRACE_RETRY_MS,
    maxTries: TRACE_TRIES,
  });
  return jsonResponse(JSON.stringify({ items }), 200);
}

async function tracesMissed(context: Context, c: HonoContext): Promise<Response> {
  const read = await readBody(c.req.raw, MAX_MISSED_BYTES, context.budget);
  if (!read.ok) return firehoseAnswer(context, '', read.reason === 'busy' ? 503 : 400, 'The body cannot be read');
  try {
    const body = tracesMissedBody.safeParse(JSON.parse(Buffer.from(read.body).toString('utf8')));
    if (!body.success) return badQuery(context, body.error.issues[0]);
    await context.store.control.noteTraceAttempts(body.data.traceIds, context.now());
    return jsonResponse(JSON.stringify({ noted: body.data.traceIds.length }), 200);
  } catch (error) {
    if (error instanceof SyntaxError) return firehoseAnswer(context, '', 400, 'body: not JSON');
    throw error;
  } finally {
    read.release();
  }
}

function badQuery(context: Context, issue: { path: PropertyKey[]; message: string } | undefined): Response {
  return firehoseAnswer(context, '', 400, `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not valid'}`);
}
