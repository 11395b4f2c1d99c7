/** Parses REPORT in every format since 2016, and the XRAY line in the same event. */
import type { ReportLine, TraceRef } from '../records/invocation-line.ts';
import type { LineResult } from '../records/platform-line.ts';
import type { Fields } from './fields.ts';
import { firstWord, leadingDuration, leadingSize, scanFields, unescapeSeparators } from './fields.ts';

const NUMBER = '(\\d{1,15}(?:\\.\\d{1,9})?)';

/** Matches the current format; other formats take the tolerant path. Anchored and without nested repetition, so it runs in linear time. */
const CANONICAL = new RegExp(
  `^REPORT RequestId: (\\S{1,256})\\tDuration: ${NUMBER} ms\\tBilled Duration: ${NUMBER} ms` +
    '\\tMemory Size: (\\d{1,9}) MB\\tMax Memory Used: (\\d{1,9}) MB' +
    `(?:\\tInit Duration: ${NUMBER} ms)?` +
    `(?:\\tRestore Duration: ${NUMBER} ms)?(?:\\tBilled Restore Duration: ${NUMBER} ms)?` +
    '(?:\\tStatus: (\\w{1,32}))?(?:\\tError Type: (\\S{1,256}))?\\t?\\n?' +
    '(?:XRAY TraceId: (\\S{1,256})\\tSegmentId: (\\S{1,64})(?:\\tSampled: (true|false))?\\t?\\n?)?$',
);

const NO_KEYS: readonly string[] = [];

/** Parses a message that starts with "REPORT ". */
export function parseReport(message: string): LineResult {
  const match = CANONICAL.exec(message);
  if (match === null) return parseTolerantly(message);
  const [, requestId = '', duration, billed, size, used, init, restore, billedRestore] = match;
  return done({
    kind: 'report',
    requestId,
    durationMs: Number(duration),
    billedDurationMs: Number(billed),
    memorySizeMb: Number(size),
    maxMemoryUsedMb: Number(used),
    initDurationMs: optionalNumber(init),
    restoreDurationMs: optionalNumber(restore),
    billedRestoreDurationMs: optionalNumber(billedRestore),
    runtimeDurationMs: null,
    timedOutAfterSec: null,
    status: match[9] ?? null,
    errorType: match[10] ?? null,
    trace: match[11] === undefined ? null : traceRef(match[11], match[12] ?? null, match[13] ?? null),
    tenantId: null,
    spans: null,
    unknownKeys: NO_KEYS,
  });
}

function parseTolerantly(message: string): LineResult {
  const text = unescapeSeparators(message.length > 16_384 ? message.slice(0, 16_384) : message);
  if (!/^REPORT\s{1,8}RequestId:/.test(text)) return { ok: false, reason: 'not-platform' };
  const fields = scanFields(text, 'REPORT'.length);
  const requestId = firstWord(fields.get('RequestId'));
  if (requestId === null) return { ok: false, reason: 'report-without-request-id' };
  // The first value could be that of another invocation, whose REPORT was joined to this one.
  if (fields.contradicts) return { ok: false, reason: 'field-repeated' };
  const line: ReportLine = {
    kind: 'report',
    requestId,
    durationMs: leadingDuration(fields.get('Duration')),
    billedDurationMs: leadingDuration(fields.get('Billed Duration')),
    memorySizeMb: leadingSize(fields.get('Memory Size')),
    maxMemoryUsedMb: leadingSize(fields.get('Max Memory Used')),
    initDurationMs: leadingDuration(fields.get('Init Duration')),
    restoreDurationMs: leadingDuration(fields.get('Restore Duration')),
    billedRestoreDurationMs: leadingDuration(fields.get('Billed Restore Duration')),
    runtimeDurationMs: leadingDuration(fields.get('Runtime Duration')),
    timedOutAfterSec: timedOutAfter(text),
    status: firstWord(fields.get('Status')),
    errorType: firstWord(fields.get('Error Type') ?? fields.get('ErrorType')),
    trace: traceOf(fields),
    tenantId: null,
    spans: null,
    unknownKeys: fields.unknownKeys,
  };
  return isEmpty(line) ? { ok: false, reason: 'report-without-fields' } : done(line);
}

function isEmpty(line: ReportLine): boolean {
  const { durationMs, runtimeDurationMs, maxMemoryUsedMb, billedDurationMs } = line;
  return (
    durationMs === null &&
    runtimeDurationMs === null &&
    maxMemoryUsedMb === null &&
    billedDurationMs === null &&
    line.status === null
  );
}

function traceOf(fields: Fields): TraceRef | null {
  const traceId = firstWord(fields.get('XRAY TraceId'));
  if (traceId === null) return null;
  return traceRef(traceId, firstWord(fields.get('SegmentId')), firstWord(fields.get('Sampled')));
}

function traceRef(traceId: string, segmentId: string | null, sampled: string | null): TraceRef {
  return { traceId, segmentId, sampled: sampled === 'true' ? true : sampled === 'false' ? false : null };
}

/** Reads the timeout in seconds, or null. Extensions append "Task timed out after N seconds" to the lines they render. */
export function timedOutAfter(text: string): number | null {
  const at = text.indexOf('Task timed out after ');
  const seconds = at === -1 ? null : leadingDuration(text.slice(at + 'Task timed out after '.length, at + 64));
  return seconds === null || Number.isNaN(seconds) ? null : seconds / 1000;
}

function optionalNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function done(line: ReportLine): LineResult {
  return { ok: true, line, time: null };
}
