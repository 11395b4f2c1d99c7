/**
 * Sends one query to both stores and compares the results. The stores are filled once and shared by all contract tests:
 * the `contract` project of Vitest runs its files in one process without isolation.
 */
import { expect, inject } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { StoreReader } from '../../server/storage/ports.ts';
import { FLEET, fill, NOW, newestOf, SCOPE } from './contract-fixture.ts';
import { KINDS_SCOPE } from './kinds-fixture.ts';
import type { TestProduct } from './product.ts';
import { startProduct } from './product.ts';

/** Ids of functions in one store. */
export type FunctionIds = Readonly<
  Record<keyof typeof FLEET | 'checkout' | 'orders' | 'traced' | 'moved' | 'scattered' | (typeof KINDS)[number], number>
>;

const KINDS = ['isolated', 'latest', 'streams', 'managed', 'workflow'] as const;

interface FilledStore {
  readonly product: TestProduct;
  readonly ids: FunctionIds;
}

interface Stores {
  readonly sqlite: FilledStore;
  readonly clickhouse: FilledStore | null;
}

let stores: Promise<Stores> | undefined;
const clock = { ms: NOW };

async function open(): Promise<Stores> {
  const { sqliteFolder, clickhouse } = inject('contract');
  const now = () => clock.ms;
  // ClickHouse deletes lines by the clock of the machine, which may be weeks ahead of the fixture's.
  const kept = { THERMOCLINE_RAW_RETENTION_DAYS: '400' };
  const sqlite = await startProduct({ now, folder: sqliteFolder, environment: kept });
  await fill(sqlite, null, clock);
  const described = await newestOf(sqlite);
  if (clickhouse === null) return { sqlite: await filled(sqlite), clickhouse: null };
  const other = await startProduct({
    now,
    folder: clickhouse.folder,
    environment: { ...clickhouse.settings, ...kept },
  });
  await fill(other, described, clock);
  return { sqlite: await filled(sqlite), clickhouse: await filled(other) };
}

async function filled(product: TestProduct): Promise<FilledStore> {
  const idOf = async (name: string, scope = SCOPE): Promise<number> => {
    const [found] = await product.store.read.resolveFunction({ ...scope, name });
    if (found === undefined) throw new Error(`${name} is not stored`);
    return found.functionId;
  };
  const [plain, json, fails, snap, checkout, orders, traced, moved, scattered] = await Promise.all(
    [FLEET.plain, FLEET.json, FLEET.fails, FLEET.snap, 'checkout', 'orders', 'traced', 'moved', 'scattered'].map(
      (name) => idOf(name),
    ),
  );
  const kinds = await Promise.all(KINDS.map(async (name) => [name, await idOf(name, KINDS_SCOPE)] as const));
  return {
    product,
    ids: {
      plain,
      json,
      fails,
      snap,
      checkout,
      orders,
      traced,
      moved,
      scattered,
      ...Object.fromEntries(kinds),
    } as FunctionIds,
  };
}

/**
 * Sends the query to each store, expects equal results apart from store-assigned ids, and returns SQLite's result,
 * to be compared with values known by hand. `inOrder` sorts entries of the result if the port promises no order.
 */
export async function queryBoth<K extends keyof StoreReader>(
  question: K,
  query: (ids: FunctionIds) => Parameters<StoreReader[K]>[0],
  inOrder: (answer: Awaited<ReturnType<StoreReader[K]>>) => unknown = (answer) => answer,
): Promise<Awaited<ReturnType<StoreReader[K]>>> {
  stores ??= open();
  const { sqlite, clickhouse } = await stores;
  const answerOf = async ({ product, ids }: FilledStore): Promise<Awaited<ReturnType<StoreReader[K]>>> => {
    const method = product.store.read[question] as (query: unknown) => Promise<Awaited<ReturnType<StoreReader[K]>>>;
    return method(query(ids));
  };
  const expected = await answerOf(sqlite);
  if (clickhouse !== null) {
    const found = await answerOf(clickhouse);
    expect(comparable(inOrder(found)), `${question} on ClickHouse`).toEqual(comparable(inOrder(expected)));
  }
  return expected;
}

/** Changes both stores alike. Tests that do so restore what they change. */
export async function onBoth(change: (product: TestProduct, ids: FunctionIds) => Promise<void>): Promise<void> {
  stores ??= open();
  const { sqlite, clickhouse } = await stores;
  for (const store of [sqlite, clickhouse]) if (store !== null) await change(store.product, store.ids);
}

/** Packs the log lines that were received before now, in both stores. */
export async function packLines(): Promise<void> {
  await onBoth(async ({ store }) => {
    const nowMs = clock.ms;
    // Lines wait for others for a while.
    clock.ms += HOUR_MS;
    while (await store.lines.pack());
    clock.ms = nowMs;
  });
}

/** Sorts entries by function name, since the port promises no order. */
export function byFunction<T extends { readonly identity: { readonly name: string } }>(
  entries: readonly T[],
): readonly T[] {
  return entries.toSorted((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
}

/** Fields that differ between stores: ids, cursors, sizes on disk. */
const OWN_FIELDS = new Set(['environmentId', 'functionId', 'id', 'nextCursor', 'databaseBytes', 'walBytes']);

/** Lists whose order has no meaning. */
const UNORDERED_FIELDS = new Set(['usage', 'billedInits', 'byExtensions']);

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
}

/** Rounds numbers to 13 digits (sums in another order differ in the last of 16) and removes {@link OWN_FIELDS}. */
function comparable(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(13));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Map || value instanceof Set) return comparable([...value].toSorted());
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(OWN_FIELDS.has(key) && (typeof inner === 'number' || key === 'nextCursor')))
      .map(([key, inner]) => [key, UNORDERED_FIELDS.has(key) ? sorted(comparable(inner)) : comparable(inner)]),
  );
}
