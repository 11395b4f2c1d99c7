/**
 * The ingest endpoints. Failures have the shape that Firehose requires. Requests are acknowledged after fsync; 413 is
 * never sent, because Firehose drops data on 413; keys are checked before the body is read.
 */
import type { Hono, Context as HonoContext } from 'hono';
import { readCommonAttributes } from '../../../ingest/formats/attributes.ts';
import { arnRegion } from '../../../ingest/records/arn.ts';
import type { BatchSource } from '../../../ingest/records/sink.ts';
import type { IngestContext } from '../context.ts';
import { importId } from '../contract/imports.ts';
import { loadTestQuery, rawLogsQuery } from '../contract/ingest.ts';
import { ingestRoutes } from '../contract/ingest-routes.ts';
import type { RouteDeclaration } from '../contract/route.ts';
import { parseQuery } from '../validation.ts';
import { badQuery, firehoseAnswer, jsonResponse, refuseFirehose } from './answer.ts';
import { checkpoint, pull, tracesMissed, tracesWanted } from './collector-routes.ts';
import { decodeContext } from './decode-context.ts';
import type { IngestHandler } from './guard.ts';
import { guarded } from './guard.ts';
import { ingest, requestIdOf, scopeOf, sourceNameOf } from './upload.ts';

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
      scope === 'public'
        ? handle(context, c)
        : guarded(context, c, { label, scope, query, refuse: refuseFirehose }, handle),
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
