/** Metrics: what CloudWatch aggregated, and values that functions print in the embedded metric format. */

/** Names and values of a metric's dimensions, sorted by name. Names are unique. */
export type Dimensions = readonly (readonly [name: string, value: string])[];

/** The statistics of one period of one metric, as CloudWatch Metrics aggregated them. The newest of several wins. */
export interface MetricStatistics {
  readonly kind: 'metric-statistics';
  /** A metric stream, or GetMetricData. */
  readonly source: 'stream' | 'pull';
  /** Of the metric; null: not stated. */
  readonly account: string | null;
  readonly region: string | null;
  readonly namespace: string;
  readonly name: string;
  /** As CloudWatch names it: `Count`, `Milliseconds`, `None`; null: not stated. */
  readonly unit: string | null;
  readonly dimensions: Dimensions;
  /** Start of the period. */
  readonly startMs: number;
  readonly periodMs: number;
  readonly count: number;
  readonly sum: number;
  /** Null: not stated. */
  readonly min: number | null;
  readonly max: number | null;
  /** Percentiles that the stream states, as [99, value]; null: none. */
  readonly percentiles: readonly (readonly [percent: number, value: number])[] | null;
}

/** Values of one metric in one line of the embedded metric format. */
export interface EmbeddedMetric {
  readonly namespace: string;
  readonly name: string;
  /** As the line states it; null: not stated. */
  readonly unit: string | null;
  /** One metric may be stated with several sets of dimensions. */
  readonly dimensionSets: readonly Dimensions[];
  /** Finite. `weight` values are equal: a line may state values and how often each came. */
  readonly values: readonly (readonly [value: number, weight: number])[];
}

/** One line of the embedded metric format (EMF), which Powertools writes too. */
export interface EmbeddedMetrics {
  readonly kind: 'embedded-metrics';
  /** The function of the log stream; null: the log group is none of a function's. */
  readonly functionName: string | null;
  readonly requestId: string | null;
  /** `_aws.Timestamp`. */
  readonly atMs: number;
  /** Identity of the line, 32 hex digits: a line that is delivered again adds nothing. */
  readonly identity: string;
  readonly metrics: readonly EmbeddedMetric[];
}
