/** Results of load generators. */

/** Client-side latencies of a load test. Durations in ms. */
export interface LoadTest {
  readonly kind: 'load-test';
  readonly tool: 'hey' | 'locust';
  readonly functionName: string | null;
  /** Start of the run, if the tool prints it. */
  readonly atMs: number | null;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly totalMs: number | null;
  readonly fastestMs: number | null;
  readonly slowestMs: number | null;
  readonly averageMs: number | null;
  readonly requestsPerSecond: number | null;
  /** Number of requests above the previous bound, up to and including this one. */
  readonly histogram: readonly { readonly upToMs: number; readonly n: number }[];
  readonly quantiles: readonly { readonly q: number; readonly ms: number }[];
  readonly statuses: readonly { readonly status: number; readonly n: number }[];
}
