/** Counts matches in blocks: from their numbers by level, from their heads, or from their text, whichever is enough. */
import type { Condition } from '../../../analytics/lines/condition.ts';
import { needsText } from '../../../analytics/lines/condition.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { DamagedBlockError } from '../../sqlite/lines/block.ts';
import { originOf } from '../logs/result.ts';
import type { BlockRow, Chunk } from '../logs/sqlite.ts';
import { blockMayMatch, blocksNewestFirst, levelCounts, linesOfBlock, Origins, waitingChunks } from '../logs/sqlite.ts';
import { LineCount } from './result.ts';
import type { LogHistogram, LogHistogramQuery } from './types.ts';

/** Of a line in the head of a block. */
const HEAD_BYTES = 4;

export async function logHistogram(db: Databases, query: LogHistogramQuery): Promise<LogHistogram> {
  const count = new LineCount(query);
  const origins = new Origins(db);
  const stored = { lines: 0, bytes: 0 };
  const waiting = new Waiting();
  for (const chunk of waitingChunks(db, query, count)) {
    waiting.add(chunk);
    countChunk(db, count, origins, chunk, stored);
  }
  for (const block of blocksNewestFirst(db, query, count)) {
    stored.lines += block.lines;
    stored.bytes += block.rawBytes;
    if (!count.endsBefore(block.lastMs)) countBlock(db, count, origins, block, waiting);
  }
  return count.histogram(stored);
}

/** The times of chunks: lines of these times may be in a chunk and in a block. */
class Waiting {
  readonly #ranges: Pick<Chunk, 'firstMs' | 'lastMs'>[] = [];

  add({ firstMs, lastMs }: Chunk): void {
    this.#ranges.push({ firstMs, lastMs });
  }

  overlaps(firstMs: number, lastMs: number): boolean {
    return this.#ranges.some((range) => range.firstMs <= lastMs && range.lastMs >= firstMs);
  }
}

function countChunk(
  db: Databases,
  count: LineCount,
  origins: Origins,
  { id, environmentId }: Chunk,
  stored: { lines: number; bytes: number },
): void {
  const row = db.telemetry.get(db.telemetry.selectFrom('raw_chunk').select('gzip').where('id', '=', id));
  const origin = origins.of(environmentId);
  if (row === undefined || origin === null) return;
  try {
    for (const line of chunkLines(environmentId, row.gzip)) {
      count.reads(line.message.length);
      if (!count.wants(line.timestampMs)) continue;
      stored.lines += 1;
      stored.bytes += line.message.length;
      count.offer(line.timestampMs, line.message, origin, undefined, () => line);
    }
  } catch {
    // The search reports it.
  }
}

function countBlock(db: Databases, count: LineCount, origins: Origins, block: BlockRow, waiting: Waiting): void {
  const functionName = origins.functionName(block.functionId);
  if (!blockMayMatch(count, block, functionName)) return;
  const isAlone = !waiting.overlaps(block.firstMs, block.lastMs);
  const isCounted = isAlone && isOfLevels(count.condition) && count.isOneBin(block.firstMs, block.lastMs);
  const levels = isCounted ? levelCounts(block) : null;
  if (levels !== null) {
    const origin = originOf({ function: { name: functionName, account: '', region: '' }, logGroup: '', logStream: '' });
    for (const { n, ...known } of levels)
      if (count.test.of('', origin, known).isMatch) count.add(count.binOf(block.firstMs), known.level, n);
    return;
  }
  const isText = needsText(count.condition);
  if (!isText) count.reads(block.lines * HEAD_BYTES);
  try {
    for (const { timestampMs, environmentId, ...line } of linesOfBlock(db, count, block.id)) {
      const origin = origins.of(environmentId);
      if (origin === null) continue;
      const kept = () => ({ timestampMs, environmentId, ...line.identity(), message: line.message() });
      count.offer(timestampMs, isText ? line.message() : '', origin, line, isAlone ? undefined : kept);
    }
  } catch (error) {
    // The search reports it.
    if (!(error instanceof DamagedBlockError)) throw error;
  }
}

/** Do the level, the source and the function of a line decide? */
function isOfLevels(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.every(isOfLevels);
    case 'not':
      return isOfLevels(condition.of);
    case 'field':
      return ['level', 'source', 'function'].includes(condition.name);
    default:
      return false;
  }
}
