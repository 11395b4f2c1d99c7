/** Invocations by tenant. */
import { STATUS } from '../../enums.ts';
import { blocksOf, RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { TimeRange } from '../shared-types.ts';
import type { TenantsAnswer, TenantTotals } from './types.ts';

interface Tenant {
  readonly durationsUs: number[];
  readonly environments: Set<number>;
  errors: number;
  coldStarts: number;
  userFelt: number;
  billedMs: number | null;
  lastMs: number;
  readonly blocks: RateBlocksBuilder;
}

export async function tenants(
  { telemetry }: Databases,
  query: TimeRange & { readonly functionId: number; readonly limit: number },
): Promise<TenantsAnswer> {
  const rows = telemetry
    .selectFrom('invocation')
    .leftJoin('label', 'label.id', 'invocation.tenant_id')
    .select(['text as tenant', 'environment_id', 'end_ms', 'duration_us', 'billed_ms', 'status', 'cold', 'user_felt'])
    .where('function_id', '=', query.functionId)
    .where('end_ms', '>=', Math.ceil(query.fromMs))
    .where('end_ms', '<', Math.ceil(query.toMs));
  const widths = blocksOf({ ...query, widthMs: 0 });
  const found = new Map<string, Tenant>();
  let withoutTenant = 0;
  for (const row of telemetry.all(rows)) {
    if (row.tenant === null) {
      withoutTenant += 1;
      continue;
    }
    const tenant = found.get(row.tenant) ?? noTotals(new RateBlocksBuilder(widths));
    found.set(row.tenant, tenant);
    tenant.durationsUs.push(row.duration_us);
    tenant.environments.add(row.environment_id);
    if (row.status !== STATUS.success) tenant.errors += 1;
    if (row.cold !== null) tenant.coldStarts += 1;
    if (row.user_felt === 1) tenant.userFelt += 1;
    if (row.billed_ms !== null) tenant.billedMs = (tenant.billedMs ?? 0) + row.billed_ms;
    tenant.lastMs = Math.max(tenant.lastMs, row.end_ms);
    tenant.blocks.addAt(row.end_ms, {
      n: 1,
      placed: 1,
      errors: Number(row.status !== STATUS.success),
      coldStarts: Number(row.cold !== null),
      userFelt: Number(row.user_felt === 1),
    });
  }
  const items = [...found]
    .map(([tenant, totals]) => totalsOf(tenant, totals))
    .toSorted((a, b) => b.invocations - a.invocations || (a.tenant < b.tenant ? -1 : 1));
  return { items: items.slice(0, query.limit), total: items.length, withoutTenant };
}

function noTotals(blocks: RateBlocksBuilder): Tenant {
  return {
    durationsUs: [],
    environments: new Set(),
    errors: 0,
    coldStarts: 0,
    userFelt: 0,
    billedMs: null,
    lastMs: 0,
    blocks,
  };
}

function totalsOf(tenant: string, { durationsUs, environments, blocks, ...totals }: Tenant): TenantTotals {
  const sorted = durationsUs.toSorted((a, b) => a - b);
  const quantile = (q: number): number => (sorted[Math.ceil(q * sorted.length) - 1] ?? 0) / 1000;
  return {
    ...totals,
    tenant,
    invocations: sorted.length,
    environments: environments.size,
    blocks: blocks.lists(),
    durationMs: { p50: quantile(0.5), p95: quantile(0.95) },
  };
}
