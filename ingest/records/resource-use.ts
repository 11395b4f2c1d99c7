/** Lambda Insights. */

/** Resource use of one invocation, from Lambda Insights. */
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
