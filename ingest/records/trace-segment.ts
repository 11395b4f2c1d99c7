/** X-Ray segments and OpenTelemetry spans. */

/** A subsegment of a segment or span. */
export interface Subsegment {
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  /** Epoch nanoseconds. X-Ray's own times resolve to a microsecond. */
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  /** `remote` and `aws` are calls to other services; null is work inside the function. */
  readonly namespace: string | null;
}

/** One X-Ray segment, or one span of `aws/spans`. */
export interface TraceSegment {
  readonly kind: 'trace-segment';
  /** X-Ray's form, `1-` 8 hex `-` 24 hex, whatever the source. */
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  /** `AWS::Lambda` is the service's side, `AWS::Lambda::Function` the function's; null if the document has none. */
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
  /** X-Ray said that the trace exceeds its size limit, so that it does not return all segments; null if the source does not say. */
  readonly limitExceeded: boolean | null;
  /** What of the document was not read, in a sentence; null if all was. */
  readonly notRead: string | null;
}
