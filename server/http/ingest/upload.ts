/** From a request's body to what is on disk: admission, reading, decoding, storing, counting. */
import type { Context as HonoContext } from 'hono';
import type { DecodeJob } from '../../../ingest/decode/decode-worker.ts';
import type { Decoded } from '../../../ingest/decode/pipeline.ts';
import { limits } from '../../../ingest/formats/limits.ts';
import type { BatchSource, WriteOutcome } from '../../../ingest/records/sink.ts';
import type { IngestContext } from '../context.ts';
import { readBody } from '../limits/body.ts';
import { closing, firehoseAnswer } from './answer.ts';

/** Firehose's own id of a delivery, the same over its retries. */
export function requestIdOf(c: HonoContext): string {
  return (c.req.header('x-amz-firehose-request-id') ?? '').slice(0, 1024);
}

/** Body → decoder → store, with the refusals that every ingest route shares. */
export async function ingest(
  context: IngestContext,
  c: HonoContext,
  source: BatchSource,
  request: (body: Uint8Array) => DecodeJob,
  answer: (decoded: Extract<Decoded, { ok: true }>, outcome: WriteOutcome) => Response,
): Promise<Response> {
  const id = requestIdOf(c);
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

function count(context: IngestContext, outcome: WriteOutcome): void {
  context.metrics.ingestEvents.inc({ outcome: 'accepted' }, outcome.accepted);
  context.metrics.ingestEvents.inc({ outcome: 'duplicate' }, outcome.duplicates);
  context.metrics.ingestEvents.inc({ outcome: 'ignored' }, outcome.ignored);
  context.metrics.ingestEvents.inc({ outcome: 'rejected' }, outcome.rejected);
}
