/** A page of log lines. */
import type { RawRetention } from '../../../ingest/decode/pipeline.ts';
import { iso } from '../../../ingest/records/time.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FoundLine } from '../../storage/ports.ts';
import type { LogLine, LogRow, LogsAnswer } from '../contract/logs.ts';
import { ndjsonRow } from '../presentation/export-text.ts';
import type { Shaped } from './shaped.ts';

/** Longer lines are cut: a page may hold hundreds of a megabyte. */
const MOST_CHARS = 16_384;

/** `lines`: which of them are kept now. */
export function logList(page: ReaderResult<'logs'>, lines: RawRetention): Shaped<LogsAnswer> {
  const { readBytes, endedAtMs, damaged, rebuilding, nextCursor, gone } = page;
  return {
    body: {
      items: page.lines.map(lineAnswer),
      nextCursor,
      search: {
        readBytes,
        endedAt: endedAtMs === null ? null : iso(endedAtMs),
        damagedBlocks: damaged,
        rebuildingBlocks: rebuilding,
      },
      kept: {
        lines,
        deleted: gone.map(({ untilMs, ...loss }) => ({ ...loss, until: iso(untilMs) })),
      },
    },
    meta: null,
  };
}

/** A line as searches answer it. */
export function lineAnswer(line: FoundLine): LogLine {
  return {
    timestamp: iso(line.timestampMs),
    message: line.message.slice(0, MOST_CHARS).toWellFormed(),
    messageChars: line.message.length,
    level: line.level,
    source: line.isPlatform ? 'platform' : 'function',
    function: { id: functionIdOf(line.function), ...line.function },
    logGroup: line.logGroup,
    logStream: line.logStream === '' ? null : line.logStream,
    requestId: line.requestId,
    traceId: line.traceId,
  };
}

/** Lines of a page as NDJSON, whole. */
export function logExport({ lines }: ReaderResult<'logs'>): Shaped<string> {
  const rows = lines.map(
    (line): LogRow => ({
      timestamp: iso(line.timestampMs),
      message: line.message,
      level: line.level,
      source: line.isPlatform ? 'platform' : 'function',
      function: functionIdOf(line.function),
      logGroup: line.logGroup,
      logStream: line.logStream === '' ? null : line.logStream,
      requestId: line.requestId,
      traceId: line.traceId,
    }),
  );
  return { body: rows.map(ndjsonRow).join(''), meta: null };
}
