/** Stores a request body: admission, reading, decoding, writing, counting. */
import type { Context as HonoContext } from 'hono';
import type { DecodedBody, DecodeJob } from '../../../ingest/decode/decode-worker.ts';
import { ACCEPTED_CODINGS, readContentEncoding } from '../../../ingest/formats/content-encoding.ts';
import { limits } from '../../../ingest/formats/limits.ts';
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../ingest/records/sink.ts';
import { privateBytes } from '../../config/machine.ts';
import type { Scope } from '../../storage/ports.ts';
import type { IngestContext } from '../context.ts';
import { bodyErrorMessage, readBody } from '../limits/body.ts';
import type { Refuse } from './answer.ts';
import { closing, refuseFirehose } from './answer.ts';

/** Firehose's request id, the same for all retries of a delivery. */
export function requestIdOf(c: HonoContext): string {
  return (c.req.header('x-amz-firehose-request-id') ?? '').slice(0, 1024);
}

/** Scope of the key that was checked; the least one before that. */
export function scopeOf(c: HonoContext): Scope {
  const scope: unknown = c.get('scope');
  return scope === 'admin' || scope === 'read' ? scope : 'ingest';
}

/** The name that the sender gives itself, percent-encoded; null without one. */
export function sourceNameOf(c: HonoContext): string | null {
  const header = c.req.header('x-thermocline-source-name');
  try {
    return header === undefined ? null : decodeURIComponent(header).slice(0, 200);
  } catch {
    return null;
  }
}

function announcedOf(c: HonoContext): string | undefined {
  return c.req.header('content-length');
}

/** Reads, decodes and stores the body, with the errors that all ingest endpoints share. */
export async function ingest(
  context: IngestContext,
  c: HonoContext,
  source: BatchSource,
  request: (body: Uint8Array) => DecodeJob,
  answer: (decoded: Extract<DecodedBody, { ok: true }>, outcome: WriteOutcome) => Response,
  refuse: Refuse = refuseFirehose,
): Promise<Response> {
  const id = requestIdOf(c);
  const busy = (): Response => refuse(context, 503, BUSY, id);
  const encoding = readContentEncoding(c.req.header('content-encoding'));
  if (!encoding.ok) return unsupportedEncoding(context, id, encoding.message, refuse);
  const key = String(c.get('tokenId'));
  const admission = context.admission.of(key);
  if (!admission.admits()) return closing(busy());
  const { largestBodyBytes, memoryBytes } = context.config.capacity;
  // One body at a time where memory is short: the others are sent again.
  if (context.budget.heldBytes > 0 && privateBytes() > memoryBytes * FULL_MEMORY) return closing(busy());
  const read = await readBody(c.req.raw, Math.min(limits.bodyBytes, largestBodyBytes), context.budget);
  context.metrics.ingestHeldBytes.set(context.budget.heldBytes);
  if (!read.ok) {
    if (read.reason === 'too-large') return tooLarge(context, c, refuse);
    if (read.reason === 'busy') return busy();
    const refused = refuse(context, 400, bodyErrorMessage(read.reason, limits.bodyBytes, announcedOf(c)), id);
    return read.reason === 'slow' ? closing(refused) : refused;
  }
  context.quota.spend(key, read.body.length);
  // Read the length now: the buffer is transferred to the decode thread.
  const { length } = read.body;
  // Check again: many bodies may have been read at the same time.
  if (!admission.admits()) {
    read.release();
    return busy();
  }
  admission.enter(length);
  try {
    const decoded = await context.decoder.decode({ ...request(read.body), codings: encoding.codings }, key);
    for (const reason of decoded.limits) noteTrouble(context, c, reason);
    if (!decoded.ok) return refuse(context, 400, decoded.message, id === '' ? decoded.requestId : id);
    const late = decoded.checkpoint === undefined ? null : futureTime(decoded.checkpoint, context.now());
    if (late !== null) return refuse(context, 400, late, id);
    context.clock?.observe(decoded.batch);
    const outcome = await context.store.write(decoded.batch, source, decoded.checkpoint);
    count(context, outcome);
    return answer(decoded, outcome);
  } finally {
    admission.leave(length);
    read.release();
    context.metrics.ingestHeldBytes.set(context.budget.heldBytes);
  }
}

/** A 415 with the accepted codings (RFC 9110, 15.5.16). Senders keep what they could not deliver. */
export function unsupportedEncoding(
  context: IngestContext,
  requestId: string,
  message: string,
  refuse: Refuse = refuseFirehose,
): Response {
  const response = refuse(context, 415, message, requestId);
  response.headers.set('accept-encoding', ACCEPTED_CODINGS);
  return response;
}

/** Clocks of collectors may be ahead by so much, ms. */
const MAX_AHEAD_MS = 300_000;

/** Names the position of a pull that is in the future: what is logged until then would never be read. */
function futureTime({ watermarkMs, wideMs, scan }: PullCheckpoint, nowMs: number): string | null {
  const times = { watermarkMs, wideMs, 'scan.fromMs': scan?.fromMs, 'scan.newestMs': scan?.newestMs };
  for (const [field, ms] of Object.entries(times))
    if ((ms ?? 0) > nowMs + MAX_AHEAD_MS) return `checkpoint.${field}: expected a time that is not in the future`;
  return null;
}

/** Counts a body of the key that went beyond a limit, and logs the first for each reason. */
export function noteTrouble(context: IngestContext, c: HonoContext, reason: string): void {
  const [id, name] = [String(c.get('tokenId')), String(c.get('tokenName'))];
  if (context.keyTroubles.note(id, name, reason))
    context.log.warn(
      { key: name, reason },
      'a key sent a body beyond a limit; further ones are counted on the Ingest page',
    );
}

/** Share of the memory from which bodies are read one at a time. */
const FULL_MEMORY = 0.75;

/** A body that another server could read is refused for now, so that its sender keeps it. */
function tooLarge(context: IngestContext, c: HonoContext, refuse: Refuse): Response {
  const { largestBodyBytes } = context.config.capacity;
  const announced = announcedOf(c);
  const beyond = (most: number): string => bodyErrorMessage('too-large', most, announced);
  if (largestBodyBytes >= limits.bodyBytes || Number(announced ?? 0) > limits.bodyBytes)
    return refuse(context, 400, beyond(limits.bodyBytes), requestIdOf(c));
  noteTrouble(context, c, 'body-beyond-memory');
  const message = `${beyond(largestBodyBytes)}. This server has no memory for more: send smaller bodies, or raise its memory or THERMOCLINE_INGEST_BUDGET_MB`;
  return closing(refuse(context, 503, message, requestIdOf(c)));
}

const BUSY = 'Server overloaded. Retry the request';

function count(context: IngestContext, outcome: WriteOutcome): void {
  context.metrics.ingestEvents.inc({ outcome: 'accepted' }, outcome.accepted);
  context.metrics.ingestEvents.inc({ outcome: 'duplicate' }, outcome.duplicates);
  context.metrics.ingestEvents.inc({ outcome: 'ignored' }, outcome.ignored);
  context.metrics.ingestEvents.inc({ outcome: 'rejected' }, outcome.rejected);
}
