/** Finds changes in attributed hours and inventory, with the distributions before and after each. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { decodeConfiguration } from '../../../analytics/cold-starts/configuration.ts';
import type { EnvironmentConfiguration } from '../../../analytics/cold-starts/hour-state.ts';
import type { Distribution, DistributionQuery } from '../distribution/types.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { StoredFacts } from '../inventory/result.ts';
import type { ChangesQuery, EnvironmentKind, StoredChange, WhatChanged } from './types.ts';

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

/** Returns the newest changes, each with the periods before and after it up to the function's neighbouring changes. */
export async function withSides(
  all: readonly FoundChange[],
  owners: ReadonlyMap<number, FunctionIdentity>,
  query: ChangesQuery,
  distribution: (query: DistributionQuery) => Promise<Distribution>,
): Promise<readonly StoredChange[]> {
  const items: StoredChange[] = [];
  for (const one of all.slice(0, query.limit)) {
    const owner = owners.get(one.functionId);
    if (owner === undefined) continue;
    const others = all
      .filter((other) => other.functionId === one.functionId && other !== one && !isSameUpdate(one, other))
      .map((other) => other.atMs);
    const earliest = Math.max(one.atMs - query.beforeMs, ...others.filter((ms) => ms < one.atMs));
    const latest = Math.min(one.atMs + query.afterMs, query.nowMs, ...others.filter((ms) => ms > one.atMs));
    const side = (fromMs: number, toMs: number) =>
      distribution({
        functionId: one.functionId,
        fromMs: Math.min(fromMs, toMs - SHORTEST_MS),
        toMs,
        blockMs: HOUR_MS,
      });
    items.push({
      identity: owner,
      atMs: one.atMs,
      before: await side(earliest, one.atMs),
      after: await side(one.atMs, Math.max(latest, one.atMs + SHORTEST_MS)),
      ...one.what,
    });
  }
  return items;
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
