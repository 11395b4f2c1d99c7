/** Decodes dead letters again. */
import { unpackBatch } from '../../../ingest/batch/packed-batch.ts';
import type { Batch } from '../../../ingest/records/batch.ts';
import type { Context } from '../context.ts';
import { ProblemError } from '../problems.ts';
import { decodeContext } from './decode-context.ts';

/** `payload` is a record as received (possibly compressed), or the text of one document. */
export async function decodeBytes(context: Context, payload: Uint8Array): Promise<Batch> {
  const body = new TextEncoder().encode(
    JSON.stringify({ requestId: 'replay', timestamp: 0, records: [{ data: Buffer.from(payload).toString('base64') }] }),
  );
  const decoded = await context.decoder.decode({
    kind: 'firehose',
    body,
    headers: { requestId: 'replay' },
    context: { ...decodeContext(context, '', 'admin'), replays: true },
  });
  if (!decoded.ok) throw new ProblemError('invalid-request', decoded.message);
  return unpackBatch(decoded.batch);
}
