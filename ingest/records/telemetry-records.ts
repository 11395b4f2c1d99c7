/** The nouns of everything that is not a platform line: traces, network events, access logs, load tests, configuration. */

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
