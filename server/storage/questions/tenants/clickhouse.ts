/** Invocations by tenant. */
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { blocksOf, RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import type { TimeRange } from '../shared-types.ts';
import type { TenantsAnswer } from './types.ts';

export async function tenants(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number; readonly limit: number },
): Promise<TenantsAnswer> {
  const where = 'function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}';
  const widths = blocksOf({ ...query, widthMs: 0 });
  const rows = await context.client.all<{
    tenant: string | null;
    invocations: number;
    errors: number;
    coldStarts: number;
    userFelt: number;
    environments: number;
    p50Us: number;
    p95Us: number;
    billedMs: number | null;
    lastMs: number;
    blocks: readonly (readonly number[])[];
  }>(
    `SELECT tenant, count() AS invocations, countIf(judged_status <> 0) AS errors, countIf(cold IS NOT NULL) AS coldStarts,
       countIf(user_felt = 1) AS userFelt, uniqExact(environment_id) AS environments,
       arrayElement(arraySort(groupArray(duration_us)), toUInt32(ceil(0.5 * count()))) AS p50Us,
       arrayElement(arraySort(groupArray(duration_us)), toUInt32(ceil(0.95 * count()))) AS p95Us,
       if(count(billed_ms) = 0, NULL, sum(billed_ms)) AS billedMs, max(end_ms) AS lastMs,
       sumMap([intDiv(end_ms - ${widths.fromMs}, ${widths.widthMs})], [toUInt64(1)], [toUInt64(ifNull(judged_status, 0) <> 0)],
         [toUInt64(cold IS NOT NULL)], [toUInt64(ifNull(user_felt, 0) = 1)]) AS blocks
     FROM ${invocationRows(where)} GROUP BY tenant ORDER BY invocations DESC, tenant`,
    { functionId: query.functionId, fromMs: Math.ceil(query.fromMs), toMs: Math.ceil(query.toMs) },
  );
  const items = rows.flatMap(({ tenant, p50Us, p95Us, blocks, ...row }) => {
    if (tenant === null) return [];
    const ofTenant = new RateBlocksBuilder(widths);
    const [numbers = [], n = [], errors = [], coldStarts = [], userFelt = []] = blocks;
    for (const [at, block] of numbers.entries()) {
      const invocations = n[at] ?? 0;
      ofTenant.add(block, {
        n: invocations,
        placed: invocations,
        errors: errors[at] ?? 0,
        coldStarts: coldStarts[at] ?? 0,
        userFelt: userFelt[at] ?? 0,
      });
    }
    return [{ ...row, tenant, durationMs: { p50: p50Us / 1000, p95: p95Us / 1000 }, blocks: ofTenant.lists() }];
  });
  const withoutTenant = rows.find((row) => row.tenant === null)?.invocations ?? 0;
  return { items: items.slice(0, query.limit), total: items.length, withoutTenant };
}
