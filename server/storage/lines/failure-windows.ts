/** Which lines are kept where only those around failures are: of failed attempts, and of their environment just before. */
import { isPlatformLine } from '../../../ingest/lines/platform-line.ts';
import { MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import type { KeptLine } from './kept-line.ts';

const BEFORE_MS = MINUTE_MS;
const AFTER_MS = 5 * SECOND_MS;

export interface FailureWindow {
  /** Null: the lines of the failure name no environment. */
  readonly environmentId: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time around an attempt, or around a fault, for which `fromMs` is `toMs`. */
export function windowAround({ fromMs, toMs, ...failure }: FailureWindow): FailureWindow {
  return { ...failure, fromMs: fromMs - BEFORE_MS, toMs: toMs + AFTER_MS };
}

/** Lines of one function within the windows of its failures, and those of the platform. `isKnown`: the line names its environment. */
export function linesWithin<T extends Pick<KeptLine, 'environmentId' | 'timestampMs' | 'message'>>(
  lines: readonly T[],
  windows: readonly FailureWindow[],
  isKnown: (environmentId: number) => boolean,
): readonly T[] {
  const byEnvironment = new Map<number | null, FailureWindow[]>();
  for (const window of windows) {
    const mine = byEnvironment.get(window.environmentId) ?? [];
    byEnvironment.set(window.environmentId, mine);
    mine.push(window);
  }
  return lines.filter(({ environmentId, timestampMs, message }) => {
    const near = isKnown(environmentId)
      ? [...(byEnvironment.get(environmentId) ?? []), ...(byEnvironment.get(null) ?? [])]
      : windows;
    return near.some(({ fromMs, toMs }) => timestampMs >= fromMs && timestampMs <= toMs) || isPlatformLine(message);
  });
}
