/** Values of metrics that can be stored. Formats refuse others as they read them; this is the last look before they are summed. */
import type { MetricStatistics } from '../../../ingest/records/metric.ts';
import { LONGEST_PERIOD_MS } from './levels.ts';
import type { DropReason } from './quota.ts';

/** Why the point cannot be stored; null if it can. */
export function pointProblem({ count, sum, min, max, startMs, periodMs }: MetricStatistics): DropReason | null {
  const numbers = [count, sum, min ?? 0, max ?? 0, startMs, periodMs];
  if (numbers.some((one) => !Number.isFinite(one)) || count < 0 || periodMs <= 0) return 'not-a-number';
  return periodMs > LONGEST_PERIOD_MS ? 'period-too-long' : null;
}

/** Without values that cannot be added: their product with the weight is no finite number, or they came less than once. */
export function storableValues(
  values: readonly (readonly [value: number, weight: number])[],
): readonly (readonly [value: number, weight: number])[] {
  return values.filter(
    ([value, weight]) => Number.isSafeInteger(weight) && weight > 0 && Number.isFinite(value * weight),
  );
}
