/** Chunks of lines as they were received, which are not packed yet. */
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

export interface Chunk {
  readonly functionId: number;
  readonly streamId: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly receivedMs: number;
  readonly importId: number;
  readonly digest: string;
  readonly events: number;
  /** Compressed. */
  readonly bytes: number;
}

const COLUMNS = `function_id AS functionId, stream_id AS streamId, first_ms AS firstMs, last_ms AS lastMs, received_ms AS receivedMs,
  import_id AS importId, digest, events, length(gzip) AS bytes`;

/** Chunks without their lines. `where` and `order` are SQL over `raw_fact`. @throws StoreError */
export function chunksOf(
  client: ClickHouseQueryClient,
  where: string,
  order: string,
  bound: Readonly<Record<string, unknown>> = {},
): Promise<readonly Chunk[]> {
  return client.all<Chunk>(`SELECT ${COLUMNS} FROM raw_fact AS c WHERE ${where} ${order}`, bound);
}

/** Bytes and chunks that are read at once. */
const MOST_BYTES = 4_194_304;
const MOST_CHUNKS = 500;

/** Parts of chunks that are read at once, in their order. */
export function* inReads(chunks: readonly Chunk[]): Generator<readonly Chunk[]> {
  let part: Chunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    if (part.length > 0 && (part.length >= MOST_CHUNKS || bytes + chunk.bytes > MOST_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(chunk);
    bytes += chunk.bytes;
  }
  if (part.length > 0) yield part;
}

/** Lines of a chunk, whose environment is 0; `damaged`: they cannot be read, which is reported; `moved`: it was packed or deleted meanwhile. */
export type ChunkLines = readonly KeptLine[] | 'damaged' | 'moved';

/** Lines of each chunk. @throws StoreError */
export async function readChunks(
  client: ClickHouseQueryClient,
  chunks: readonly Chunk[],
): Promise<readonly ChunkLines[]> {
  if (chunks.length === 0) return [];
  const rows = await client.all<Chunk & { readonly gzip: string }>(
    `SELECT ${COLUMNS}, base64Encode(gzip) AS gzip FROM raw_fact WHERE ${oneOf(chunks)}`,
  );
  const found = new Map(rows.map((row) => [keyOf(row), row.gzip]));
  return chunks.map((chunk) => {
    const gzip = found.get(keyOf(chunk));
    if (gzip === undefined) return 'moved';
    try {
      return chunkLines(0, Buffer.from(gzip, 'base64'));
    } catch {
      const { functionId, streamId, firstMs } = chunk;
      reportSkippedRow('raw_fact', `raw_fact ${functionId} ${streamId} at ${firstMs}`, 'its lines cannot be read');
      return 'damaged';
    }
  });
}

export const keyOf = ({ functionId, streamId, digest, importId }: Chunk): string =>
  `${functionId} ${streamId} ${digest} ${importId}`;

/** SQL that is true for these chunks, as they were received by now. */
export function oneOf(chunks: readonly Chunk[]): string {
  const numbers = (of: (chunk: Chunk) => number): string => [...new Set(chunks.map(of))].join(',');
  const newestMs = chunks.reduce((newest, { receivedMs }) => Math.max(newest, receivedMs), 0);
  const keys = chunks.map(({ streamId, digest, importId }) => `(${streamId},'${digest}',${importId})`);
  return `function_id IN (${numbers(({ functionId }) => functionId)}) AND received_ms <= ${newestMs}
    AND (stream_id, digest, import_id) IN (${keys.join(',')})`;
}
