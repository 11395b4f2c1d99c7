/** What changed: derived from the lines, or told by inventory; with the periods before and after each change. */
import type { Kind } from '../../../analytics/causes/slot.ts';
import type {
  ChangeMark,
  ChangeMarksQuery,
  ChangesQuery,
  EnvironmentKind,
  FunctionIdentity,
  StoredChange,
  WhatChanged,
} from '../../store.ts';
import type { Databases } from './databases.ts';
import { distribution } from './distribution.ts';
import { identities, identity } from './shared.ts';

/** Facts whose change is worth a line; others are said by the logs, or mean nothing to whoever is on call. */
const FACTS = [
  'subnetIds',
  'securityGroupIds',
  'timeoutMs',
  'layers',
  'runtime',
  'architecture',
  'ephemeralStorageMb',
] as const;
const SHORTEST_MS = 300_000;

interface Found {
  readonly functionId: number;
  readonly atMs: number;
  readonly what: WhatChanged;
}

export async function changeMarks(
  db: Databases,
  query: ChangeMarksQuery,
): Promise<{ items: readonly ChangeMark[]; total: number }> {
  const all = found(db, query);
  const newest = all.slice(0, query.limit);
  const functions = await functionsOf(db, new Set(newest.map((one) => one.functionId)));
  const items = newest.flatMap(({ functionId, atMs, what }) => {
    const owner = functions.get(functionId);
    return owner === undefined ? [] : [{ identity: owner, atMs, what }];
  });
  return { items, total: all.length };
}

/** Newest first. */
function found(db: Databases, query: ChangeMarksQuery): readonly Found[] {
  return [...fromLogs(db, query), ...fromInventory(db, query)].toSorted((a, b) => b.atMs - a.atMs);
}

export async function changes(
  db: Databases,
  query: ChangesQuery,
): Promise<{ items: readonly StoredChange[]; total: number }> {
  const all = found(db, query);
  const functions = await functionsOf(db, new Set(all.slice(0, query.limit).map((one) => one.functionId)));
  const items: StoredChange[] = [];
  for (const one of all.slice(0, query.limit)) {
    const owner = functions.get(one.functionId);
    if (owner === undefined) continue;
    const others = all
      .filter((other) => other.functionId === one.functionId && other !== one)
      .map((other) => other.atMs);
    const earliest = Math.max(one.atMs - query.windowMs, ...others.filter((ms) => ms < one.atMs));
    const latest = Math.min(one.atMs + query.windowMs, query.nowMs, ...others.filter((ms) => ms > one.atMs));
    const side = (fromMs: number, toMs: number) =>
      distribution(db, { functionId: one.functionId, fromMs: Math.min(fromMs, toMs - SHORTEST_MS), toMs });
    items.push({
      identity: owner,
      atMs: one.atMs,
      before: await side(earliest, one.atMs),
      after: await side(one.atMs, Math.max(latest, one.atMs + SHORTEST_MS)),
      ...one.what,
    });
  }
  return { items, total: all.length };
}

function fromLogs(db: Databases, query: ChangeMarksQuery): Found[] {
  const rows = db.raw
    .prepare<unknown[], { functionId: number; atMs: number; before: string; after: string }>(
      `SELECT function_id AS functionId, at_ms AS atMs, before, after FROM change
       WHERE at_ms >= ? AND at_ms < ? ${query.functionId === undefined ? '' : 'AND function_id = ?'}`,
    )
    .all(query.fromMs, query.toMs, ...(query.functionId === undefined ? [] : [query.functionId]));
  return rows.map(({ functionId, atMs, before, after }) => ({
    functionId,
    atMs,
    what: { source: 'logs', from: kindOf(before), to: kindOf(after) },
  }));
}

function kindOf(text: string): EnvironmentKind {
  const { configuration, runtime } = JSON.parse(text) as Kind;
  const [version, memoryMb, extensions] = JSON.parse(configuration) as [string | null, number | null, string | null];
  return {
    version,
    memoryMb,
    extensions: extensions === null ? [] : extensions.split('\n'),
    runtimeVersionArn: runtime === '' ? null : runtime,
  };
}

/** Each row of facts against the one before it. What was not known before has not changed. */
function fromInventory(db: Databases, query: ChangeMarksQuery): Found[] {
  const rows = db.raw
    .prepare<unknown[], { functionId: number; atMs: number; facts: string; earlier: string }>(
      `SELECT function_id AS functionId, from_ms AS atMs, facts,
         (SELECT earlier.facts FROM function_fact AS earlier WHERE earlier.function_id = function_fact.function_id
          AND earlier.from_ms < function_fact.from_ms ORDER BY earlier.from_ms DESC LIMIT 1) AS earlier
       FROM function_fact WHERE from_ms >= ? AND from_ms < ? AND earlier IS NOT NULL
       ${query.functionId === undefined ? '' : 'AND function_id = ?'}`,
    )
    .all(query.fromMs, query.toMs, ...(query.functionId === undefined ? [] : [query.functionId]));
  return rows.flatMap(({ functionId, atMs, facts, earlier }) => {
    const [was, is] = [JSON.parse(earlier), JSON.parse(facts)] as [Record<string, unknown>, Record<string, unknown>];
    const changed = FACTS.filter((name) => was[name] != null && JSON.stringify(was[name]) !== JSON.stringify(is[name]));
    if (changed.length === 0) return [];
    const told = changed.map((name) => ({ name, from: was[name], to: is[name] ?? null }));
    return [{ functionId, atMs, what: { source: 'inventory' as const, facts: told } }];
  });
}

async function functionsOf(db: Databases, ids: ReadonlySet<number>): Promise<ReadonlyMap<number, FunctionIdentity>> {
  if (ids.size === 0) return new Map();
  const rows = await identities(db)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.functionId, identity(row)]));
}
