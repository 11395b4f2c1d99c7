/** Events of a stream as a batch carries them. */
import type { ExtensionLine, SubscriptionLine } from '../records/extension-line.ts';
import type { FaultLine, RuntimeError } from '../records/fault-line.ts';
import type { Spans } from '../records/invocation-line.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { PlatformLine } from '../records/platform-line.ts';
import type { ResponseTiming } from '../records/response-timing.ts';
import type { ExtensionEvent, FaultEvent, InitEvent, InitEventKind } from '../records/stream-events.ts';
import type { StreamHeader } from '../records/stream-header.ts';
import { withoutSecrets } from './secrets.ts';

function timeoutMessage(seconds: number | null): string | null {
  return seconds === null ? null : `Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** Builds an init event from a line. Fields that the line does not have are null. `durationMs`: that of the line, if it has another name there. */
export function initEvent(
  stream: number,
  kind: InitEventKind,
  atMs: number,
  line: Partial<Omit<InitEvent, 'stream' | 'kind' | 'atMs'>>,
  durationMs: number | null = line.durationMs ?? null,
): InitEvent {
  return {
    stream,
    kind,
    atMs,
    durationMs,
    phase: line.phase ?? null,
    status: line.status ?? null,
    errorType: line.errorType ?? null,
    initializationType: line.initializationType ?? null,
    runtimeVersion: line.runtimeVersion ?? null,
    runtimeVersionArn: line.runtimeVersionArn ?? null,
  };
}

/** Is the line a record that states the status of an invocation, whatever the handler printed? Text REPORT lines do not. */
export function statesStatus(line: PlatformLine, message: string): boolean {
  return (line.kind === 'report' || line.kind === 'runtime-done') && message.trimStart().startsWith('{');
}

/** The fault event of a fault line. One without a request id belongs to the open invocation; a network fault to none. */
export function lineFault(stream: number, atMs: number, line: FaultLine, openRequestId: string | null): FaultEvent {
  return {
    stream,
    kind: line.fault,
    atMs,
    requestId: line.requestId ?? (line.fault === 'network' ? null : openRequestId),
    errorType: line.errorType,
    message: line.errorMessage ?? timeoutMessage(line.timedOutAfterSec),
    stack: null,
  };
}

/** The fault event of an error that a runtime reported. Secrets in its texts are replaced. */
export function faultEvent(stream: number, atMs: number, error: RuntimeError): FaultEvent {
  const { requestId, errorType, errorMessage, stack } = error;
  return {
    stream,
    kind: 'error',
    atMs,
    requestId,
    errorType,
    message: errorMessage === null ? null : withoutSecrets(errorMessage),
    stack: stack.length === 0 ? null : withoutSecrets(stack.join('\n')),
  };
}

/** The event of a line about an extension or its subscription. */
export function extensionEvent(stream: number, atMs: number, line: ExtensionLine | SubscriptionLine): ExtensionEvent {
  const kind = KINDS[line.kind];
  const words = line.kind === 'extension' ? [...line.events, line.errorType ?? ''] : line.types;
  const detail = words.filter((word) => word !== '').join(' ');
  return { stream, kind, name: line.name, state: line.state, detail, atMs };
}

const KINDS = { extension: 'extension', 'telemetry-subscription': 'telemetry', 'logs-subscription': 'logs' } as const;

/** When the response of a request began and how long it took; null if the line does not say. */
export function responseTiming(
  { account, region, functionName }: StreamHeader,
  requestId: string,
  atMs: number,
  spans: Spans | null,
  bytes: number | null,
): ResponseTiming | null {
  const firstByteMs = spans?.['responseLatency'] ?? null;
  const responseMs = spans?.['responseDuration'] ?? null;
  if (firstByteMs === null && responseMs === null && bytes === null) return null;
  return { kind: 'response', account, region, functionName, requestId, atMs, firstByteMs, responseMs, bytes };
}

/** The event as a subscription message, which a replay reads. Such messages name the region in fields of their events alone. */
export function messageOf({ account: owner, region, logGroup, logStream }: StreamIdentity, event: LogEvent): string {
  const { id, timestampMs: timestamp, message } = event;
  const extracted = region === '' ? {} : { extractedFields: { '@aws.region': region } };
  const logEvents = [{ id, timestamp, message, ...extracted }];
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    logStream,
    subscriptionFilters: [],
    logEvents,
  });
}
