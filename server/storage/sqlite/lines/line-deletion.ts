/** Deletion of log lines: the thread that packs them finds them a part at a time, and the writer replaces each part. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LineDeletion, LineScope, LinesInScope } from '../../ports/lines.ts';
import type { ReaderPool } from '../threads/reader-pool.ts';
import type { CutLines } from './delete-lines.ts';

interface LineWriter {
  /** Answers with the number of lines that were deleted. */
  cut(cut: Pick<CutLines, 'chunks' | 'blocks'>): Promise<unknown>;
  /** Answers false while a reader needs the log. */
  emptyLog(): Promise<unknown>;
}

/** Readers end within their deadlines; most within milliseconds. */
const [LOG_TRIES, LOG_PAUSE_MS] = [100, 50];

export function lineDeletionOver(readers: Pick<ReaderPool, 'cutLines'>, writer: LineWriter): LineDeletion {
  return {
    preview: (scope) => inParts(readers, scope, true, ({ lines }) => Promise.resolve(lines)),
    run: async (scope) => {
      const deleted = await inParts(readers, scope, false, async ({ chunks, blocks }) =>
        chunks.length + blocks.length === 0 ? 0 : Number(await writer.cut({ chunks, blocks })),
      );
      for (let tries = 0; tries < LOG_TRIES && (await writer.emptyLog()) !== true; tries += 1)
        await pause(LOG_PAUSE_MS);
      return deleted;
    },
  };
}

async function inParts(
  readers: Pick<ReaderPool, 'cutLines'>,
  scope: LineScope,
  isPreview: boolean,
  linesOf: (part: CutLines) => Promise<number>,
): Promise<LinesInScope> {
  let [lines, rawBytes, damaged] = [0, 0, 0];
  let [firstMs, lastMs]: [number | null, number | null] = [null, null];
  for (let cursor: string | null = null; ; ) {
    const part: CutLines = await readers.cutLines({ scope, cursor, isPreview });
    lines += await linesOf(part);
    rawBytes += part.rawBytes;
    damaged += part.damaged;
    if (part.firstMs !== null) firstMs = Math.min(firstMs ?? part.firstMs, part.firstMs);
    if (part.lastMs !== null) lastMs = Math.max(lastMs ?? part.lastMs, part.lastMs);
    if (part.nextCursor === null) return { lines, rawBytes, firstMs, lastMs, damaged };
    cursor = part.nextCursor;
  }
}
