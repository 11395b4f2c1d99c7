/** Events of a stream as a batch carries them. */
import type { RuntimeError } from '../records/fault-line.ts';
import type { FaultEvent, InitEvent, InitEventKind } from '../records/stream-events.ts';

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

/** The fault event of an error that a runtime reported; the first frames follow its message, a line each. */
export function faultEvent(stream: number, atMs: number, error: RuntimeError): FaultEvent {
  const { requestId, errorType, errorMessage, stack } = error;
  const message = [errorMessage ?? '', ...stack].join('\n').trim();
  return { stream, kind: 'error', atMs, requestId, errorType, message: message === '' ? null : message };
}
