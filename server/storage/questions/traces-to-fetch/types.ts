/** Traces that are not stored yet. */

export interface TraceToFetch {
  readonly traceId: string;
  readonly account: string;
  readonly region: string;
  readonly cold: boolean;
}
