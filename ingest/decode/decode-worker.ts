/** A decode thread: turns request bodies into batches. */
import { workerData } from 'node:worker_threads';

import { packBatch } from '../batch/packed-batch.ts';
import type { ContentCoding } from '../formats/content-encoding.ts';
import { decodeContent } from '../formats/content-encoding.ts';
import type { FirehoseHeaders } from '../formats/firehose.ts';
import { readInventoryList } from '../formats/inventory-list.ts';
import type { BodyLimit } from '../formats/limits.ts';
import { limits } from '../formats/limits.ts';
import { loadTestUpload, readLoadTest } from '../formats/load-test-file.ts';
import type { Signal } from '../formats/otlp/items.ts';
import type { Encoding } from '../formats/otlp/request.ts';
import { readOtlp } from '../formats/otlp/request.ts';
import { readPulledPage } from '../formats/pulled-page.ts';
import type { RawLogsSource } from '../formats/raw-logs.ts';
import { inflatedAllowance, readUpload, UploadError } from '../formats/upload-parts.ts';
import type { Batch, PackedBatch } from '../records/batch.ts';
import { recordsIn } from '../records/dead-letter.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import { serveJobs } from '../threads/serve-jobs.ts';
import type { DecodeContext, Decoded } from './pipeline.ts';
import { decodeFirehose, decodeLambdaEvent, decodeParts, decodeStreams, inventoryUpload } from './pipeline.ts';
import { redactionOf } from './redactor.ts';
import { warmUp } from './warm-up.ts';

export interface DecodeThreadData {
  readonly warmsUp: boolean;
}

/** A request body and how to read it. */
export type DecodeJob = {
  readonly body: Uint8Array;
  /** Content codings of the body, in the order in which they were applied; none by default. */
  readonly codings?: readonly ContentCoding[];
  readonly context: DecodeContext;
} & (
  | { readonly kind: 'firehose'; readonly headers: FirehoseHeaders }
  | { readonly kind: 'lambda' }
  | { readonly kind: 'logs'; readonly source: RawLogsSource }
  | { readonly kind: 'load-test'; readonly functionName: string | null }
  | { readonly kind: 'pull' }
  | { readonly kind: 'inventory' }
  | { readonly kind: 'otlp'; readonly signal: Signal; readonly encoding: Encoding }
);

/** A decoded body: its batch is read by the thread that stores it. */
export type DecodedBody =
  | {
      readonly ok: true;
      readonly requestId: string;
      readonly batch: PackedBatch;
      /** The position of a pull after this batch is stored. */
      readonly checkpoint?: PullCheckpoint;
      readonly limits: readonly string[];
      /** Records that could not be read, by reason. Parts of a document that was read otherwise are not among them. */
      readonly unreadable: readonly (readonly [reason: string, n: number])[];
    }
  /** `limits`: reasons by which the body, or a part of it, was beyond a limit. */
  | (Extract<Decoded, { ok: false }> & { readonly limits: readonly string[] });

/** Reasons of dead letters that are limits. */
const LIMITS: ReadonlySet<string> = new Set([
  'json-nested-too-deep',
  'json-too-dense',
  'too-many-accounts',
  'too-many-streams',
  'gzip-too-large',
  'gzip-nested-too-deep',
  'request-inflates-too-far',
  'dead-letter-nested-too-deep',
]);

function limitsIn({ deadLetters }: Batch): readonly string[] {
  const reasons = deadLetters.flatMap(({ reason, isExample }) =>
    LIMITS.has(reason) ? [reason] : isExample === true ? ['too-many-rejects'] : [],
  );
  return [...new Set(reasons)];
}

function unreadableIn({ deadLetters }: Batch): readonly (readonly [reason: string, n: number])[] {
  const reasons = new Set(deadLetters.map(({ reason }) => reason));
  reasons.delete('trace-document-shortened');
  return [...reasons].map((one) => [one, recordsIn(deadLetters.filter(({ reason }) => reason === one))] as const);
}

serveJobs(answer, (result) => (result.ok ? [result.batch.packed.buffer] : []));
if ((workerData as DecodeThreadData).warmsUp) warmUp(answer);

async function answer(given: DecodeJob): Promise<DecodedBody> {
  const rules = await redactionOf(given.context.redaction);
  const job = rules === null ? given : { ...given, context: { ...given.context, rules } };
  const decoded = job.kind === 'logs' ? await decodeLogs(job) : decode(job);
  return decoded.ok
    ? {
        ...decoded,
        batch: packBatch(decoded.batch),
        limits: limitsIn(decoded.batch),
        unreadable: unreadableIn(decoded.batch),
      }
    : { ...decoded, limits: decoded.limit === undefined ? [] : [decoded.limit] };
}

function sentOf({ body }: DecodeJob): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function rejected({ message, limit }: { readonly message: string; readonly limit?: BodyLimit | null }): Decoded {
  return { ok: false, requestId: '', message, ...(limit === undefined || limit === null ? {} : { limit }) };
}

async function decodeLogs(job: Extract<DecodeJob, { kind: 'logs' }>): Promise<Decoded> {
  const parts = readUpload(sentOf(job), job.codings ?? [], job.source);
  try {
    return { ok: true, requestId: '', batch: await decodeParts(parts, job.source, job.context) };
  } catch (error) {
    if (error instanceof UploadError) return rejected(error);
    throw error;
  }
}

function decode(job: Exclude<DecodeJob, { kind: 'logs' }>): Decoded {
  const sent = sentOf(job);
  const isBounded = job.kind === 'firehose' || job.kind === 'otlp';
  const maxBytes = isBounded ? limits.bodyBytes : inflatedAllowance(sent.length);
  const content = decodeContent(sent, job.codings ?? [], maxBytes);
  if (!content.ok) return rejected(content);
  const body = content.bytes;
  switch (job.kind) {
    case 'firehose':
      return decodeFirehose(body, job.headers, job.context);
    case 'lambda':
      return decodeLambdaEvent(body, job.context);
    case 'pull': {
      const page = readPulledPage(body);
      if (!page.ok) return rejected(page);
      const batch = decodeStreams(page.given, page.checkpoint, { ...job.context, region: page.checkpoint.region });
      return { ok: true, requestId: '', batch, checkpoint: page.checkpoint };
    }
    case 'inventory': {
      const list = readInventoryList(body.toString('utf8'));
      if (!list.ok) return { ok: false, requestId: '', ...list.error };
      const batch = decodeStreams(inventoryUpload(list.facts), { account: '', region: '' }, job.context);
      return { ok: true, requestId: '', batch };
    }
    case 'otlp': {
      const read = readOtlp(body, job.signal, job.encoding);
      if (!read.ok) return { ...read, requestId: '' };
      return { ok: true, requestId: '', batch: decodeStreams(read.upload, { account: '', region: '' }, job.context) };
    }
    case 'load-test': {
      const text = body.toString('utf8');
      const result = readLoadTest(text, job.functionName);
      if (result === null || !result.ok) {
        return {
          ok: false,
          requestId: '',
          message: 'body: expected the summary or CSV of hey, or the statistics CSV of Locust',
        };
      }
      const records = loadTestUpload(result.records, text);
      const given = { streams: [], unreadable: [], records, ignored: [] };
      return { ok: true, requestId: '', batch: decodeStreams(given, { account: '', region: '' }, job.context) };
    }
  }
}
