/** Platform lines about one invocation: START, END, REPORT and runtimeDone. */

/** X-Ray ids printed with REPORT, or in `tracing` of JSON records. */
export interface TraceRef {
  readonly traceId: string | null;
  readonly segmentId: string | null;
  /** null if the line does not contain it. */
  readonly sampled: boolean | null;
}

export interface StartLine {
  readonly kind: 'start';
  readonly requestId: string;
  readonly version: string | null;
  readonly tenantId: string | null;
  readonly functionArn: string | null;
  readonly trace: TraceRef | null;
}

export interface EndLine {
  readonly kind: 'end';
  readonly requestId: string | null;
  /** Seconds, if an extension added the timeout to END. */
  readonly timedOutAfterSec: number | null;
}

/** Measurements of one invocation attempt. Durations in ms, sizes in MB; null means absent, never zero. */
export interface ReportLine {
  readonly kind: 'report';
  readonly requestId: string;
  readonly durationMs: number | null;
  readonly billedDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly maxMemoryUsedMb: number | null;
  readonly initDurationMs: number | null;
  readonly restoreDurationMs: number | null;
  readonly billedRestoreDurationMs: number | null;
  /** Printed by extensions only. Not the same as Duration. */
  readonly runtimeDurationMs: number | null;
  readonly timedOutAfterSec: number | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly trace: TraceRef | null;
  readonly tenantId: string | null;
  readonly spans: Spans | null;
  /** Keys that the parser does not know. They are counted and are no error. */
  readonly unknownKeys: readonly string[];
}

/** Named spans of a JSON record, in ms. */
export type Spans = Readonly<Record<string, number>>;

export interface RuntimeDoneLine {
  readonly kind: 'runtime-done';
  readonly requestId: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly durationMs: number | null;
  readonly producedBytes: number | null;
  readonly spans: Spans | null;
  readonly trace: TraceRef | null;
}
