/** Collects invocations in columns that can be transferred between threads. */
import type { ByteText } from '../lines/byte-words.ts';
import { copyUuid } from '../lines/byte-words.ts';
import { PLAIN } from '../lines/in-place.ts';
import type { InvocationColumns, InvocationStatus } from '../records/invocation-columns.ts';
import { COLUMN, COLUMNS } from '../records/invocation-columns.ts';
import type { ReportLine, StartLine } from '../records/invocation-line.ts';
import { writeUuid } from './request-id.ts';
import { isFailure, statusCode, statusOf } from './status.ts';

export interface OpenStart {
  readonly line: StartLine;
  readonly startMs: number;
}

/** An invocation whose REPORT and START were scanned in place. */
export interface PlainInvocation {
  readonly stream: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly version: string;
  readonly text: ByteText;
  /** Offset of the request id in `text`. */
  readonly requestIdAt: number;
  /** {@link PLAIN} fields from index `at`. */
  readonly numbers: Float64Array;
  readonly at: number;
}

/** A stored invocation. Times in epoch ms, durations in ms; null if no line had the value. */
export interface KnownInvocation {
  readonly stream: number;
  readonly requestId: string;
  readonly endMs: number;
  readonly startMs: number | null;
  readonly durationMs: number;
  readonly billedMs: number | null;
  readonly memoryMb: number | null;
  readonly maxMemoryMb: number | null;
  readonly initMs: number | null;
  readonly restoreMs: number | null;
  readonly billedRestoreMs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  readonly sampled: boolean | null;
  readonly traceId: string | null;
  readonly segmentId: string | null;
  readonly tenant: string | null;
  readonly version: string | null;
}

const FIRST_ROWS = 256;

export class InvocationTable {
  #n = 0;
  #numbers = new Float64Array(FIRST_ROWS * COLUMNS).fill(Number.NaN);
  #requestIds = new Uint8Array(FIRST_ROWS * 16);
  readonly #otherRequestIds = new Map<number, string>();
  readonly #traces = new Map<number, readonly [string, string | null]>();
  readonly #strings: string[] = [];
  readonly #stringIndex = new Map<string, number>();
  /** The text that was indexed last: nearly always the version, which all rows of a stream share. */
  #newestText: string | null = null;
  #newestIndex = 0;

  /** Appends a row from REPORT and returns its index. `version` comes from the stream's name. */
  add(stream: number, endMs: number, line: ReportLine, version: string | null): number {
    const row = this.#append();
    if (!writeUuid(line.requestId, this.#requestIds, row * 16)) this.#otherRequestIds.set(row, line.requestId);
    const { trace } = line;
    if (trace?.traceId != null) this.#traces.set(row, [trace.traceId, trace.segmentId]);
    const status = statusOf(line);
    const numbers = this.#numbers;
    const at = row * COLUMNS;
    numbers[at + COLUMN.stream] = stream;
    numbers[at + COLUMN.endMs] = endMs;
    numbers[at + COLUMN.durationMs] = line.durationMs ?? Number.NaN;
    numbers[at + COLUMN.billedMs] = line.billedDurationMs ?? Number.NaN;
    numbers[at + COLUMN.memoryMb] = line.memorySizeMb ?? Number.NaN;
    numbers[at + COLUMN.maxMemoryMb] = line.maxMemoryUsedMb ?? Number.NaN;
    numbers[at + COLUMN.initMs] = line.initDurationMs ?? Number.NaN;
    numbers[at + COLUMN.restoreMs] = line.restoreDurationMs ?? Number.NaN;
    numbers[at + COLUMN.billedRestoreMs] = line.billedRestoreDurationMs ?? Number.NaN;
    numbers[at + COLUMN.status] = statusCode(status);
    numbers[at + COLUMN.errorType] = isFailure(status) ? this.#index(line.errorType) : Number.NaN;
    numbers[at + COLUMN.sampled] = trace?.sampled == null ? Number.NaN : Number(trace.sampled);
    numbers[at + COLUMN.tenant] = this.#index(line.tenantId);
    numbers[at + COLUMN.version] = this.#index(version);
    numbers[at + COLUMN.events] = 1;
    return row;
  }

  /** Adds the fields of START to a row. */
  join(row: number, start: OpenStart): void {
    const numbers = this.#numbers;
    const at = row * COLUMNS;
    const { line, startMs } = start;
    numbers[at + COLUMN.startMs] = startMs;
    numbers[at + COLUMN.events] = (numbers[at + COLUMN.events] ?? 0) + 1;
    if (line.version !== null) numbers[at + COLUMN.version] = this.#index(line.version);
    if (line.tenantId !== null && Number.isNaN(numbers[at + COLUMN.tenant])) {
      numbers[at + COLUMN.tenant] = this.#index(line.tenantId);
    }
    const { trace } = line;
    if (trace === null || this.#traces.has(row) || !Number.isNaN(numbers[at + COLUMN.sampled])) return;
    if (trace.traceId !== null) this.#traces.set(row, [trace.traceId, trace.segmentId]);
    numbers[at + COLUMN.sampled] = trace.sampled === null ? Number.NaN : Number(trace.sampled);
  }

  /** Appends a successful invocation with its START. */
  addPlain(invocation: PlainInvocation): void {
    const row = this.#append();
    copyUuid(invocation.text, invocation.requestIdAt, this.#requestIds, row * 16);
    const numbers = this.#numbers;
    const at = row * COLUMNS;
    const { numbers: from, at: fromAt } = invocation;
    numbers[at + COLUMN.stream] = invocation.stream;
    numbers[at + COLUMN.endMs] = invocation.endMs;
    numbers[at + COLUMN.startMs] = invocation.startMs;
    numbers[at + COLUMN.durationMs] = from[fromAt + PLAIN.durationMs] ?? Number.NaN;
    numbers[at + COLUMN.billedMs] = from[fromAt + PLAIN.billedMs] ?? Number.NaN;
    numbers[at + COLUMN.memoryMb] = from[fromAt + PLAIN.memoryMb] ?? Number.NaN;
    numbers[at + COLUMN.maxMemoryMb] = from[fromAt + PLAIN.maxMemoryMb] ?? Number.NaN;
    numbers[at + COLUMN.initMs] = from[fromAt + PLAIN.initMs] ?? Number.NaN;
    numbers[at + COLUMN.status] = SUCCESS;
    numbers[at + COLUMN.version] = this.#index(invocation.version);
    numbers[at + COLUMN.events] = 2;
  }

  /** Appends an invocation that was stored before. */
  put(known: KnownInvocation): void {
    const row = this.#append();
    if (!writeUuid(known.requestId, this.#requestIds, row * 16)) this.#otherRequestIds.set(row, known.requestId);
    if (known.traceId !== null) this.#traces.set(row, [known.traceId, known.segmentId]);
    const numbers = this.#numbers;
    const at = row * COLUMNS;
    numbers[at + COLUMN.stream] = known.stream;
    numbers[at + COLUMN.endMs] = known.endMs;
    numbers[at + COLUMN.startMs] = known.startMs ?? Number.NaN;
    numbers[at + COLUMN.durationMs] = known.durationMs;
    numbers[at + COLUMN.billedMs] = known.billedMs ?? Number.NaN;
    numbers[at + COLUMN.memoryMb] = known.memoryMb ?? Number.NaN;
    numbers[at + COLUMN.maxMemoryMb] = known.maxMemoryMb ?? Number.NaN;
    numbers[at + COLUMN.initMs] = known.initMs ?? Number.NaN;
    numbers[at + COLUMN.restoreMs] = known.restoreMs ?? Number.NaN;
    numbers[at + COLUMN.billedRestoreMs] = known.billedRestoreMs ?? Number.NaN;
    numbers[at + COLUMN.status] = statusCode(known.status);
    numbers[at + COLUMN.errorType] = this.#index(known.errorType);
    numbers[at + COLUMN.sampled] = known.sampled === null ? Number.NaN : Number(known.sampled);
    numbers[at + COLUMN.tenant] = this.#index(known.tenant);
    numbers[at + COLUMN.version] = this.#index(known.version);
    numbers[at + COLUMN.events] = known.startMs === null ? 1 : 2;
  }

  finish(): InvocationColumns {
    const n = this.#n;
    return {
      n,
      // Packing the batch copies the rows alone.
      numbers: this.#numbers.subarray(0, n * COLUMNS),
      requestIds: this.#requestIds.subarray(0, n * 16),
      otherRequestIds: this.#otherRequestIds,
      traces: this.#traces,
      strings: this.#strings,
    };
  }

  #append(): number {
    const row = this.#n;
    this.#n += 1;
    if (row * 16 === this.#requestIds.length) {
      const { length } = this.#numbers;
      const numbers = new Float64Array(length * 2).fill(Number.NaN, length);
      numbers.set(this.#numbers);
      const requestIds = new Uint8Array(this.#requestIds.length * 2);
      requestIds.set(this.#requestIds);
      this.#numbers = numbers;
      this.#requestIds = requestIds;
    }
    return row;
  }

  #index(text: string | null): number {
    if (text === null) return Number.NaN;
    if (text === this.#newestText) return this.#newestIndex;
    let index = this.#stringIndex.get(text);
    if (index === undefined) {
      index = this.#strings.push(text) - 1;
      this.#stringIndex.set(text, index);
    }
    this.#newestText = text;
    this.#newestIndex = index;
    return index;
  }
}

const SUCCESS = statusCode('success');
