/**
 * Packs chunks into blocks. Runs in a thread of its own, on a connection that cannot write: the writer replaces the chunks by the
 * blocks in one transaction (write/line-blocks.ts).
 */
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { DAY_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { keyOf, mergedLines, NO_SEQUENCE } from '../../lines/kept-line.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Databases } from '../databases.ts';
import { aroundFailures } from './around-failures.ts';
import type { Block } from './block.ts';
import { blockLineBytes, blockLines, DamagedBlockError, encodeBlock, readHead } from './block.ts';
import { chunkLineBytes, sizeOf } from './line-bytes.ts';
import type { PackedChunk } from './pack-queries.ts';
import {
  BLOCK_BYTES,
  blockText,
  chunksOf,
  functionsOf,
  overlappingBlocks,
  smallBlocks,
  WINDOW,
  waitingChunks,
} from './pack-queries.ts';
import type { RebuiltFilter } from './rebuild-filters.ts';
import { rebuiltFilters } from './rebuild-filters.ts';

/** Chunks of a function are packed once they are about a block. */
const DUE_BYTES = 65_536;
/** Fewer wait this long for more. */
const DUE_MS = MINUTE_MS;
/** Compressed bytes and lines that are packed at once: bounds the memory. */
const MOST_BYTES = 1_048_576;
const MOST_LINES = 50_000;
/** Whether an attempt fails is known once it has ended. */
const OUTCOME_MS = LONGEST_RUN_MS + MINUTE_MS;

export interface PackQuery {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Keep application lines around failures only. */
  readonly errorsOnly: boolean;
}

/** Chunks of a function, the blocks to store in their place, and the blocks that these contain. */
export interface PackedFunction {
  readonly functionId: number;
  readonly chunks: readonly PackedChunk[];
  readonly blocks: readonly (Block & { readonly receivedMs: number })[];
  readonly replaced: readonly { readonly id: number; readonly bytes: number }[];
}

export interface PackedLines {
  readonly functions: readonly PackedFunction[];
  /** Filters to store in place of missing or damaged ones. */
  readonly filters: readonly RebuiltFilter[];
  /** Number of chunks and filters. */
  readonly rows: number;
}

interface Waiting {
  readonly id: number;
  readonly environmentId: number;
  readonly receivedMs: number;
  readonly bytes: number;
  readonly events: number;
}

/**
 * Chunks that cannot be read, by number and receipt: they stay as they are, and a check of the files reports them. Numbers of
 * deleted rows are given again.
 */
const unreadable = new WeakMap<Databases, Set<string>>();

/** Packs chunks of the functions of which most wait; no rows if none is due. */
export async function packLines(db: Databases, query: PackQuery): Promise<PackedLines> {
  for (;;) {
    const due = dueChunks(db, query);
    const functions: PackedFunction[] = [];
    for (const { functionId, ids } of due) {
      const { chunks, lines, receivedMs } = readChunks(db, ids);
      if (chunks.length === 0) continue;
      const merged = mergedLines(lines);
      const kept = query.errorsOnly ? aroundFailures(db, functionId, merged) : merged;
      const days = byDay(kept).map((day) => packDay(db, functionId, day, receivedMs));
      functions.push({
        functionId,
        chunks,
        blocks: days.flatMap(({ blocks }) => blocks),
        replaced: days.flatMap(({ replaced }) => replaced),
      });
    }
    if (functions.length > 0)
      return { functions, filters: [], rows: functions.reduce((sum, { chunks }) => sum + chunks.length, 0) };
    // Where none of the chunks could be read, there may be others.
    if (due.length > 0) continue;
    const filters = rebuiltFilters(db);
    return { functions: [], filters, rows: filters.length };
  }
}

interface Due {
  readonly functionId: number;
  readonly ids: readonly number[];
}

function dueChunks(db: Databases, { nowMs, errorsOnly }: PackQuery): readonly Due[] {
  const untilMs = errorsOnly ? nowMs - OUTCOME_MS : nowMs;
  const waiting = waitingChunks
    .all(db.telemetry)
    .filter(({ id, receivedMs }) => receivedMs <= untilMs && unreadable.get(db)?.has(`${id} ${receivedMs}`) !== true);
  const isFull = waiting.length >= WINDOW;
  const due = [...byFunction(db, waiting)]
    .map(([functionId, chunks]) => ({ functionId, chunks, bytes: chunks.reduce((sum, { bytes }) => sum + bytes, 0) }))
    .filter(({ chunks, bytes }) => isFull || bytes >= DUE_BYTES || (chunks[0]?.receivedMs ?? nowMs) <= untilMs - DUE_MS)
    .toSorted((a, b) => b.bytes - a.bytes);
  return atOnce(due);
}

/** The first chunks of the first functions, at least one. */
function atOnce(due: readonly { readonly functionId: number; readonly chunks: readonly Waiting[] }[]): readonly Due[] {
  const found: { functionId: number; ids: number[] }[] = [];
  let [bytes, lines] = [0, 0];
  for (const { functionId, chunks } of due) {
    const ids: number[] = [];
    found.push({ functionId, ids });
    for (const chunk of chunks) {
      bytes += chunk.bytes;
      lines += chunk.events;
      ids.push(chunk.id);
      if (bytes > MOST_BYTES || lines > MOST_LINES) return found;
    }
  }
  return found;
}

function byFunction(db: Databases, waiting: readonly Waiting[]): ReadonlyMap<number, readonly Waiting[]> {
  const ids = [...new Set(waiting.map(({ environmentId }) => environmentId))].filter((id) => id > 0);
  const functions = new Map(
    functionsOf.all(db.telemetry, { environments: JSON.stringify(ids) }).map(({ id, functionId }) => [id, functionId]),
  );
  const found = new Map<number, Waiting[]>();
  for (const chunk of waiting) {
    // Lines without a log stream have the function's id, negated.
    const functionId = chunk.environmentId < 0 ? -chunk.environmentId : functions.get(chunk.environmentId);
    if (functionId === undefined) continue;
    const mine = found.get(functionId) ?? [];
    found.set(functionId, mine);
    mine.push(chunk);
  }
  return found;
}

function readChunks(
  db: Databases,
  ids: readonly number[],
): { readonly chunks: readonly PackedChunk[]; readonly lines: readonly KeptLine[]; readonly receivedMs: number } {
  const rows = chunksOf.all(db.telemetry, { ids: JSON.stringify(ids) });
  const chunks: PackedChunk[] = [];
  const lines: KeptLine[] = [];
  let newestMs = 0;
  for (const { gzip, receivedMs, ...chunk } of rows) {
    try {
      for (const line of chunkLineBytes(chunk.environmentId, gzip)) lines.push(line);
      chunks.push(chunk);
      newestMs = Math.max(newestMs, receivedMs);
    } catch {
      unreadable.set(db, (unreadable.get(db) ?? new Set()).add(`${chunk.id} ${receivedMs}`));
      reportSkippedRow('raw_chunk', `raw_chunk ${chunk.id}`, 'its lines cannot be read');
    }
  }
  return { chunks, lines, receivedMs: newestMs };
}

/** Lines in order, of one day (UTC) each. */
function byDay(lines: readonly KeptLine[]): readonly (readonly KeptLine[])[] {
  const days: KeptLine[][] = [];
  let day = Number.NaN;
  for (const line of lines) {
    const own = Math.floor(line.timestampMs / DAY_MS);
    if (own !== day) days.push([]);
    day = own;
    days.at(-1)?.push(line);
  }
  return days;
}

/** Blocks of the new lines, with those of small blocks of the day. */
function packDay(
  db: Databases,
  functionId: number,
  lines: readonly KeptLine[],
  receivedMs: number,
): Pick<PackedFunction, 'blocks' | 'replaced'> {
  const [firstMs, lastMs] = [lines[0]?.timestampMs ?? 0, lines.at(-1)?.timestampMs ?? 0];
  const added = withoutKnown(db, functionId, lines, firstMs, lastMs);
  if (added.length === 0) return { blocks: [], replaced: [] };
  const small = mergeable(db, functionId, added, receivedMs);
  const all = small.length === 0 ? added : mergedLines([...small.flatMap((block) => block.lines), ...added]);
  const newestMs = small.reduce((newest, block) => Math.max(newest, block.receivedMs), receivedMs);
  return {
    blocks: inBlocks(all).map((part) => ({ ...encodeBlock(part), receivedMs: newestMs })),
    replaced: small.map(({ id, bytes }) => ({ id, bytes })),
  };
}

/** The lines that no block contains yet: a chunk may be delivered again after it was packed. */
function withoutKnown(
  db: Databases,
  functionId: number,
  lines: readonly KeptLine[],
  firstMs: number,
  lastMs: number,
): readonly KeptLine[] {
  const overlapping = overlappingBlocks.all(db.telemetry, { functionId, firstMs, lastMs });
  let left = lines;
  // One at a time: there may be many.
  for (const { id } of overlapping) {
    if (left.length === 0) break;
    const known = keysOf(db, id, firstMs, lastMs);
    if (known.size > 0) left = left.filter((line) => !known.has(keyOf(line)));
  }
  return left;
}

/** Keys of the lines of a block in a time range. */
function keysOf(db: Databases, id: number, firstMs: number, lastMs: number): ReadonlySet<string> {
  const keys = new Set<string>();
  const block = blockOf(db, id);
  if (block === undefined) return keys;
  try {
    const head = readHead(block.head);
    const identities = head.identities();
    if (identities.some(({ sequence }) => sequence === NO_SEQUENCE)) {
      for (const line of blockLines(block)) keys.add(keyOf(line));
      return keys;
    }
    for (let at = 0; at < head.n; at += 1) {
      const [timestampMs, identity] = [head.times[at] ?? 0, identities[at]];
      if (identity === undefined || timestampMs < firstMs || timestampMs > lastMs) continue;
      const environmentId = head.environments[head.streams[at] ?? -1] ?? 0;
      keys.add(keyOf({ environmentId, timestampMs, ...identity, message: '' }));
    }
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    reportSkippedRow('line_block', `line_block ${id}`, error.message);
  }
  return keys;
}

function blockOf(db: Databases, id: number) {
  return blockText.get(db.telemetry, { id });
}

interface SmallBlock {
  readonly id: number;
  readonly bytes: number;
  readonly receivedMs: number;
  readonly lines: readonly KeptLine[];
}

/**
 * Small blocks of the day to pack again with the new lines: from the smallest on, each that is no larger than what is packed already, so
 * that a line is packed again a few times only. Not those that were received a day apart: their lines would be kept for longer than
 * their time.
 */
function mergeable(
  db: Databases,
  functionId: number,
  added: readonly KeptLine[],
  receivedMs: number,
): readonly SmallBlock[] {
  const dayMs = Math.floor((added[0]?.timestampMs ?? 0) / DAY_MS) * DAY_MS;
  const rows = smallBlocks.all(db.telemetry, {
    functionId,
    firstMs: dayMs,
    lastMs: dayMs + DAY_MS,
    receivedAfterMs: receivedMs - DAY_MS,
    receivedBeforeMs: receivedMs + DAY_MS,
  });
  const found: SmallBlock[] = [];
  let packedBytes = added.reduce((sum, line) => sum + sizeOf(line), 0);
  for (const { rawBytes, ...row } of rows) {
    if (rawBytes > packedBytes || packedBytes >= BLOCK_BYTES) break;
    const lines = linesOf(db, row.id);
    if (lines === null) continue;
    found.push({ ...row, lines });
    packedBytes += rawBytes;
  }
  return found;
}

/** The lines of a block; null if it is damaged. */
function linesOf(db: Databases, id: number): readonly KeptLine[] | null {
  const parts = blockOf(db, id);
  try {
    return parts === undefined ? null : blockLineBytes(parts);
  } catch (error) {
    if (error instanceof DamagedBlockError) return null;
    throw error;
  }
}

/** Lines in order, of about {@link BLOCK_BYTES} each. */
function inBlocks(lines: readonly KeptLine[]): readonly (readonly KeptLine[])[] {
  const parts: KeptLine[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    if (bytes >= BLOCK_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    bytes += sizeOf(line);
    parts.at(-1)?.push(line);
  }
  return parts;
}
