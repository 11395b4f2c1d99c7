/** Which days of metrics take no more points and lines: their hours are written, and a repetition could not be told from a new one. */
import { functionOfMetric } from '../../../../ingest/records/metric-function.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { hashOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

interface MetricDay {
  readonly functionId: number;
  readonly day: number;
}

/**
 * Returns whether an entry is of a metric and of a day that takes no more. One query, for batches with metrics that are not recent.
 * @throws StoreError
 */
export async function expiredMetrics(
  client: ClickHouseQueryClient,
  records: readonly TelemetryEntry[],
  nowMs: number,
): Promise<(entry: TelemetryEntry) => boolean> {
  const today = Math.floor(nowMs / DAY_MS);
  const asked = records.flatMap((entry) => {
    const one = dayOf(entry);
    return one === null || Math.abs(one.day - today) <= 1 ? [] : [one];
  });
  if (asked.length === 0) return () => false;
  const rows = await client.all<MetricDay>(
    `SELECT DISTINCT function_id AS functionId, day FROM metric_day
     WHERE day IN {days:Array(Int32)} AND function_id IN {ids:Array(UInt64)}`,
    { days: [...new Set(asked.map(({ day }) => day))], ids: [...new Set(asked.map(({ functionId }) => functionId))] },
  );
  const expired = new Set(rows.map(keyOf));
  return (entry) => {
    const one = dayOf(entry);
    return one !== null && expired.has(keyOf(one));
  };
}

function keyOf({ functionId, day }: MetricDay): string {
  return `${functionId}/${day}`;
}

/** Null: no metric. */
function dayOf(entry: TelemetryEntry): MetricDay | null {
  const { record } = entry;
  if (record.kind === 'metric-statistics') {
    const { account, region } = { account: record.account ?? entry.account, region: record.region ?? entry.region };
    return { functionId: idOf(account, region, functionOfMetric(record)), day: Math.floor(record.startMs / DAY_MS) };
  }
  if (record.kind !== 'embedded-metrics') return null;
  return { functionId: idOf(entry.account, entry.region, record.functionName), day: Math.floor(record.atMs / DAY_MS) };
}

/** 0: of no function. */
function idOf(account: string, region: string, name: string | null): number {
  return name === null ? 0 : hashOf(account, region, name);
}
