/**
 * The nouns a log becomes. Everything below ingest/ speaks in these words, and
 * storage implements ports over them; see spec "formats" for where each fact stands in a line.
 */

/** One CloudWatch Logs event. `id` is the service's own 56-digit id, or "" where the path does not carry one. */
export interface LogEvent {
  readonly id: string;
  /** Event time in epoch milliseconds. */
  readonly timestampMs: number;
  readonly message: string;
}

/** Which log stream a batch of events belongs to; one stream is one execution environment. */
export interface StreamIdentity {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}

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

export interface InitStartLine {
  readonly kind: 'init-start';
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly functionName: string | null;
  readonly functionVersion: string | null;
  readonly instanceId: string | null;
  /** As printed: bytes in real records, MB in the documentation's sample. */
  readonly instanceMaxMemory: number | null;
}

export interface InitReportLine {
  readonly kind: 'init-report';
  readonly initDurationMs: number | null;
  readonly billedDurationMs: number | null;
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
}

export interface InitRuntimeDoneLine {
  readonly kind: 'init-runtime-done';
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
}

export interface RestoreStartLine {
  readonly kind: 'restore-start';
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly functionName: string | null;
  readonly functionVersion: string | null;
  readonly instanceId: string | null;
}

export interface RestoreReportLine {
  readonly kind: 'restore-report';
  readonly restoreDurationMs: number | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly spans: Spans | null;
}

export interface RestoreRuntimeDoneLine {
  readonly kind: 'restore-runtime-done';
  readonly status: string | null;
  readonly errorType: string | null;
  readonly spans: Spans | null;
}

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

export interface ExtensionLine {
  readonly kind: 'extension';
  readonly name: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly errorType: string | null;
}

export interface SubscriptionLine {
  readonly kind: 'telemetry-subscription' | 'logs-subscription';
  readonly name: string;
  readonly state: string;
  readonly types: readonly string[];
}

export type FaultKind = 'timeout' | 'exit' | 'oom' | 'error' | 'network';

/** Something went wrong, said in a line of its own. */
export interface FaultLine {
  readonly kind: 'fault';
  readonly fault: FaultKind;
  /** null where the line carries none; attribute by position then. */
  readonly requestId: string | null;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly status: string | null;
  readonly timedOutAfterSec: number | null;
}

/** LAMBDA_WARNING: prose from the service with the application's error attached. Not a fault by itself. */
export interface WarningLine {
  readonly kind: 'lambda-warning';
  readonly requestId: string | null;
  readonly errorType: string | null;
}

export interface LogsDroppedLine {
  readonly kind: 'logs-dropped';
  readonly reason: string | null;
  readonly droppedRecords: number | null;
  readonly droppedBytes: number | null;
}

/** A JSON platform record of a type this parser has no use for (web functions, future types). */
export interface OtherPlatformLine {
  readonly kind: 'other-platform';
  readonly type: string;
}

export type PlatformLine =
  | StartLine
  | EndLine
  | ReportLine
  | InitStartLine
  | InitReportLine
  | InitRuntimeDoneLine
  | RestoreStartLine
  | RestoreReportLine
  | RestoreRuntimeDoneLine
  | RuntimeDoneLine
  | ExtensionLine
  | SubscriptionLine
  | FaultLine
  | WarningLine
  | LogsDroppedLine
  | OtherPlatformLine;

/**
 * A line read, or the reason why not. `not-platform` means an application wrote it;
 * any other reason means the service's own form was recognised but cannot be read.
 */
export type LineResult =
  | { readonly ok: true; readonly line: PlatformLine; readonly time: string | null }
  | { readonly ok: false; readonly reason: LineRefusal };

export type LineRefusal =
  | 'not-platform'
  | 'report-without-request-id'
  | 'report-without-fields'
  | 'start-without-request-id'
  | 'extension-without-name'
  | 'platform-json-unreadable'
  | 'platform-json-without-record'
  | 'platform-report-without-request-id';
