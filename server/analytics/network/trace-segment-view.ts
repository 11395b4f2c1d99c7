/** A segment of a trace as it is analysed: X-Ray's, or a span of OpenTelemetry. */
import type { LambdaSegment } from './attempts.ts';

export interface TraceSegmentView extends LambdaSegment {
  readonly outcome: string | null;
  readonly requestId?: string | null;
  /** Absent where spans of OpenTelemetry are not looked for. */
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments: readonly (LambdaSegment['subsegments'][number] & {
    readonly namespace: string | null;
  })[];
}
