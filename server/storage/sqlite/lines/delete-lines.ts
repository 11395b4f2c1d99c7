/**
 * Finds log lines that are to be deleted, and builds what is to be stored in their place. Runs in the thread that packs lines, on a
 * connection that cannot write: the writer replaces chunks and blocks in one transaction, if they are unchanged (write/line-blocks.ts).
 */
import * as z from 'zod';
import { rawChunk } from '../../../../ingest/batch/raw-chunk.ts';
import type { RawChunk } from '../../../../ingest/records/raw-chunk.ts';
import { mayHold } from '../../../analytics/lines/word-filter.ts';
import { wordHashes } from '../../../analytics/lines/words.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { eventOf } from '../../lines/kept-line.ts';
import type { AttemptWindow } from '../../lines/line-scope.ts';
import { coversTimes, lineMatcher, windowsOf } from '../../lines/line-scope.ts';
import type { LineScope, LinesInScope } from '../../ports/lines.ts';
import { byRequestId } from '../../questions/invocations/sqlite.ts';
import type { Databases } from '../databases.ts';
import { blockLines, DamagedBlockError, encodeBlock, readFilter } from './block.ts';
import type { PackedFunction } from './pack.ts';
import type { PackedChunk } from './pack-queries.ts';

/** Text that is read in one step, bytes: bounds the memory, and the time before others have their turn. */
const STEP_BYTES = 33_554_432;
/** Rows that are looked at in one step. */
const STEP_ROWS = 5000;

export interface DeletionQuery {
  readonly scope: LineScope;
  /** Where the step before ended. */
  readonly cursor: string | null;
  readonly isPreview: boolean;
}

/** A chunk without some of its lines. */
export interface CutChunk extends PackedChunk {
  /** Null if no line is left. */
  readonly left: RawChunk | null;
  readonly removed: number;
}

/** Blocks of a function without some of their lines. */
export type CutBlocks = Pick<PackedFunction, 'functionId' | 'blocks' | 'replaced'> & { readonly removed: number };

export interface CutLines extends LinesInScope {
  readonly chunks: readonly CutChunk[];
  readonly blocks: readonly CutBlocks[];
  /** Null: this was the last step. */
  readonly nextCursor: string | null;
}

/** Chunks come first: what is packed meanwhile is in a block of a higher number. */
const cursorParts = z.tuple([z.enum(['chunk', 'block']), z.int()]);
type Cursor = z.infer<typeof cursorParts>;

export async function cutLines(db: Databases, { scope, cursor, isPreview }: DeletionQuery): Promise<CutLines> {
  const [part, after]: Cursor = cursor === null ? ['chunk', -1] : cursorParts.parse(JSON.parse(cursor));
  const step = new Step(db, scope, await matcherOf(db, scope), isPreview);
  const last = part === 'chunk' ? step.chunks(after) : step.blocks(after);
  const next: Cursor | null = last !== null ? [part, last] : part === 'chunk' ? ['block', -1] : null;
  return step.finish(next === null ? null : JSON.stringify(next));
}

interface Matcher {
  /** When environments worked for the request of the scope. */
  readonly windows: readonly AttemptWindow[];
  readonly matches: (line: KeptLine) => boolean;
}

async function matcherOf(db: Databases, scope: LineScope): Promise<Matcher> {
  const windows = scope.requestId === undefined ? [] : windowsOf(await byRequestId(db, scope.requestId));
  return { windows, matches: lineMatcher(scope, windows) };
}

interface BlockRow {
  readonly id: number;
  readonly functionId: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly receivedMs: number;
  readonly lines: number;
  readonly rawBytes: number;
  readonly bytes: number;
  readonly filter: Uint8Array | null;
}

class Step {
  readonly #db: Databases;
  readonly #scope: LineScope;
  readonly #matcher: Matcher;
  readonly #isPreview: boolean;
  readonly #words: readonly number[];
  readonly #chunks: CutChunk[] = [];
  readonly #blocks: CutBlocks[] = [];
  #lines = 0;
  #rawBytes = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #damaged = 0;
  #readBytes = 0;

  constructor(db: Databases, scope: LineScope, matcher: Matcher, isPreview: boolean) {
    this.#db = db;
    this.#scope = scope;
    this.#matcher = matcher;
    this.#isPreview = isPreview;
    this.#words = wordHashes(Buffer.from(scope.requestId ?? ''));
  }

  finish(nextCursor: string | null): CutLines {
    const isNone = this.#lines === 0;
    return {
      lines: this.#lines,
      rawBytes: this.#rawBytes,
      firstMs: isNone ? null : this.#firstMs,
      lastMs: isNone ? null : this.#lastMs,
      damaged: this.#damaged,
      chunks: this.#chunks,
      blocks: this.#blocks,
      nextCursor,
    };
  }

  /** Returns the number of the last chunk that was read; null if there are no more. */
  chunks(after: number): number | null {
    const { functionId, fromMs, toMs } = this.#scope;
    let query = this.#db.telemetry
      .selectFrom('raw_chunk')
      .select(['id', 'environment_id as environmentId', 'first_ms as firstMs', 'last_ms as lastMs', 'events'])
      .select(['digest', 'gzip'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(STEP_ROWS);
    if (fromMs !== undefined) query = query.where('last_ms', '>=', fromMs);
    if (toMs !== undefined) query = query.where('first_ms', '<', toMs);
    if (functionId !== undefined)
      query = query.where((eb) =>
        eb.or([
          eb('environment_id', '=', -functionId),
          eb('environment_id', 'in', eb.selectFrom('environment').select('id').where('function_id', '=', functionId)),
        ]),
      );
    let rows = 0;
    for (const { gzip, lastMs, events, ...chunk } of this.#db.telemetry.iterate(query)) {
      this.#chunk(chunk, gzip, { firstMs: chunk.firstMs, lastMs, lines: events });
      rows += 1;
      if (rows >= STEP_ROWS || this.#readBytes >= STEP_BYTES) return chunk.id;
    }
    return null;
  }

  #chunk(chunk: PackedChunk, gzip: Uint8Array, whole: Pick<BlockRow, 'firstMs' | 'lastMs' | 'lines'>): void {
    let lines: readonly KeptLine[];
    try {
      lines = chunkLines(chunk.environmentId, gzip);
    } catch {
      if (!coversTimes(this.#scope, whole)) {
        this.#damaged += 1;
        return;
      }
      // The size of a text that cannot be read is not known.
      this.#counts(whole.lines, 0, whole.firstMs, whole.lastMs);
      if (!this.#isPreview) this.#chunks.push({ ...chunk, removed: whole.lines, left: null });
      return;
    }
    const left = this.#without(lines);
    if (left.length === lines.length || this.#isPreview) return;
    this.#chunks.push({
      ...chunk,
      removed: lines.length - left.length,
      // Its digest is another one, so that a thread that packs the chunk as it was cannot take the one for the other.
      left: left.length === 0 ? null : rawChunk(0, left.map(eventOf), null),
    });
  }

  /** Returns the number of the last block that was read; null if there are no more. */
  blocks(after: number): number | null {
    const { functionId, fromMs, toMs } = this.#scope;
    let query = this.#db.telemetry
      .selectFrom('line_block')
      .select([
        'id',
        'function_id as functionId',
        'first_ms as firstMs',
        'last_ms as lastMs',
        'received_ms as receivedMs',
        'lines',
        'raw_bytes as rawBytes',
        'bytes',
        'filter',
      ])
      .where('id', '>', after)
      .orderBy('id')
      .limit(STEP_ROWS);
    if (functionId !== undefined) query = query.where('function_id', '=', functionId);
    if (fromMs !== undefined) query = query.where('last_ms', '>=', fromMs);
    if (toMs !== undefined) query = query.where('first_ms', '<', toMs);
    let rows = 0;
    for (const block of this.#db.telemetry.iterate(query)) {
      this.#block(block);
      rows += 1;
      if (rows >= STEP_ROWS || this.#readBytes >= STEP_BYTES) return block.id;
    }
    return null;
  }

  #block(block: BlockRow): void {
    if (coversTimes(this.#scope, block)) {
      this.#counts(block.lines, block.rawBytes, block.firstMs, block.lastMs);
      this.#replace(block, block.lines, []);
      return;
    }
    if (!this.#mayHold(block)) return;
    const parts = this.#db.telemetry.get(
      this.#db.telemetry.selectFrom('line_block').select(['head', 'body']).where('id', '=', block.id),
    );
    if (parts === undefined) return;
    this.#readBytes += block.rawBytes;
    let lines: readonly KeptLine[];
    try {
      lines = blockLines(parts);
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      this.#damaged += 1;
      return;
    }
    const left = this.#without(lines);
    if (left.length < lines.length) this.#replace(block, lines.length - left.length, left);
  }

  #mayHold({ filter: stored, functionId, firstMs, lastMs }: BlockRow): boolean {
    if (this.#scope.requestId === undefined) return true;
    const filter = readFilter(stored);
    if (filter === null || this.#words.every((word) => mayHold(filter, word))) return true;
    return this.#matcher.windows.some(
      (window) => window.functionId === functionId && window.fromMs <= lastMs && window.toMs >= firstMs,
    );
  }

  #replace({ id, functionId, bytes, receivedMs }: BlockRow, removed: number, left: readonly KeptLine[]): void {
    if (this.#isPreview) return;
    const blocks = left.length === 0 ? [] : [{ ...encodeBlock(left), receivedMs }];
    this.#blocks.push({ functionId, blocks, replaced: [{ id, bytes }], removed });
  }

  /** The lines that stay. Counts the others. */
  #without(lines: readonly KeptLine[]): readonly KeptLine[] {
    return lines.filter((line) => {
      if (!this.#matcher.matches(line)) return true;
      this.#counts(1, Buffer.byteLength(line.message), line.timestampMs, line.timestampMs);
      return false;
    });
  }

  #counts(lines: number, rawBytes: number, firstMs: number, lastMs: number): void {
    this.#lines += lines;
    this.#rawBytes += rawBytes;
    this.#firstMs = Math.min(this.#firstMs, firstMs);
    this.#lastMs = Math.max(this.#lastMs, lastMs);
  }
}
