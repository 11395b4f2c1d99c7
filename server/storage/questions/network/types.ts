/** What the store knows of networks: interfaces that came and went, refusals, requests as an API saw them. */
import type { EdgeRequest } from '../../../analytics/network/edge.ts';

export interface InterfaceEvents {
  readonly byName: readonly { readonly name: string; readonly n: number; readonly failed: number }[];
  readonly failures: readonly { readonly errorCode: string; readonly n: number }[];
  /** Network refusals that log lines name, such as ENILimitReachedException. */
  readonly inLogs: readonly { readonly errorType: string; readonly n: number }[];
}

export interface FunctionNetwork {
  readonly events: InterfaceEvents;
  readonly edge: readonly EdgeRequest[];
  readonly edgeTruncated: boolean;
  /** First invocations of environments that timed out, ms. */
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
