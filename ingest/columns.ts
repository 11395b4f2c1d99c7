/** Assembled invocations into the columns that cross threads. */
import type { ReportLine, StartLine } from './records.ts';
import { writeUuid } from './request-id.ts';
import type { InvocationColumns, StreamHeader } from './sink.ts';
import { COLUMN, COLUMNS } from './sink.ts';
import { isFailure, statusCode, statusOf } from './status.ts';

export interface OpenStart {
  readonly line: StartLine;
  readonly startMs: number;
}

/** A REPORT and the START that was joined to it. */
export interface OpenReport {
  readonly line: ReportLine;
  readonly endMs: number;
  start: OpenStart | null;
  events: number;
}

export type AssembledRow = readonly [stream: number, report: OpenReport];

/** The rows in columns, ids as bytes beside them. */
export function columnsOf(rows: readonly AssembledRow[], streams: readonly StreamHeader[]): InvocationColumns {
  const n = rows.length;
  const numbers = new Float64Array(n * COLUMNS);
  const requestIds = new Uint8Array(n * 16);
  const otherRequestIds = new Map<number, string>();
  const traces = new Map<number, readonly [string, string | null]>();
  const strings: string[] = [];
  const stringIndex = new Map<string, number>();
  const indexOf = (text: string | null): number => {
    if (text === null) return Number.NaN;
    const known = stringIndex.get(text);
    if (known !== undefined) return known;
    strings.push(text);
    stringIndex.set(text, strings.length - 1);
    return strings.length - 1;
  };
  for (let row = 0; row < n; row += 1) {
    const entry = rows[row];
    if (entry === undefined) break;
    const [stream, report] = entry;
    const { line, start } = report;
    if (!writeUuid(line.requestId, requestIds, row * 16)) otherRequestIds.set(row, line.requestId);
    const trace = line.trace ?? start?.line.trace ?? null;
    if (trace?.traceId != null) traces.set(row, [trace.traceId, trace.segmentId]);
    const at = row * COLUMNS;
    numbers[at + COLUMN.stream] = stream;
    numbers[at + COLUMN.endMs] = report.endMs;
    numbers[at + COLUMN.startMs] = start?.startMs ?? Number.NaN;
    numbers[at + COLUMN.durationMs] = line.durationMs ?? Number.NaN;
    numbers[at + COLUMN.billedMs] = line.billedDurationMs ?? Number.NaN;
    numbers[at + COLUMN.memoryMb] = line.memorySizeMb ?? Number.NaN;
    numbers[at + COLUMN.maxMemoryMb] = line.maxMemoryUsedMb ?? Number.NaN;
    numbers[at + COLUMN.initMs] = line.initDurationMs ?? Number.NaN;
    numbers[at + COLUMN.restoreMs] = line.restoreDurationMs ?? Number.NaN;
    numbers[at + COLUMN.billedRestoreMs] = line.billedRestoreDurationMs ?? Number.NaN;
    const status = statusOf(line);
    numbers[at + COLUMN.status] = statusCode(status);
    numbers[at + COLUMN.errorType] = isFailure(status) ? indexOf(line.errorType) : Number.NaN;
    numbers[at + COLUMN.sampled] = trace?.sampled == null ? Number.NaN : Number(trace.sampled);
    numbers[at + COLUMN.tenant] = indexOf(line.tenantId ?? start?.line.tenantId ?? null);
    numbers[at + COLUMN.version] = indexOf(start?.line.version ?? streams[stream]?.version ?? null);
    numbers[at + COLUMN.events] = report.events;
  }
  return { n, numbers, requestIds, otherRequestIds, traces, strings };
}
