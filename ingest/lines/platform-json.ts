/** Parses JSON platform records: `{"time", "type": "platform.X", "record"}`. Keys come in any order; unknown types keep their name. */
import type { Spans, TraceRef } from '../records/invocation-line.ts';
import type { LineResult, PlatformLine } from '../records/platform-line.ts';
import { parseLimited } from '../text/json-limits.ts';
import { hasContradiction } from '../text/repeated-members.ts';
import { decimal } from './fields.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses a message that starts with "{" and contains "platform.". `readText` parses records that the Logs API sends as text.
 * Applications may print objects of the same type. Lambda always writes `time` and `record`, so both are required.
 */
export function parsePlatformJson(message: string, readText: (text: string) => LineResult): LineResult {
  const value = parseObject(message);
  if (value === null) return { ok: false, reason: claimsType(message) ? 'platform-json-unreadable' : 'not-platform' };
  const type = value['type'];
  const time = value['time'];
  const isRecord = typeof type === 'string' && type.startsWith('platform.') && typeof time === 'string';
  // The last of two types counts, so that the first is looked for in the text.
  if ((isRecord || claimsType(message)) && hasContradiction(message, value))
    return { ok: false, reason: 'platform-json-contradicts' };
  if (!isRecord) return { ok: false, reason: 'not-platform' };
  const record = value['record'];
  if (typeof record === 'string') return textRecord(type, time, readText(record), record);
  if (!isObject(record)) return { ok: false, reason: 'platform-json-without-record' };
  const line = readRecord(type, record);
  return typeof line === 'string' ? { ok: false, reason: line } : { ok: true, line, time };
}

/** Whether an object of the text says that it is a platform record. */
function claimsType(message: string): boolean {
  return /"type"\s{0,8}:\s{0,8}"platform\./.test(message.slice(0, 65_536));
}

/** The Logs API sends some records as text, in the format of the text line. */
function textRecord(type: string, time: string, inner: LineResult, record: string): LineResult {
  if (inner.ok) return { ...inner, time };
  const line: PlatformLine = type === 'platform.fault' ? plainFault(record) : { kind: 'other-platform', type };
  return { ok: true, line, time };
}

function plainFault(text: string): PlatformLine {
  return {
    kind: 'fault',
    fault: 'error',
    requestId: null,
    errorType: null,
    errorMessage: text.slice(0, 2048),
    status: null,
    timedOutAfterSec: null,
  };
}

function readRecord(
  type: string,
  record: Json,
): PlatformLine | 'platform-report-without-request-id' | 'start-without-request-id' {
  switch (type) {
    case 'platform.report':
      return report(record);
    case 'platform.start':
      return start(record);
    case 'platform.end':
      return { kind: 'end', requestId: text(record, 'requestId'), timedOutAfterSec: null };
    case 'platform.runtimeDone':
      return runtimeDone(record);
    case 'platform.initStart':
      return {
        kind: 'init-start',
        ...runtime(record),
        ...initKind(record),
        instanceMaxMemory: number(record, 'instanceMaxMemory'),
      };
    case 'platform.initReport':
      return initReport(record);
    case 'platform.initRuntimeDone':
      return { kind: 'init-runtime-done', ...initKind(record), ...outcome(record) };
    case 'platform.restoreStart':
      return { kind: 'restore-start', ...runtime(record) };
    case 'platform.restoreReport':
      return {
        kind: 'restore-report',
        restoreDurationMs: figure(object(record, 'metrics'), 'durationMs'),
        ...outcome(record),
        spans: spans(record),
      };
    case 'platform.restoreRuntimeDone':
      return { kind: 'restore-runtime-done', ...outcome(record), spans: spans(record) };
    case 'platform.extension':
      return {
        kind: 'extension',
        ...named(record),
        events: texts(record, 'events'),
        errorType: outcome(record).errorType,
      };
    case 'platform.telemetrySubscription':
      return { kind: 'telemetry-subscription', ...named(record), types: texts(record, 'types') };
    case 'platform.logsSubscription':
      return { kind: 'logs-subscription', ...named(record), types: texts(record, 'types') };
    case 'platform.logsDropped':
      return {
        kind: 'logs-dropped',
        reason: text(record, 'reason'),
        droppedRecords: number(record, 'droppedRecords'),
        droppedBytes: number(record, 'droppedBytes'),
      };
    default:
      return { kind: 'other-platform', type };
  }
}

const REPORT_METRICS = new Set([
  'durationMs',
  'billedDurationMs',
  'memorySizeMB',
  'maxMemoryUsedMB',
  'initDurationMs',
  'restoreDurationMs',
  'billedRestoreDurationMs',
]);
const REPORT_KEYS = new Set(['requestId', 'status', 'errorType', 'metrics', 'spans', 'tracing', 'tenantId']);

function report(record: Json): PlatformLine | 'platform-report-without-request-id' {
  const requestId = text(record, 'requestId');
  if (requestId === null) return 'platform-report-without-request-id';
  const metrics = object(record, 'metrics');
  const unknownMetrics = Object.keys(metrics ?? {}).filter((key) => !REPORT_METRICS.has(key));
  const unknownKeys = Object.keys(record).filter((key) => !REPORT_KEYS.has(key));
  return {
    kind: 'report',
    requestId,
    durationMs: figure(metrics, 'durationMs'),
    billedDurationMs: figure(metrics, 'billedDurationMs'),
    memorySizeMb: figure(metrics, 'memorySizeMB'),
    maxMemoryUsedMb: figure(metrics, 'maxMemoryUsedMB'),
    initDurationMs: figure(metrics, 'initDurationMs'),
    restoreDurationMs: figure(metrics, 'restoreDurationMs'),
    billedRestoreDurationMs: figure(metrics, 'billedRestoreDurationMs'),
    runtimeDurationMs: null,
    timedOutAfterSec: null,
    ...outcome(record),
    trace: trace(record),
    tenantId: text(record, 'tenantId'),
    spans: spans(record),
    unknownKeys: [...unknownKeys, ...unknownMetrics.map((key) => `metrics.${key}`)],
  };
}

function start(record: Json): PlatformLine | 'start-without-request-id' {
  const requestId = text(record, 'requestId');
  if (requestId === null) return 'start-without-request-id';
  return {
    kind: 'start',
    requestId,
    version: text(record, 'version'),
    tenantId: text(record, 'tenantId'),
    functionArn: text(record, 'functionArn'),
    trace: trace(record),
  };
}

function runtimeDone(record: Json): PlatformLine {
  const metrics = object(record, 'metrics');
  return {
    kind: 'runtime-done',
    requestId: text(record, 'requestId'),
    ...outcome(record),
    durationMs: figure(metrics, 'durationMs'),
    producedBytes: number(metrics, 'producedBytes'),
    spans: spans(record),
    trace: trace(record),
  };
}

function initReport(record: Json): PlatformLine {
  const metrics = object(record, 'metrics');
  return {
    kind: 'init-report',
    initDurationMs: figure(metrics, 'durationMs') ?? figure(metrics, 'initDurationMs'),
    billedDurationMs: figure(metrics, 'billedDurationMs'),
    ...initKind(record),
    ...outcome(record),
  };
}

function runtime(record: Json) {
  return {
    runtimeVersion: text(record, 'runtimeVersion'),
    runtimeVersionArn: text(record, 'runtimeVersionArn'),
    functionName: text(record, 'functionName'),
    functionVersion: text(record, 'functionVersion'),
    instanceId: text(record, 'instanceId'),
  };
}

function initKind(record: Json) {
  return { initializationType: text(record, 'initializationType'), phase: text(record, 'phase') };
}

/** Real records may have an empty `errorType`, which means none. */
function outcome(record: Json) {
  return { status: text(record, 'status'), errorType: text(record, 'errorType') };
}

function named(record: Json) {
  return { name: text(record, 'name') ?? '', state: text(record, 'state') ?? '' };
}

/** `Root=…;Parent=…;Sampled=1`; any part may be missing. */
function trace(record: Json): TraceRef | null {
  const tracing = object(record, 'tracing');
  const value = text(tracing, 'value');
  if (value === null) return null;
  const parts = new Map<string, string>();
  for (const part of value.slice(0, 1024).split(';')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const sampled = parts.get('Sampled');
  return {
    traceId: parts.get('Root') ?? null,
    segmentId: text(tracing, 'spanId'),
    sampled: sampled === undefined ? null : sampled === '1',
  };
}

function spans(record: Json): Spans | null {
  const list = record['spans'];
  if (!Array.isArray(list) || list.length === 0) return null;
  const named = new Map<string, number>();
  for (const span of list.slice(0, 64)) {
    if (!isObject(span)) continue;
    const name = text(span, 'name');
    const duration = figure(span, 'durationMs');
    if (name !== null && duration !== null) named.set(name, duration);
  }
  return named.size === 0 ? null : Object.fromEntries(named);
}

function parseObject(message: string): Json | null {
  const value = parseLimited(message);
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(record: Json, key: string): Json | null {
  const value = record[key];
  return isObject(value) ? value : null;
}

function text(record: Json | null, key: string): string | null {
  const value = record?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(record: Json | null, key: string): number | null {
  const value = record?.[key];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** A figure of the platform: null if it is absent, NaN if it is anything but a number that is not negative. */
function figure(record: Json | null, key: string): number | null {
  const value = record?.[key];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return decimal(value);
  return number(record, key) ?? Number.NaN;
}

function texts(record: Json, key: string): readonly string[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
