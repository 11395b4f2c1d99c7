/** Events of a stream as a batch carries them. */
import type { InitEvent, InitEventKind } from '../records/stream-events.ts';

/** What an old-style timeout line said. */
export function timeoutMessage(seconds: number | null): string | null {
  return seconds === null ? null : `Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** An init line as the batch carries it; what the line does not say is null. */
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
