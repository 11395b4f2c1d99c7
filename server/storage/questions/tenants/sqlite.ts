/** Invocations by tenant. */
import { sql } from 'kysely';
import { STATUS } from '../../enums.ts';
import { entryOf } from '../../map-entry.ts';
import { blocksOf, RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import { countInvocations } from '../../sqlite/count-invocations.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { forEachNumberRow, numberRows } from '../../sqlite/number-rows.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { INDEXED_FUNCTION } from '../invocations/sqlite-filter.ts';
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

type FunctionRange = TimeRange & { readonly functionId: number };

/** Most functions have no tenants: their rows are not read. */
const ANY = telemetryStatement((db, param: Param<FunctionRange>) =>
  db
    .selectFrom('invocation')
    .select('end_ms')
    .where(INDEXED_FUNCTION, '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .where('tenant_id', 'is not', null)
    .limit(1),
).asValues();

/** Integers: 0 is no label, and -1 is not known. */
const VALUES = sql`ifnull(label.id, 0), environment_id, end_ms, duration_us, ifnull(billed_ms, -1), status, cold IS NOT NULL,
  ifnull(user_felt, 0)`;
const VALUE_COUNT = 8;

const ROWS = telemetryStatement((db, param: Param<FunctionRange>) =>
  db
    .selectFrom('invocation')
    .leftJoin('label', 'label.id', 'invocation.tenant_id')
    .select(numberRows(VALUES).as('rows'))
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs')),
).asValues();

const LABEL = telemetryStatement((db, param: Param<{ id: number }>) =>
  db.selectFrom('label').select('text').where('id', '=', param('id')),
).asValues();

export async function tenants(
  db: Databases,
  { limit, ...query }: FunctionRange & { readonly limit: number },
): Promise<TenantsAnswer> {
  const { functionId } = query;
  const range = { functionId, fromMs: Math.ceil(query.fromMs), toMs: Math.ceil(query.toMs) };
  if (ANY.get(db.telemetry, range) === undefined)
    return { items: [], total: 0, withoutTenant: countInvocations(db, range) };
  const { byLabel, withoutTenant } = totalsByLabel(ROWS.get(db.telemetry, range) ?? '', query);
  const items = [...byLabel]
    .map(([id, totals]) => totalsOf(LABEL.get(db.telemetry, { id }) ?? '', totals))
    .toSorted((a, b) => b.invocations - a.invocations || (a.tenant < b.tenant ? -1 : 1));
  return { items: items.slice(0, limit), total: items.length, withoutTenant };
}

function totalsByLabel(
  rows: string,
  query: TimeRange,
): { readonly byLabel: ReadonlyMap<number, Tenant>; readonly withoutTenant: number } {
  const widths = blocksOf({ ...query, widthMs: 0 });
  const byLabel = new Map<number, Tenant>();
  let withoutTenant = 0;
  const values = new Float64Array(VALUE_COUNT);
  forEachNumberRow(rows, values, () => {
    const [label, endMs, billedMs] = [values[0] ?? 0, values[2] ?? 0, values[4] ?? -1];
    if (label === 0) {
      withoutTenant += 1;
      return;
    }
    const failed = values[5] === STATUS.success ? 0 : 1;
    const cold = values[6] ?? 0;
    const felt = values[7] === 1 ? 1 : 0;
    const tenant = entryOf(byLabel, label, () => noTotals(new RateBlocksBuilder(widths)));
    tenant.durationsUs.push(values[3] ?? 0);
    tenant.environments.add(values[1] ?? 0);
    tenant.errors += failed;
    tenant.coldStarts += cold;
    tenant.userFelt += felt;
    if (billedMs !== -1) tenant.billedMs = (tenant.billedMs ?? 0) + billedMs;
    tenant.lastMs = Math.max(tenant.lastMs, endMs);
    tenant.blocks.addAt(endMs, { n: 1, placed: 1, errors: failed, coldStarts: cold, userFelt: felt });
  });
  return { byLabel, withoutTenant };
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
  const sorted = Float64Array.from(durationsUs).toSorted();
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
