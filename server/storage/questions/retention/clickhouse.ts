/** How far back telemetry reaches. */

import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { StoredRetention } from '../../ports.ts';

export async function telemetryReach(context: QueryContext): Promise<Omit<StoredRetention, 'policy'>> {
  const { client } = context;
  const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
  const oldest = async (what: string, table: string): Promise<number | null> => {
    const row = await client.one<{ n: number; ms: number }>(`SELECT count() AS n, min(${what}) AS ms FROM ${table}`);
    return row === undefined || row.n === 0 ? null : row.ms;
  };
  const [packed, waiting, detail, history] = await Promise.all([
    oldest('received_ms', 'log_line'),
    oldest('received_ms', 'raw_fact'),
    oldest('end_ms', 'invocation_fact'),
    oldest('bucket', 'rollup_1d'),
  ]);
  return {
    rawSinceMs: packed === null || (waiting !== null && waiting < packed) ? waiting : packed,
    detailSinceMs: detail === null ? null : dayOf(detail),
    historySinceMs: history === null ? null : dayOf(history),
  };
}
