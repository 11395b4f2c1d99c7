/** The function that a metric of CloudWatch is about. */
import type { Dimensions, MetricStatistics } from './metric.ts';

/** Namespace of the Lambda service's own metrics. */
export const LAMBDA_NAMESPACE = 'AWS/Lambda';

/** Returns its name, or null: of the Lambda service's metrics, those with the dimension FunctionName are about one. */
export function functionOfMetric({
  namespace,
  dimensions,
}: Pick<MetricStatistics, 'namespace' | 'dimensions'>): string | null {
  const name = namespace === LAMBDA_NAMESPACE ? dimensionOf(dimensions, 'FunctionName') : null;
  return name === '' ? null : name;
}

function dimensionOf(dimensions: Dimensions, name: string): string | null {
  return dimensions.find(([one]) => one === name)?.[1] ?? null;
}
