/** Extracts the log lines of one attempt from the stored chunks of its environment. */

import { describeAppLine } from '../../../../ingest/lines/app-line.ts';
import { parsePlatformLine } from '../../../../ingest/lines/platform-line.ts';
import type { Attempt } from '../../../analytics/cold-starts/fault-match.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { mergedLines } from '../../lines/kept-line.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type { LogLine } from './types.ts';

/** Range of chunks to read, ms: before START (init lines) and after the end (late fault lines). */
const BEFORE_MS = 15_000;
const AFTER_MS = 5000;
const MAX_LINES = 1000;
/** Maximum number of chunks read per attempt. */
export const MOST_CHUNKS = 200;

/** Returns bounds of the chunks to read, epoch ms: latest start and earliest end. */
export function chunkBounds(attempt: StoredInvocation): { readonly lastFromMs: number; readonly firstToMs: number } {
  return { lastFromMs: startOf(attempt) - BEFORE_MS, firstToMs: attempt.endMs + AFTER_MS };
}

function startOf(attempt: StoredInvocation): number {
  return attempt.startMs ?? attempt.endMs - Math.ceil(attempt.durationMs);
}

/** The attempt as fault lines are matched to it. */
export function attemptOf({ startMs, endMs, durationMs }: StoredInvocation): Attempt {
  return { startMs, endMs, durationUs: Math.round(durationMs * 1000) };
}

/** Lines of the chunks of one environment. */
export function linesOfChunks(environmentId: number, gzips: readonly Uint8Array[]): readonly KeptLine[] {
  return gzips.flatMap((gzip) => chunkLines(environmentId, gzip));
}

/** The lines of an attempt among those of its environment. */
export function linesIn(lines: readonly KeptLine[], attempt: StoredInvocation): readonly LogLine[] {
  const startMs = startOf(attempt);
  const events = mergedLines(lines);
  const start = events.findIndex((event) => event.message.startsWith(`START RequestId: ${attempt.requestId}`));
  const end = events.findLastIndex(
    (event) => event.timestampMs <= attempt.endMs && event.message.startsWith(`REPORT RequestId: ${attempt.requestId}`),
  );
  const between = start !== -1 && end >= start;
  return events
    .filter((event, at) => (between && at >= start && at <= end) || belongs(event, attempt, startMs))
    .slice(0, MAX_LINES)
    .map((event) => ({
      timestampMs: event.timestampMs,
      message: event.message,
      platform: parsePlatformLine(event.message).ok,
    }));
}

/**
 * Whether a line outside START…REPORT belongs to the attempt: it has the request id, or is part of the attempt's init.
 */
function belongs(event: KeptLine, attempt: StoredInvocation, startMs: number): boolean {
  const near = event.timestampMs >= startMs - 1 && event.timestampMs <= attempt.endMs + AFTER_MS;
  if (
    near &&
    (event.message.includes(attempt.requestId) || describeAppLine(event.message).requestId === attempt.requestId)
  )
    return true;
  if (attempt.coldStart === null || event.timestampMs > startMs || event.timestampMs < startMs - BEFORE_MS)
    return false;
  const result = parsePlatformLine(event.message);
  return (
    result.ok &&
    (result.line.kind.startsWith('init') || result.line.kind.startsWith('restore') || result.line.kind === 'extension')
  );
}
