/** Lists functions: counts, quantiles, and counts by parts of the range for each. */

import type { ArchitectureRow } from '../../clickhouse/architectures.ts';
import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import {
  functionIdsIn,
  functionsIn,
  functionsStored,
  identitiesOf,
  identitiesWhere,
} from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { finestWidth } from '../../clickhouse/query-context.ts';
import { addBlocks, mergeBins, mergeOnDemand, mostInvokedIds, rollupRows } from '../../clickhouse/rollup-rows.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../../ports.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover } from '../../rollup/range.ts';
import { blocksOf } from '../../rollup/rate-blocks.ts';
import { FunctionSumsBuilder, FunctionTotalsBuilder, knownFunctionsOf, mostInvoked } from './result.ts';
import type { FunctionsPage, FunctionTotals, KnownFunctions } from './types.ts';

function isFiltered({ functionId, selected, account, region, architecture }: FunctionFilter): boolean {
  return [functionId, selected, account, region, architecture].some((value) => value !== undefined);
}

export async function functions(
  context: QueryContext,
  query: TimeRange & FunctionFilter & { readonly limit?: number },
): Promise<FunctionTotals> {
  const range = align(query, finestWidth(context, query));
  const blocks = blocksOf(range);
  const segments = cover(range, blocks.widthMs);
  const most = await mostInvokedOf(context, query, segments);
  const apart = { filter: query, blocks, function: true, series: true, sketches: 'on-demand' } as const;
  // Without a filter, identities and rollups are queried concurrently.
  const rows = isFiltered(query) || most !== null ? null : rollupRows(context, { ...apart, functions: null, segments });
  const [found, architectures] = await Promise.all([
    most === null ? functionsIn(context, query) : identitiesOf(context, most.ids).then((byId) => [...byId.values()]),
    architecturesOf(context, query.functionId),
    rows,
  ]);
  const apartOf = { filter: query, range, blocks, widestMs: blocks.widthMs, sketches: 'on-demand', rows } as const;
  const selection = { ...apartOf, functions: found };
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionTotalsBuilder(entry, blocks)]));
  for (const row of await rowsByArchitecture(context, architectures, selection)) {
    const entry = building.get(row.functionId);
    if (entry === undefined) continue;
    addRow(entry, row);
    addBlocks(entry.blocks, row.blocks);
  }
  const items = [...building.values()].flatMap((row) => row.result() ?? []);
  if (most !== null) return { range, items, omitted: most.invoked - items.length };
  const invoked = items.map(({ identity, counts }) => ({ identity, n: counts.n }));
  const { ids, omitted } = mostInvoked(invoked, query.limit ?? items.length);
  return { range, items: items.filter(({ identity }) => ids.has(identity.functionId)), omitted };
}

function addRow(entry: FunctionSumsBuilder, row: ArchitectureRow): void {
  entry.add(row, row, row.maxMemoryMb);
  mergeBins(entry.duration, row.duration);
  mergeOnDemand(entry.init, row.coldInit);
}

export async function functionIds(
  context: QueryContext,
  query: TimeRange & FunctionFilter,
): Promise<readonly number[]> {
  return functionIdsIn(context, query);
}

export async function functionsPage(
  context: QueryContext,
  query: TimeRange & FunctionFilter & { readonly functionIds: readonly number[] },
): Promise<FunctionsPage> {
  const range = align(query, finestWidth(context, query));
  const { functionIds: ids, ...filter } = query;
  const [stored, architectures] = await Promise.all([identitiesOf(context, ids), architecturesOf(context, ids)]);
  const found = ids.flatMap((id) => stored.get(id) ?? []);
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionSumsBuilder(entry)]));
  // The rows of the whole list: sums in another order would differ in the last digit of a cost.
  const widestMs = blocksOf(range).widthMs;
  const selection = { filter, range, widestMs, sketches: 'on-demand', functions: found } as const;
  for (const row of await rowsByArchitecture(context, architectures, selection)) {
    const entry = building.get(row.functionId);
    if (entry !== undefined) addRow(entry, row);
  }
  return { range, items: [...building.values()].flatMap((row) => row.sums() ?? []) };
}

/**
 * The functions of a limited list, before their sketches are read; null if they are all read. Rollups do not contain the
 * architecture: with that filter all are read.
 */
async function mostInvokedOf(
  context: QueryContext,
  query: TimeRange & FunctionFilter & { readonly limit?: number },
  segments: readonly Segment[],
): Promise<Awaited<ReturnType<typeof mostInvokedIds>> | null> {
  const { limit, architecture } = query;
  if (limit === undefined || architecture !== undefined || segments.length === 0) return null;
  return (await functionsStored(context)) <= limit ? null : mostInvokedIds(context, { ...query, segments }, limit);
}

export async function knownFunctions(context: QueryContext): Promise<KnownFunctions> {
  return knownFunctionsOf(await identitiesWhere(context, '1', '1', {}));
}

/** Functions of that name, narrowed by account and region when they are given. */
export async function resolveFunction(
  context: QueryContext,
  id: { readonly account?: string; readonly region?: string; readonly name: string },
): Promise<readonly FunctionIdentity[]> {
  const { account, region, name } = id;
  const where = [
    'name = {name:String}',
    ...(account === undefined ? [] : ['account = {account:String}']),
    ...(region === undefined ? [] : ['region = {region:String}']),
  ];
  return identitiesWhere(context, where.join(' AND '), '1', { account, region, name });
}

export async function configurations(context: QueryContext, query: { readonly functionId: number }) {
  return context.client.all<{
    version: string | null;
    memoryMb: number | null;
    runtimeVersion: string | null;
    runtimeVersionArn: string | null;
    firstSeenMs: number;
    lastSeenMs: number;
    environments: number;
  }>(
    `SELECT version, memory_mb AS memoryMb, runtime_version AS runtimeVersion, runtime_version_arn AS runtimeVersionArn,
       min(first_seen_ms) AS firstSeenMs, max(last_seen_ms) AS lastSeenMs, count() AS environments
     FROM environment FINAL WHERE function_id = {functionId:UInt64} AND environment_id > 0
     GROUP BY version, memory_mb, runtime_version, runtime_version_arn ORDER BY firstSeenMs DESC LIMIT 200`,
    query,
  );
}
