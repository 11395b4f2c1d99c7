/** What signals and metric queries measure. */
import type { Measured } from '../rules/rule.ts';

/** Result of a metric query. */
export interface MetricResult {
  readonly unit: string;
  readonly series: readonly (Measured & { readonly errors: number })[];
  readonly truncated: boolean;
}

export interface Measurement {
  readonly unit: string;
  readonly measured: readonly Measured[];
  readonly truncated: boolean;
}
