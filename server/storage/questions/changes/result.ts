/** Finds changes in attributed hours and inventory, with the distributions before and after each. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { decodeConfiguration } from '../../../analytics/cold-starts/configuration.ts';
import type { EnvironmentConfiguration } from '../../../analytics/cold-starts/hour-state.ts';
import type { Distribution, DistributionQuery } from '../distribution/types.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { StoredFacts } from '../inventory/result.ts';
import { compareChanges } from './cursor.ts';
import type {
  ChangeCursor,
  ChangeSides,
  ChangesPage,
  ChangesQuery,
  EnvironmentKind,
  StoredChange,
  WhatChanged,
} from './types.ts';

/** Facts whose changes are reported. Others appear in the logs anyway, or do not matter to operators. */
const FACTS = [
  'subnetIds',
  'securityGroupIds',
  'timeoutMs',
  'layers',
  'runtime',
  'architecture',
  'ephemeralStorageMb',
] as const satisfies readonly (keyof StoredFacts)[];
const SHORTEST_MS = 300_000;

export interface FoundChange {
  readonly functionId: number;
  readonly atMs: number;
  readonly what: WhatChanged;
}

/** Newest first. */
export function inOrder(all: readonly FoundChange[]): readonly FoundChange[] {
  return all.toSorted((a, b) => compareChanges(keyOf(a), keyOf(b)));
}

function keyOf({ atMs, functionId, what }: FoundChange): ChangeCursor {
  return { atMs, functionId, source: what.source };
}

/** Changes beside a range that bound the periods of those in it. */
export function withNeighbours<Query extends ChangesQuery>(query: Query): Query {
  return { ...query, fromMs: query.fromMs - query.beforeMs, toMs: query.toMs + query.afterMs };
}

/**
 * Returns a page of the changes of the range, with the periods before and after each up to the function's neighbouring changes.
 * `all` are those of the range and of {@link withNeighbours}, in order.
 */
export async function pageOf(
  all: readonly FoundChange[],
  { fromMs, toMs, ...query }: ChangesQuery,
  { ownersOf, distribution }: ChangeReads,
): Promise<ChangesPage> {
  const inRange = all.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const { cursor } = query;
  const rest = cursor === undefined ? inRange : inRange.filter((one) => compareChanges(keyOf(one), cursor) > 0);
  const page = rest.slice(0, query.limit);
  const owners = await ownersOf([...new Set(page.map((one) => one.functionId))]);
  const items: StoredChange[] = [];
  for (const [at, one] of page.entries()) {
    const identity = owners.get(one.functionId);
    if (identity === undefined) continue;
    const sides = at < query.sidesOf ? await sidesOf(one, all, query, distribution) : null;
    items.push({ identity, atMs: one.atMs, sides, ...one.what });
  }
  return { items, total: inRange.length, more: rest.length > page.length };
}

interface ChangeReads {
  readonly ownersOf: (ids: readonly number[]) => Promise<ReadonlyMap<number, FunctionIdentity>>;
  readonly distribution: (query: DistributionQuery) => Promise<Distribution>;
}

async function sidesOf(
  one: FoundChange,
  all: readonly FoundChange[],
  { beforeMs, afterMs, nowMs }: Omit<ChangesQuery, 'fromMs' | 'toMs'>,
  distribution: ChangeReads['distribution'],
): Promise<ChangeSides> {
  const others = all
    .filter((other) => other.functionId === one.functionId && other !== one && !isSameUpdate(one, other))
    .map((other) => other.atMs);
  const earliest = Math.max(one.atMs - beforeMs, ...others.filter((ms) => ms < one.atMs));
  const latest = Math.min(one.atMs + afterMs, nowMs, ...others.filter((ms) => ms > one.atMs));
  const side = (fromMs: number, toMs: number) =>
    distribution({ functionId: one.functionId, fromMs: Math.min(fromMs, toMs - SHORTEST_MS), toMs, blockMs: HOUR_MS });
  return {
    before: await side(earliest, one.atMs),
    after: await side(one.atMs, Math.max(latest, one.atMs + SHORTEST_MS)),
  };
}

/** An update appears in the logs when its first environment starts. Later than this, it is another one. */
const FIRST_START_MS = HOUR_MS;

/** Returns whether logs and inventory show the same update, which must not bound its own periods. */
function isSameUpdate(one: FoundChange, other: FoundChange): boolean {
  return one.what.source !== other.what.source && Math.abs(one.atMs - other.atMs) <= FIRST_START_MS;
}

/** Converts a change that attribution found; none if a configuration cannot be decoded. */
export function changedInLogs(
  functionId: number,
  atMs: number,
  before: EnvironmentConfiguration,
  after: EnvironmentConfiguration,
): readonly FoundChange[] {
  const [from, to] = [kindOf(before), kindOf(after)];
  return from === null || to === null ? [] : [{ functionId, atMs, what: { source: 'logs', from, to } }];
}

function kindOf({ configuration, runtime }: EnvironmentConfiguration): EnvironmentKind | null {
  const decoded = decodeConfiguration(configuration);
  if (decoded === null) return null;
  const { version, memoryMb, extensions, deployedAtMs } = decoded;
  return {
    version,
    memoryMb,
    extensions: extensions === null ? [] : extensions.split('\n'),
    runtimeVersionArn: runtime === '' ? null : runtime,
    deployedAtMs,
  };
}

/**
 * Compares facts, read at `readMs`, with those of the entry before. Facts that were unknown before do not count as changed. Null if
 * nothing changed. The change happened at the last update, if that is after `sinceMs` and the update before.
 */
export function changedInInventory(
  functionId: number,
  { readMs, sinceMs }: { readonly readMs: number; readonly sinceMs: number },
  was: StoredFacts,
  is: StoredFacts,
): FoundChange | null {
  const changed = FACTS.filter((name) => was[name] !== null && JSON.stringify(was[name]) !== JSON.stringify(is[name]));
  if (changed.length === 0) return null;
  const differences = changed.map((name) => ({ name, from: was[name], to: is[name] }));
  const updatedMs = is.lastModifiedMs;
  const isKnown =
    updatedMs !== null && updatedMs >= sinceMs && updatedMs <= readMs && updatedMs > (was.lastModifiedMs ?? updatedMs);
  return { functionId, atMs: isKnown ? updatedMs : readMs, what: { source: 'inventory', facts: differences } };
}
