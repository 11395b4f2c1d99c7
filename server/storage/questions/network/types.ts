/** Network events: created and deleted interfaces, failures, and requests as seen by API gateways. */
import type { EdgeRequest } from '../../../analytics/network/edge.ts';

export interface InterfaceEvents {
  readonly byName: readonly { readonly name: string; readonly n: number; readonly failed: number }[];
  readonly failures: readonly { readonly errorCode: string; readonly n: number }[];
  /** Network errors found in log lines, such as ENILimitReachedException. */
  readonly inLogs: readonly { readonly errorType: string; readonly n: number }[];
}

export interface FunctionNetwork {
  readonly events: InterfaceEvents;
  readonly edge: readonly EdgeRequest[];
  readonly edgeTruncated: boolean;
  /** Durations of environments' first invocations that timed out, ms. */
  readonly timedOutMs: readonly number[];
}

export interface FleetNetwork {
  readonly events: InterfaceEvents;
  readonly series: readonly {
    readonly fromMs: number;
    readonly created: number;
    readonly deleted: number;
    readonly failed: number;
  }[];
  readonly widthMs: number;
  readonly bySubnet: readonly {
    readonly subnetId: string;
    readonly created: number;
    readonly failed: number;
    readonly lastMs: number;
  }[];
}
