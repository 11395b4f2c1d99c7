/** Network events: created and deleted interfaces, failures, and requests as seen by API gateways. */

import type { EdgeRequest } from '../../../analytics/network/edge.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';

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

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface NetworkQuestions {
  /** Returns network evidence of one function; joins at most `mostRequests` API gateway requests with invocations. */
  functionNetwork(
    query: TimeRange & { readonly functionId: number; readonly mostRequests: number },
  ): Promise<FunctionNetwork>;
  /** Returns network interface events and network failures of all functions, or of the selected ones. */
  fleetNetwork(query: TimeRange & Pick<FunctionFilter, 'selected'>): Promise<FleetNetwork>;
}
