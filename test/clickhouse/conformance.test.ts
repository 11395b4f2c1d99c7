/** One port, two stores: the same lines, however they came, are answered the same by every route. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routeTable } from '../../server/api/routes/table.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { deliveries, streams } from '../support/fleet-streams.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const TO = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;
/** Everything has settled. */
const NOW = TO + 6 * HOUR;
const SEED = 7;
const SOURCE = { kind: 'logs', name: 'test' } as const;
const RANGE = `from=${TO - 3 * HOUR}&to=${TO}`;

let engine: TestClickHouse;
let sqlite: TestProduct;
let clickhouse: TestProduct;

beforeAll(async () => {
  engine = await startClickHouse();
  const { url, user, password, database } = engine.options;
  sqlite = await startProduct({ now: () => NOW });
  clickhouse = await startProduct({
    now: () => NOW,
    environment: {
      THERMOCLINE_STORE: 'clickhouse',
      THERMOCLINE_CLICKHOUSE_URL: url,
      THERMOCLINE_CLICKHOUSE_USER: user,
      THERMOCLINE_CLICKHOUSE_PASSWORD: password,
      THERMOCLINE_CLICKHOUSE_DATABASE: database,
    },
  });
  for (const product of [sqlite, clickhouse]) {
    for (const [at, batch] of deliveries(streams(SEED, TO), SEED).entries()) {
      await product.store.write(batch, SOURCE);
      if (at % 9 === 4) await product.derivation.round();
    }
    await product.derivation.round(true);
  }
}, 300_000);
afterAll(async () => {
  for (const product of [sqlite, clickhouse]) {
    await product.close();
    removeFolder(product.folder);
  }
  await engine.close();
});

/** What a store hands out by itself, and the order of equals, say nothing. */
const OWN = new Set(['environmentId', 'functionId', 'id', 'nextCursor', 'databaseBytes', 'walBytes']);

function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(OWN.has(key) && (typeof inner === 'number' || key === 'nextCursor')))
      .map(([key, inner]) => [key, withoutIds(inner)]),
  );
}

/** Answers that are about this process, or the control plane, which is the same store in both. */
const ELSEWHERE = /tokens|audit|alerts|settings|session|live|healthz|readyz|metrics|openapi|stream|connect|access|backups|storage|ingest|prices|replay|events/;
const FUNCTIONS = ['plain', 'json', 'fails', 'snap'].map((name) => `${name}-${SEED}`);
const paths = routeTable
  .filter((route) => route.method === 'get' && route.path.startsWith('/api/v1') && !ELSEWHERE.test(route.path))
  .flatMap(({ path }) => (path.includes(':id') ? FUNCTIONS.map((name) => path.replace(':id', name)) : [path]))
  .filter((path) => !path.includes(':'));
const MORE: Readonly<Record<string, string>> = {
  '/api/v1/compare': `a.from=${TO - 3 * HOUR}&a.to=${TO - HOUR}&b.from=${TO - HOUR}&b.to=${TO}&function=plain-${SEED}`,
};

describe('every question', () => {
  test.each(paths)('%s', async (path) => {
    const address = `${path}?${MORE[path] ?? RANGE}`;
    const [left, right] = await Promise.all([sqlite.ask(address), clickhouse.ask(address)]);
    const [expected, found] = [await left.json(), await right.json()];
    expect(right.status, JSON.stringify(found).slice(0, 500)).toBe(left.status);
    expect(withoutIds(found)).toEqual(withoutIds(expected));
  });
});
