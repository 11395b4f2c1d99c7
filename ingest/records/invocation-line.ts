/** Platform lines about one invocation: START, END, REPORT and runtimeDone. */

/** X-Ray coordinates printed beside REPORT, or carried by `tracing` in JSON records. */
export interface TraceRef {
  readonly traceId: string | null;
  readonly segmentId: string | null;
  /** null when the line does not say. */
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
  /** Seconds, when an extension renders the timeout into END. */
  readonly timedOutAfterSec: number | null;
}

/** The account of one invocation attempt. Durations in ms, sizes in MB; null is absent, never zero. */
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
  /** Rendered by extensions only; never mistaken for Duration. */
  readonly runtimeDurationMs: number | null;
  readonly timedOutAfterSec: number | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly trace: TraceRef | null;
  readonly tenantId: string | null;
  readonly spans: Spans | null;
  /** Keys this parser does not know: kept for the count, never an error. */
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
