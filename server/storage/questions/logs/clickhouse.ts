/** Search of log lines in chunks as they were received: the newest first, until a page is full. */

import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Origin } from './result.ts';
import { LineSearch, originOf } from './result.ts';
import type { LogPage, LogQuery } from './types.ts';

/** Chunks that are read at once. */
const CHUNKS = 100;

interface ChunkRow {
  readonly functionId: number;
  readonly streamId: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly gzip: string;
}

export async function logs(context: QueryContext, query: LogQuery): Promise<LogPage> {
  const search = new LineSearch(query);
  const origins = new Map<string, Origin | null>();
  const { functionId } = query;
  const bound = { fromMs: Math.floor(search.fromMs), upToMs: search.upToMs, functionId: functionId ?? 0 };
  for (let offset = 0; ; offset += CHUNKS) {
    const chunks = await context.client.all<ChunkRow>(
      `SELECT function_id AS functionId, stream_id AS streamId, first_ms AS firstMs, last_ms AS lastMs, base64Encode(gzip) AS gzip
       FROM raw_fact FINAL WHERE last_ms >= {fromMs:Int64} AND first_ms <= {upToMs:Int64}
         ${functionId === undefined ? '' : 'AND function_id = {functionId:UInt64}'}
       ORDER BY last_ms DESC, function_id, stream_id, first_ms, digest LIMIT ${CHUNKS} OFFSET {offset:UInt64}`,
      { ...bound, offset },
    );
    await readOrigins(context, origins, chunks);
    for (const chunk of chunks) {
      if (search.endsBefore(chunk.lastMs)) return search.page([]);
      searchChunk(search, origins, chunk);
    }
    if (chunks.length < CHUNKS) return search.page([]);
  }
}

const keyOf = ({ functionId, streamId }: Pick<ChunkRow, 'functionId' | 'streamId'>): string =>
  `${functionId} ${streamId}`;

function searchChunk(search: LineSearch, origins: ReadonlyMap<string, Origin | null>, chunk: ChunkRow): void {
  const key = keyOf(chunk);
  const origin = origins.get(key) ?? null;
  if (origin === null) return;
  // Streams that are not known have the same id in each function.
  const environmentId = [...origins.keys()].indexOf(key);
  try {
    for (const { message, ...kept } of chunkLines(environmentId, Buffer.from(chunk.gzip, 'base64'))) {
      search.reads(message.length);
      if (search.wants(kept.timestampMs)) search.offer(message, origin, () => kept);
    }
  } catch {
    search.damaged += 1;
    reportSkippedRow('raw_fact', `raw_fact ${key} at ${chunk.firstMs}`, 'its lines cannot be read');
  }
}

interface OriginRow {
  readonly functionId: number;
  readonly streamId: number;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}

/** Adds the origins of the chunks' streams that are not known yet. */
async function readOrigins(
  context: QueryContext,
  origins: Map<string, Origin | null>,
  chunks: readonly ChunkRow[],
): Promise<void> {
  const missing = chunks.filter((chunk) => !origins.has(keyOf(chunk)));
  if (missing.length === 0) return;
  for (const chunk of missing) origins.set(keyOf(chunk), null);
  const rows = await context.client.all<OriginRow>(
    `SELECT function_id AS functionId, stream_id AS streamId, any(function_name) AS name, max(account) AS account,
       max(region) AS region, any(log_group) AS logGroup, any(log_stream) AS logStream
     FROM stream_fact WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id IN {streamIds:Array(UInt64)}
     GROUP BY function_id, stream_id`,
    {
      functionIds: [...new Set(missing.map((chunk) => chunk.functionId))],
      streamIds: [...new Set(missing.map((chunk) => chunk.streamId))],
    },
  );
  for (const { functionId, streamId, logGroup, logStream, ...owner } of rows)
    origins.set(keyOf({ functionId, streamId }), originOf({ function: owner, logGroup, logStream }));
}
