/** Pages in which everything ties: together they are the list, whatever the page size. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPages, FILLED_MS, silentlyCutRoutes } from '../support/cursor-pages.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const COUNT = 90;
const FUNCTIONS = ['tied-a', 'tied-b'];
let product: TestProduct;

/** Every invocation of a function ends in the same millisecond, in one environment. */
beforeAll(async () => {
  product = await startProduct({ now: () => AT + 60_000 });
  for (const name of FUNCTIONS) {
    const events = Array.from({ length: COUNT }, (_, n) => ({
      id: `${name}${n}`,
      timestamp: AT,
      message: `REPORT RequestId: ${idOf(n)}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    }));
    const answer = await product.json(`/ingest/logs?function=${name}&logStream=s`, {
      method: 'POST',
      body: JSON.stringify({ events }),
    });
    expect(answer).toMatchObject({ accepted: COUNT });
  }
  const lines = Array.from({ length: 30 }, (_, n) => ({
    id: `r${n}`,
    timestamp: AT,
    message: `REPORT RequestId: x${n}`,
  }));
  await product.json('/ingest/logs?function=unreadable&logStream=s', {
    method: 'POST',
    body: JSON.stringify({ events: lines }),
  });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

function idOf(n: number): string {
  return `${String(n).padStart(8, '0')}-0000-4000-8000-${String((n * 7919) % 100_000).padStart(12, '0')}`;
}

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
}

async function pages(path: string, limit: number, key: (item: Record<string, unknown>) => string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page = await product.json<Page>(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${next}`);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items.map(key));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

const RANGE = `from=${AT - 1000}&to=${AT + 1000}`;
const invocationKey = (item: Record<string, unknown>): string =>
  `${JSON.stringify(item['function'])} ${String(item['requestId'])}`;

test.each([1, 7, 59, 89, 90, 91, 179])('invocations in pages of %i are the list', async (limit) => {
  const all = await pages(`/api/v1/invocations?${RANGE}`, 500, invocationKey);
  expect([all.length, new Set(all).size]).toEqual([FUNCTIONS.length * COUNT, FUNCTIONS.length * COUNT]);
  expect(await pages(`/api/v1/invocations?${RANGE}`, limit, invocationKey)).toEqual(all);
});

test.each([1, 7, 20, 45, 150])(
  'invocations of functions of very different rates in pages of %i are the list',
  async (limit) => {
    const before = AT - 3_600_000;
    /** The first function has the newest 60; each other has one every 20 s, long before and among those of the next. */
    const times = (fn: number): readonly number[] =>
      fn === 0
        ? Array.from({ length: 60 }, (_, n) => before + 1_000_000 + n)
        : Array.from({ length: 10 }, (_, n) => before + fn + n * 20_000);
    const expected: [number, string][] = [];
    for (let fn = 0; fn < 12; fn += 1) {
      const events = times(fn).map((timestamp, n) => {
        const id = idOf(1000 * (fn + 1) + n);
        expected.push([timestamp, id]);
        const message = `REPORT RequestId: ${id}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
        return { id: `uneven-${fn}-${n}`, timestamp, message };
      });
      await product.json(`/ingest/logs?function=uneven-${fn}&logStream=s`, {
        method: 'POST',
        body: JSON.stringify({ events }),
      });
    }
    const found = await pages(`/api/v1/invocations?from=${before}&to=${before + 2_000_000}`, limit, (item) =>
      String(item['requestId']),
    );
    expect(found).toEqual(expected.toSorted(([a], [b]) => b - a).map(([, id]) => id));
  },
);

test('the export has every row, over pages of its own', async () => {
  const text = await (await product.fetch(`/api/v1/export/invocations?${RANGE}&format=ndjson&limit=1000`)).text();
  expect(text.trim().split('\n')).toHaveLength(FUNCTIONS.length * COUNT);
});

test.each([1, 7, 59, 100, 179])('an export in pages of at most %i is the list', async (limit) => {
  // Ties of both functions, more than two pages of them, and an hour of functions of very different rates.
  const range = { fromMs: AT - 3_600_000, toMs: AT + 1000 };
  const { items } = await product.store.read.invocations({ ...range, limit: 1000 });
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await product.store.read.invocationColumns({ ...range, limit, cursor });
    expect(page.rows).toBe(page.columns.requestIds.length);
    expect(page.rows).toBeLessThanOrEqual(limit);
    page.columns.requestIds.forEach((id, at) => {
      found.push(`${page.columns.places[page.columns.placeOf[at] ?? 0]?.functionName} ${id}`);
    });
    if (page.nextCursor === null) break;
    expect(page.rows).toBeGreaterThan(0);
    cursor = page.nextCursor;
  }
  expect(found).toEqual(items.map((one) => `${one.functionName} ${one.requestId}`));
});

test('every list that is cut at a limit has a cursor, or says how much there is', () => {
  // Not lists of what is stored: the next traces to fetch, and how many functions are analysed. Prometheus has no cursors: its limit is
  // that of who asks.
  const own = silentlyCutRoutes().filter((name) => !name.startsWith('prometheus'));
  expect(own).toEqual(['listTracesToFetch', 'listRecommendations']);
});

/** Each list is read in pages of one, two and three items, each with other contents. */
test.each([0, 1, 2])('pages of every paged route are the list, random contents %i', async (at) => {
  const clock = { ms: FILLED_MS };
  const filled = await startProduct({ now: () => clock.ms });
  await checkPages(filled, clock, at + 1, { smallSizes: (list) => [1 + ((at + list) % 3)] });
  await filled.close();
  removeFolder(filled.folder);
});

test.each([
  // A cursor of an earlier version: end, function, environment.
  Buffer.from(JSON.stringify([AT, 1, 1])).toString('base64url'),
  Buffer.from(JSON.stringify([AT, 1, 1, 2])).toString('base64url'),
  Buffer.from(JSON.stringify([AT, '1', 1, 'x'])).toString('base64url'),
  'e30',
  '%',
])('cursor %j is refused with the field', async (cursor) => {
  const response = await product.fetch(`/api/v1/invocations?${RANGE}&cursor=${encodeURIComponent(cursor)}`);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errors: unknown }).errors).toMatchObject([{ field: 'cursor' }]);
});
