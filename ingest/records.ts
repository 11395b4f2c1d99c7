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

/** A part of a trace below its segment or span. */
export interface Subsegment {
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  /** Epoch nanoseconds. X-Ray's own times resolve to a microsecond. */
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  /** `remote` and `aws` are calls that left the function; null is work inside it. */
  readonly namespace: string | null;
}

/** One X-Ray segment, or one span of `aws/spans`. */
export interface TraceSegment {
  readonly kind: 'trace-segment';
  /** X-Ray's form, `1-` 8 hex `-` 24 hex, whichever way it came. */
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  /** `AWS::Lambda` is the service's side, `AWS::Lambda::Function` the function's; null where the document has none. */
  readonly origin: string | null;
  readonly startNs: bigint;
  /** null while in progress. */
  readonly endNs: bigint | null;
  readonly requestId: string | null;
  readonly resourceArn: string | null;
  readonly httpStatus: number | null;
  readonly outcome: 'ok' | 'error' | 'fault' | 'throttle' | null;
  /** Flat attributes: strings, numbers and booleans only. */
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments: readonly Subsegment[];
}

/** What CloudTrail says EC2 did to a network interface on Lambda's behalf. */
export interface NetworkEvent {
  readonly kind: 'network-event';
  /** CloudTrail's event id, or "" where the record has none. */
  readonly id: string;
  /** null where the record carries no time of its own. */
  readonly atMs: number | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly name: string;
  /** null when it succeeded. */
  readonly errorCode: string | null;
  readonly subnetId: string | null;
  readonly securityGroupIds: readonly string[];
  readonly eniId: string | null;
  readonly addresses: number | null;
  /** Read from the interface's description; null where that names none. */
  readonly functionName: string | null;
}

/** One line of an API Gateway access log. */
export interface GatewayRequest {
  readonly kind: 'gateway-request';
  readonly requestId: string;
  /** null where the line's own time is missing or unreadable. */
  readonly atMs: number | null;
  readonly route: string | null;
  readonly status: number | null;
  /** The request id of the invocation it caused: the join key. */
  readonly lambdaRequestId: string | null;
  readonly integrationLatencyMs: number | null;
  readonly responseLatencyMs: number | null;
}

/** Lambda Insights: what one invocation used. */
export interface ResourceUse {
  readonly kind: 'resource-use';
  readonly functionName: string;
  readonly version: string | null;
  readonly requestId: string;
  readonly atMs: number | null;
  readonly traceId: string | null;
  readonly coldStart: boolean | null;
  readonly durationMs: number | null;
  readonly billedMbMs: number | null;
  readonly initDurationMs: number | null;
  readonly usedMemoryMaxMb: number | null;
  readonly totalMemoryMb: number | null;
  readonly cpuUserMs: number | null;
  readonly cpuSystemMs: number | null;
  readonly cpuTotalMs: number | null;
  readonly rxBytes: number | null;
  readonly txBytes: number | null;
  readonly tmpFreeBytes: number | null;
  readonly tmpMaxBytes: number | null;
  readonly fdUse: number | null;
  readonly threadsMax: number | null;
  readonly timedOut: boolean;
  readonly shutdownReason: string | null;
}

/** A flow-log record that says something went wrong or nothing went at all. */
export interface FlowRecord {
  readonly kind: 'flow';
  readonly account: string;
  readonly eniId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly outcome: 'rejected' | 'no-data' | 'skipped';
  readonly sourceAddress: string | null;
  readonly targetAddress: string | null;
  readonly targetPort: number | null;
  readonly protocol: number | null;
  readonly packets: number | null;
}

/** One size tried by AWS Lambda Power Tuning. */
export interface TuningPoint {
  readonly memoryMb: number;
  readonly durationMs: number;
  readonly costUsd: number;
}

export interface TuningRun {
  readonly kind: 'tuning-run';
  /** null where the output does not name it. */
  readonly functionName: string | null;
  readonly chosenMb: number | null;
  readonly points: readonly TuningPoint[];
}

/** Latencies seen by a client that drove load. Durations in ms. */
export interface LoadTest {
  readonly kind: 'load-test';
  readonly tool: 'hey' | 'locust';
  readonly functionName: string | null;
  /** Start of the run where the tool prints it. */
  readonly atMs: number | null;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly totalMs: number | null;
  readonly fastestMs: number | null;
  readonly slowestMs: number | null;
  readonly averageMs: number | null;
  readonly requestsPerSecond: number | null;
  /** Requests up to and including a bound, above the bound before. */
  readonly histogram: readonly { readonly upToMs: number; readonly n: number }[];
  readonly quantiles: readonly { readonly q: number; readonly ms: number }[];
  readonly statuses: readonly { readonly status: number; readonly n: number }[];
}

/** What is configured, from whoever knows it. null is not known; an empty list is known to be empty. */
export interface FunctionFacts {
  readonly kind: 'function-facts';
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly memoryMb: number | null;
  readonly timeoutMs: number | null;
  readonly runtime: string | null;
  readonly architecture: 'x86_64' | 'arm64' | null;
  readonly vpcId: string | null;
  /** Empty: not in a VPC. */
  readonly subnetIds: readonly string[] | null;
  readonly securityGroupIds: readonly string[] | null;
  readonly layers: readonly string[] | null;
  readonly packageType: string | null;
  readonly codeSizeBytes: number | null;
  readonly ephemeralStorageMb: number | null;
  readonly provisionedConcurrency: number | null;
  readonly snapStart: boolean | null;
  readonly state: string | null;
  readonly logGroup: string | null;
  readonly lastModifiedMs: number | null;
}

/** What a feed document becomes. */
export type FeedRecord =
  | TraceSegment
  | NetworkEvent
  | GatewayRequest
  | ResourceUse
  | FlowRecord
  | TuningRun
  | LoadTest
  | FunctionFacts;

/** Records of one document; or why there are none. `not-ours` is well formed and of no interest. */
export type FeedResult =
  | { readonly ok: true; readonly records: readonly FeedRecord[] }
  | { readonly ok: false; readonly reason: FeedRefusal };

export type FeedRefusal =
  | 'not-ours'
  | 'not-a-feed'
  | 'feed-not-json'
  | 'segment-without-id'
  | 'segment-without-time'
  | 'span-without-id'
  | 'network-event-without-name'
  | 'access-log-without-request-id'
  | 'insights-without-request-id'
  | 'flow-log-unreadable'
  | 'tuning-without-points'
  | 'load-test-unreadable'
  | 'function-without-name';
