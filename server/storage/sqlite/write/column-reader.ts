/** Reads a batch's invocation columns, row by row, into table rows. */
import { traceBytes } from '../../../../ingest/batch/request-id.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { InvocationColumns } from '../../../../ingest/records/invocation-columns.ts';
import { COLUMN, COLUMNS } from '../../../../ingest/records/invocation-columns.ts';
import type { EnvironmentState } from './environments.ts';
import type { InvocationRow } from './invocations.ts';

export interface ReadRow {
  readonly row: InvocationRow;
  /** Log events it was read from, without duplicates. */
  readonly events: number;
  readonly startIsNew: boolean;
}

/** Fields of a row that the columns do not contain. */
export type KnownOfRow = Pick<InvocationRow, 'requestId' | 'runMs' | 'seriesId' | 'errorTypeId' | 'tenantId'>;

export class ColumnReader {
  readonly #columns: InvocationColumns;
  readonly #hasOther: boolean;
  readonly #hasTraces: boolean;
  readonly n: number;
  /** Index of the row that the getters read. */
  row = 0;

  constructor(columns: InvocationColumns) {
    this.#columns = columns;
    this.n = columns.n;
    this.#hasOther = columns.otherRequestIds.size > 0;
    this.#hasTraces = columns.traces.size > 0;
  }

  get stream(): number {
    return this.#field(COLUMN.stream);
  }

  get requestId(): Uint8Array | string {
    const { row } = this;
    const other = this.#hasOther ? this.#columns.otherRequestIds.get(row) : undefined;
    return other ?? this.#columns.requestIds.subarray(row * 16, row * 16 + 16);
  }

  get version(): string | null {
    return this.#text(COLUMN.version);
  }

  get errorType(): string | null {
    return this.#text(COLUMN.errorType);
  }

  get tenant(): string | null {
    return this.#text(COLUMN.tenant);
  }

  get memoryMb(): number | null {
    return whole(this.#field(COLUMN.memoryMb));
  }

  /** Epoch ms; NaN if START is not in the batch. */
  get startMs(): number {
    return this.#field(COLUMN.startMs);
  }

  get endMs(): number {
    return this.#field(COLUMN.endMs);
  }

  get durationMs(): number {
    return this.#field(COLUMN.durationMs);
  }

  get events(): number {
    return this.#field(COLUMN.events);
  }

  read(environment: EnvironmentState, known: KnownOfRow): InvocationRow {
    const trace = this.#hasTraces ? this.#columns.traces.get(this.row) : undefined;
    return {
      functionId: environment.functionId,
      environmentId: environment.id,
      endMs: this.endMs,
      requestId: known.requestId,
      seriesId: known.seriesId,
      runMs: known.runMs,
      durationUs: Math.round(this.#field(COLUMN.durationMs) * 1000),
      billedMs: whole(this.#field(COLUMN.billedMs)),
      maxMemoryMb: whole(this.#field(COLUMN.maxMemoryMb)),
      status: this.#field(COLUMN.status),
      cold: null,
      userFelt: null,
      initUs: micros(this.#field(COLUMN.initMs)),
      restoreUs: micros(this.#field(COLUMN.restoreMs)),
      billedRestoreMs: whole(this.#field(COLUMN.billedRestoreMs)),
      errorTypeId: known.errorTypeId,
      sampled: whole(this.#field(COLUMN.sampled)),
      traceId: trace === undefined ? null : (traceBytes(trace[0]) ?? trace[0]),
      segmentId: trace?.[1] ?? null,
      tenantId: known.tenantId,
      hiddenInitUs: null,
      initTimedOut: null,
    };
  }

  #field(column: number): number {
    return this.#columns.numbers[this.row * COLUMNS + column] ?? Number.NaN;
  }

  #text(column: number): string | null {
    const index = this.#field(column);
    return Number.isNaN(index) ? null : (this.#columns.strings[index] ?? null);
  }
}

/** Time of the first event of each stream in the batch, epoch ms. */
export function firstSeenMs(batch: Batch): readonly number[] {
  const first: (number | undefined)[] = batch.streams.map(() => undefined);
  const { n, numbers } = batch.invocations;
  for (let row = 0; row < n; row += 1)
    first[numbers[row * COLUMNS + COLUMN.stream] ?? 0] ??= numbers[row * COLUMNS + COLUMN.endMs];
  const note = (stream: number, ms: number): void => {
    first[stream] ??= ms;
  };
  for (const events of [batch.inits, batch.faults, batch.extensions, batch.runtimeDone])
    for (const { stream, atMs } of events) note(stream, atMs);
  for (const { stream, startMs } of batch.starts) note(stream, startMs);
  for (const { stream, firstMs } of batch.raw) note(stream, firstMs);
  return first.map((ms) => ms ?? 0);
}

function whole(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value);
}

/** Converts ms to whole microseconds; NaN to null. */
export function micros(ms: number): number | null {
  return Number.isNaN(ms) ? null : Math.round(ms * 1000);
}
