/** Which log lines a deletion is about. */
import { lineIds } from '../../../ingest/lines/line-ids.ts';
import { isPlatformLine } from '../../../ingest/lines/platform-line.ts';
import type { LineScope } from '../ports/lines.ts';
import type { KeptLine } from './kept-line.ts';

/** When an environment worked for the request. */
export interface AttemptWindow {
  readonly functionId: number;
  readonly environmentId: number;
  /** Epoch ms, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface Attempt {
  readonly functionId: number;
  readonly environmentId: number;
  readonly startMs: number | null;
  readonly endMs: number;
  readonly durationMs: number;
}

export function windowsOf(attempts: readonly Attempt[]): readonly AttemptWindow[] {
  return attempts.map(({ functionId, environmentId, startMs, endMs, durationMs }) => ({
    functionId,
    environmentId,
    fromMs: startMs ?? endMs - Math.ceil(durationMs),
    toMs: endMs,
  }));
}

/** Tells whether a line is in the scope. The function is not compared, and `windows` are those of the scope's request. */
export function lineMatcher(
  { requestId, fromMs, toMs }: LineScope,
  windows: readonly AttemptWindow[],
): (line: KeptLine) => boolean {
  const isInTime = ({ timestampMs }: KeptLine): boolean =>
    timestampMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && timestampMs < (toMs ?? Number.POSITIVE_INFINITY);
  if (requestId === undefined) return isInTime;
  const wanted = requestId.toLowerCase();
  return (line) => isInTime(line) && (line.message.toLowerCase().includes(wanted) || isDuringAttempt(line, windows));
}

/** A line of an attempt that names no request. An environment of a managed instance runs several requests at a time. */
export function isDuringAttempt(
  { environmentId, timestampMs, message }: KeptLine,
  windows: readonly AttemptWindow[],
): boolean {
  const isDuring = windows.some(
    (window) => window.environmentId === environmentId && timestampMs >= window.fromMs && timestampMs <= window.toMs,
  );
  return isDuring && lineIds(message, isPlatformLine(message)).requestId === null;
}

/** Whether every line between these times, both included, is in the scope. The function is not compared. */
export function coversTimes(
  { requestId, fromMs, toMs }: LineScope,
  { firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number },
): boolean {
  return requestId === undefined && firstMs >= (fromMs ?? firstMs) && lastMs < (toMs ?? lastMs + 1);
}
