/** Ingest endpoints of the collectors: pulled pages with checkpoints, and traces to fetch. */
import type { Context as HonoContext } from 'hono';
import { decodeContent, readContentEncoding } from '../../../ingest/formats/content-encoding.ts';
import { readStrictJson } from '../../../ingest/text/strict-json.ts';
import type { IngestContext } from '../context.ts';
import { checkpointQuery, tracesMissedBody, tracesWantedQuery } from '../contract/ingest.ts';
import { bodyErrorMessage, readBody } from '../limits/body.ts';
import { parseQuery } from '../validation.ts';
import { badBody, badQuery, firehoseAnswer, jsonResponse } from './answer.ts';
import { decodeContext } from './decode-context.ts';
import { ingest, scopeOf, sourceNameOf, unsupportedEncoding } from './upload.ts';

const MAX_MISSED_BYTES = 65_536;

/** Stores pulled events or points of metrics, and their checkpoint, in one transaction. */
export async function pull(context: IngestContext, c: HonoContext): Promise<Response> {
  return ingest(
    context,
    c,
    { kind: 'pull', name: sourceNameOf(c) ?? 'CloudWatch Logs' },
    (body) => ({ kind: 'pull', body, context: decodeContext(context, '', scopeOf(c)) }),
    (_decoded, outcome) => jsonResponse(JSON.stringify(outcome), 200),
  );
}

export async function checkpoint(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = parseQuery(checkpointQuery, c);
  if (!query.success) return badQuery(context, query.error);
  return jsonResponse(JSON.stringify({ checkpoint: await context.store.read.pullCheckpoint(query.data) }), 200);
}

/** X-Ray has most traces after ten seconds. */
const TRACE_SETTLE_MS = 30_000;
/** Attempts after 1, 4, 16, 64 and 256 minutes: a function runs for up to 15 minutes, and then its segment is complete. */
const TRACE_WAIT_MS = 60_000;
const TRACE_TRIES = 6;

export async function tracesWanted(context: IngestContext, c: HonoContext): Promise<Response> {
  const query = parseQuery(tracesWantedQuery, c);
  if (!query.success) return badQuery(context, query.error);
  const { since, limit, region, unknownRegion } = query.data;
  const nowMs = context.now();
  const items = await context.store.read.tracesToFetch({
    fromMs: since,
    toMs: nowMs - TRACE_SETTLE_MS,
    regions: region === undefined ? null : [region, ...(unknownRegion ? [''] : [])],
    nowMs,
    waitMs: TRACE_WAIT_MS,
    maxTries: TRACE_TRIES,
    limit,
  });
  return jsonResponse(JSON.stringify({ items }), 200);
}

export async function tracesMissed(context: IngestContext, c: HonoContext): Promise<Response> {
  const encoding = readContentEncoding(c.req.header('content-encoding'));
  if (!encoding.ok) return unsupportedEncoding(context, '', encoding.message);
  const read = await readBody(c.req.raw, MAX_MISSED_BYTES, context.budget);
  if (!read.ok) {
    if (read.reason === 'busy') return firehoseAnswer(context, '', 503, 'Server overloaded. Retry the request');
    const message = bodyErrorMessage(read.reason, MAX_MISSED_BYTES, c.req.header('content-length'));
    return firehoseAnswer(context, '', 400, message);
  }
  try {
    const content = decodeContent(Buffer.from(read.body), encoding.codings, MAX_MISSED_BYTES);
    if (!content.ok) return firehoseAnswer(context, '', 400, content.message);
    const json = readStrictJson(content.bytes.toString('utf8'));
    if (!json.ok) return firehoseAnswer(context, '', 400, `${json.error.field}: ${json.error.message}`);
    const body = tracesMissedBody.safeParse(json.value);
    if (!body.success) return badBody(context, body.error);
    await context.store.control.recordTraceAttempts(body.data.traceIds, context.now());
    return jsonResponse(JSON.stringify({ noted: body.data.traceIds.length }), 200);
  } finally {
    read.release();
  }
}
