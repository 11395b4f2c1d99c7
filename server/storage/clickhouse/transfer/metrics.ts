/** Stores series of metrics that a transfer brings, with their points, and with sums of printed values in place of their lines. */
import type { MovedMetric, MovedMetricDays, MovedMetricLines } from '../../transfer/history.ts';
import { hashOf } from '../hash-ids.ts';
import type { Row } from '../insert/function-named.ts';
import { functionNamed } from '../insert/function-named.ts';
import { seriesIdOf } from '../insert/metric-rows.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** Rows per insert. */
const ROWS = 5000;

/** Repeated transfers replace what they stored before. @throws StoreError */
export async function bringMetric(
  client: ClickHouseQueryClient,
  { functionName: name, rows, firstMs, lastMs, ...named }: MovedMetric,
  nowMs: number,
): Promise<void> {
  const { account, region, source, namespace, name: metric, unit, dimensions } = named;
  const functions: Row[] = [];
  const functionId = name === null ? 0 : functionNamed({ account, region, name }, (_table, row) => functions.push(row));
  await client.insert('lambda_function', functions);
  const seriesId = seriesIdOf({ ...named, functionId });
  const key = { function_id: functionId, series_id: seriesId };
  const texts = { source, account, region, namespace, name: metric, unit: unit ?? '' };
  await client.insert('metric_series', [
    { ...key, ...texts, dimensions: JSON.stringify(dimensions), first_ms: firstMs, last_ms: lastMs },
  ]);
  const isPoint = source === 'cloudwatch';
  const stored = rows.map(({ atMs, widthMs, origin, count, sum, min, max, percentiles, sketch }) =>
    isPoint
      ? {
          ...key,
          start_ms: atMs,
          period_ms: widthMs,
          origin,
          count,
          sum,
          min,
          max,
          percentiles: percentiles ?? '',
          stored_ms: nowMs,
        }
      : {
          ...key,
          at_ms: atMs,
          identity: `moved ${widthMs}`,
          count,
          sum,
          min: min ?? 0,
          max: max ?? 0,
          sketch: Object.fromEntries(sketch ?? []),
          received_ms: nowMs,
        },
  );
  for (let at = 0; at < stored.length; at += ROWS)
    await client.insert(isPoint ? 'metric_point' : 'metric_value', stored.slice(at, at + ROWS));
}

/** Stores the identities of lines: a line that is delivered again is not counted beside the sums that hold its values. @throws StoreError */
export async function bringMetricLines(
  client: ClickHouseQueryClient,
  { account, region, functionName: name, lines }: MovedMetricLines,
  nowMs: number,
): Promise<void> {
  const functionId = name === null ? 0 : hashOf(account, region, name);
  await client.insert(
    'moved_metric_line',
    lines.map(({ atMs, identity }) => ({ function_id: functionId, at_ms: atMs, identity, stored_ms: nowMs })),
  );
}

/** Takes no more points and lines of these days. Their hours are stored as rows of the series, and summed again. @throws StoreError */
export async function bringMetricDays(
  client: ClickHouseQueryClient,
  { account, region, functionName: name, days }: MovedMetricDays,
  nowMs: number,
): Promise<void> {
  const functionId = name === null ? 0 : hashOf(account, region, name);
  await client.insert(
    'metric_day',
    days.map((day) => ({ function_id: functionId, day, expired_ms: nowMs })),
  );
}
