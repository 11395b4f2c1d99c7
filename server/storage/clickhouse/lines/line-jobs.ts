/** What is done with log lines: each job may read many of them, so they run in threads of their own. */
import type { LogHistogramQuery } from '../../questions/log-histogram/types.ts';
import type { LogQuery } from '../../questions/logs/types.ts';
import type { StoreRestriction } from '../../restriction.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { connect } from '../connection.ts';
import { ClickHouseQueryClient } from '../query-client.ts';
import type { StreamRange } from './attempt-lines.ts';
import { streamLines } from './attempt-lines.ts';
import { countLines } from './count.ts';
import type { LineDeletionQuery } from './delete-lines.ts';
import { deleteLines } from './delete-lines.ts';
import type { LineLimits } from './limits.ts';
import { keepWithinLimits } from './limits.ts';
import type { PackOptions, Unreadable } from './pack.ts';
import { packLines } from './pack.ts';
import { searchLines } from './search.ts';

/** `restriction`: what the caller may read; absent for everything. */
export type LineJob = { readonly restriction?: StoreRestriction } & (
  | { readonly op: 'search'; readonly query: LogQuery }
  | { readonly op: 'count'; readonly query: LogHistogramQuery }
  | { readonly op: 'stream'; readonly query: StreamRange }
  | { readonly op: 'pack'; readonly query: PackOptions }
  | { readonly op: 'limit'; readonly query: LineLimits }
  | { readonly op: 'delete'; readonly query: LineDeletionQuery }
);

export interface LineJobs {
  /** Rejects with a StoreError, or a RangeError for a search that is not valid. */
  run(job: LineJob): Promise<unknown>;
  close(): Promise<void>;
}

export function openLineJobs(options: ClickHouseOptions): LineJobs {
  const connection = connect(options);
  const own = new ClickHouseQueryClient(connection, options);
  const unreadable: Unreadable = new Set();
  return {
    run: async (job) => {
      const client = job.restriction === undefined ? own : own.onBehalfOf({ restriction: job.restriction });
      switch (job.op) {
        case 'search':
          return searchLines(client, job.query);
        case 'count':
          return countLines(client, job.query);
        case 'stream':
          return streamLines(client, job.query);
        case 'pack':
          return packLines(client, options, unreadable, job.query);
        case 'limit':
          return keepWithinLimits(client, options, job.query);
        case 'delete':
          return deleteLines(client, options, job.query);
      }
    },
    close: () => connection.close(),
  };
}
