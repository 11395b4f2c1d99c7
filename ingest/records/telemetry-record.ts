/** Every record that is read from a document rather than a platform line. */
import type { DeployEvent } from './deploy-event.ts';
import type { DurableLine } from './durable-line.ts';
import type { FlowRecord } from './flow-record.ts';
import type { FunctionFacts } from './function-facts.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { IgnoredReason } from './ignored.ts';
import type { LoadTest } from './load-test.ts';
import type { EmbeddedMetrics, MetricStatistics } from './metric.ts';
import type { NetworkEvent } from './network-event.ts';
import type { ResourceUse } from './resource-use.ts';
import type { ResponseTiming } from './response-timing.ts';
import type { TraceSegment } from './trace-segment.ts';
import type { TuningRun } from './tuning-run.ts';

/** A record that is read from a document. */
export type TelemetryRecord =
  | TraceSegment
  | NetworkEvent
  | DeployEvent
  | ResponseTiming
  | DurableLine
  | GatewayRequest
  | ResourceUse
  | FlowRecord
  | TuningRun
  | LoadTest
  | FunctionFacts
  | MetricStatistics
  | EmbeddedMetrics;

/** The records of a document, or the reason why it has none. `not-ours` is valid but not of interest, which `why` explains. */
export type DocumentResult =
  /** `left`: what of the document was not read, and what is allowed; `ignored`: parts that are of no interest. Absent if all was read. */
  | {
      readonly ok: true;
      readonly records: readonly TelemetryRecord[];
      readonly left?: string;
      readonly ignored?: IgnoredReason;
    }
  | { readonly ok: false; readonly reason: 'not-ours'; readonly why: IgnoredReason }
  | { readonly ok: false; readonly reason: Exclude<DocumentProblem, 'not-ours'> };

export type DocumentProblem =
  | 'not-ours'
  | 'not-a-document'
  | 'document-not-json'
  | 'segment-without-id'
  | 'segment-without-time'
  | 'segment-ends-before-start'
  | 'segment-id-too-long'
  | 'span-without-id'
  | 'trace-document-shortened'
  | 'network-event-without-name'
  | 'deploy-without-function'
  | 'access-log-without-request-id'
  | 'insights-without-request-id'
  | 'flow-log-unreadable'
  | 'tuning-without-points'
  | 'tuning-compares-runs'
  | 'load-test-unreadable'
  | 'load-test-too-many-names'
  | 'function-without-name'
  | 'metric-without-name'
  | 'metric-without-time'
  | 'metric-without-value'
  | 'metric-value-impossible'
  | 'metric-dimensions-unreadable';
