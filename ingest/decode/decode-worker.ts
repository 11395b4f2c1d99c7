/** The thread that inflates and parses, so that neither the sockets nor the writer wait for it. */
import { parentPort } from 'node:worker_threads';
import { readPulledPage } from '../aws/pulled-page.ts';
import { batchTransferList } from '../batch/transfer.ts';
import type { FirehoseHeaders } from '../formats/firehose.ts';
import { readLoadTest } from '../formats/load-test-file.ts';
import type { RawLogsSource } from '../formats/raw-logs.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import type { DecodeContext, Decoded } from './pipeline.ts';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from './pipeline.ts';

export type DecodeJob = { readonly id: number; readonly body: Uint8Array; readonly context: DecodeContext } & (
  | { readonly kind: 'firehose'; readonly headers: FirehoseHeaders }
  | { readonly kind: 'lambda' }
  | { readonly kind: 'logs'; readonly source: RawLogsSource }
  | { readonly kind: 'load-test'; readonly functionName: string | null }
  | { readonly kind: 'pull' }
);

export type DecodeReply =
  | { readonly id: number; readonly result: Decoded }
  | { readonly id: number; readonly result: null; readonly error: string };

const port = parentPort;
if (port === null) throw new Error('decode-worker runs as a worker thread');

port.on('message', (job: DecodeJob) => {
  try {
    const result = decode(job);
    port.postMessage({ id: job.id, result } satisfies DecodeReply, result.ok ? batchTransferList(result.batch) : []);
  } catch (error) {
    // A fault of ours with one body is not the end of the others that wait.
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id: job.id, result: null, error: message } satisfies DecodeReply);
  }
});

function decode(job: DecodeJob): Decoded {
  const body = Buffer.from(job.body.buffer, job.body.byteOffset, job.body.byteLength);
  switch (job.kind) {
    case 'firehose':
      return decodeFirehose(body, job.headers, job.context);
    case 'lambda':
      return decodeLambdaEvent(body, job.context);
    case 'pull': {
      const page = readPulledPage(body);
      if (!page.ok) return { ok: false, requestId: '', message: page.message };
      const batch = decodeStreams(page.given, page.checkpoint, { ...job.context, region: page.checkpoint.region });
      return { ok: true, requestId: '', batch, checkpoint: page.checkpoint };
    }
    case 'load-test': {
      const result = readLoadTest(body.toString('utf8'), job.functionName);
      if (result === null || !result.ok) {
        return {
          ok: false,
          requestId: '',
          message: 'body: expected the summary or CSV of hey, or the statistics CSV of Locust',
        };
      }
      const feeds = result.records.map((record) => ({
        record,
        text: `${body.toString('utf8')}\n${JSON.stringify(record)}`,
      }));
      const given = { streams: [], unreadable: [], feeds, ignored: 0 };
      return { ok: true, requestId: '', batch: decodeStreams(given, { account: '', region: '' }, job.context) };
    }
    case 'logs': {
      const logs = readRawLogs(body, job.source);
      if (!logs.ok) return { ok: false, requestId: '', message: logs.message };
      return { ok: true, requestId: '', batch: decodeStreams(logs, job.source, job.context) };
    }
  }
}
