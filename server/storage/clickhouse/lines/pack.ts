/**
 * Brings lines from chunks into rows. Rows merge by their key and chunks are deleted after their rows are stored, so that an interrupted pack is
 * repeated, and a chunk that is delivered again adds nothing.
 */
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { ClickHouseOptions } from '../connection.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { deleteRows } from '../relocation/delete-rows.ts';
import { aroundFailures } from './around-failures.ts';
import { insertBinary } from './insert-binary.ts';
import type { StoredLine } from './line-rows.ts';
import { LINE_COLUMNS, lineRows } from './line-rows.ts';
import type { Chunk } from './waiting-chunks.ts';
import { chunksOf, inReads, keyOf, oneOf, readChunks } from './waiting-chunks.ts';

export interface PackOptions {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Keep application lines around failures only. */
  readonly errorsOnly: boolean;
}

/** Compressed bytes and lines that are packed at once: bounds the memory. */
const MOST_BYTES = 4_194_304;
const MOST_LINES = 100_000;
/** Chunks that are considered at once. */
const WINDOW = 5000;
/** Fewer wait this long for more: each pack writes a part of the table. */
const DUE_MS = MINUTE_MS;
/** Whether an attempt fails is known once it has ended. */
const OUTCOME_MS = LONGEST_RUN_MS + MINUTE_MS;

/** Chunks that cannot be read stay as they are. */
export type Unreadable = Set<string>;

/** Packs the chunks that were received first. Returns their number; 0 if none is due. @throws StoreError */
export async function packLines(
  client: ClickHouseQueryClient,
  options: ClickHouseOptions,
  unreadable: Unreadable,
  query: PackOptions,
): Promise<number> {
  const chunks = await dueChunks(client, unreadable, query);
  const packed: Chunk[] = [];
  const lines: StoredLine[] = [];
  for (const part of inReads(chunks)) {
    for (const [at, found] of (await readChunks(client, part)).entries()) {
      const chunk = part[at];
      if (chunk === undefined || found === 'moved') continue;
      if (found === 'damaged') {
        unreadable.add(keyOf(chunk));
        continue;
      }
      packed.push(chunk);
      const { functionId, streamId, importId, receivedMs } = chunk;
      for (const { environmentId: _, ...line } of found)
        lines.push({ ...line, functionId, streamId, importId, receivedMs });
    }
  }
  const kept = query.errorsOnly ? await aroundFailures(client, lines) : lines;
  if (kept.length > 0) await insertBinary(client, options, 'log_line', LINE_COLUMNS, lineRows(kept));
  for (let at = 0; at < packed.length; at += CHUNKS_PER_STATEMENT)
    await deleteRows(client, options, 'raw_fact', oneOf(packed.slice(at, at + CHUNKS_PER_STATEMENT)));
  return packed.length;
}

const CHUNKS_PER_STATEMENT = 2000;

async function dueChunks(
  client: ClickHouseQueryClient,
  unreadable: Unreadable,
  { nowMs, errorsOnly }: PackOptions,
): Promise<readonly Chunk[]> {
  const untilMs = errorsOnly ? nowMs - OUTCOME_MS : nowMs;
  const order = `ORDER BY received_ms, function_id, stream_id, digest, import_id LIMIT ${WINDOW + unreadable.size}`;
  const waiting = (await chunksOf(client, `received_ms <= ${untilMs}`, order)).filter(
    (chunk) => !unreadable.has(keyOf(chunk)),
  );
  const due: Chunk[] = [];
  let [bytes, lines] = [0, 0];
  for (const chunk of waiting) {
    if (bytes >= MOST_BYTES || lines >= MOST_LINES) break;
    due.push(chunk);
    bytes += chunk.bytes;
    lines += chunk.events;
  }
  const [oldest] = waiting;
  if (oldest === undefined) return [];
  const isFull = due.length < waiting.length || waiting.length >= WINDOW;
  return isFull || oldest.receivedMs <= untilMs - DUE_MS ? due : [];
}
