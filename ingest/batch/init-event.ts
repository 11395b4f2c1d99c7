/** Builds the init and fault rows of a batch. */
import type { InitEvent, InitEventKind } from '../records/stream-events.ts';

/** The message of a timeout; null if there was none. */
export function timeoutMessage(seconds: number | null): string | null {
  return seconds === null ? null : `Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** Builds an init event from a line. Fields that the line does not have are null. */
export function initEvent(
  stream: number,
  kind: InitEventKind,
  atMs: number,
  line: Partial<Omit<InitEvent, 'stream' | 'kind' | 'atMs'>>,
): InitEvent {
  return {
    stream,
    kind,
    atMs,
    durationMs: line.durationMs ?? null,
    phase: line.phase ?? null,
    status: line.status ?? null,
    errorType: line.errorType ?? null,
    initializationType: line.initializationType ?? null,
    runtimeVersion: line.runtimeVersion ?? null,
    runtimeVersionArn: line.runtimeVersionArn ?? null,
  };
}
