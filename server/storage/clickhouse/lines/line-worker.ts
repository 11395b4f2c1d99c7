/** A thread that reads and packs log lines. Queries of an ended thread end with its connections. */
import { workerData } from 'node:worker_threads';
import { serveJobs } from '../../../../ingest/threads/serve-jobs.ts';
import type { PageFacts } from '../../packed.ts';
import { packedBytes, pageFactsOf } from '../../packed.ts';
import { StoreError } from '../../ports.ts';
import type { ClickHouseOptions } from '../connection.ts';
import type { LineJob } from './line-jobs.ts';
import { openLineJobs } from './line-jobs.ts';

/** The serialized result of a job, or the error of the store. */
export type LineReply =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly page: PageFacts }
  | { readonly failure: Pick<StoreError, 'code' | 'message'> };

const jobs = openLineJobs(workerData as ClickHouseOptions);

serveJobs(
  async (job: LineJob): Promise<LineReply> => {
    try {
      const value = await jobs.run(job);
      return { bytes: packedBytes(value), page: pageFactsOf(value) };
    } catch (error) {
      if (error instanceof StoreError) return { failure: { code: error.code, message: error.message } };
      throw error;
    }
  },
  (reply) => ('bytes' in reply ? [reply.bytes.buffer] : []),
);
