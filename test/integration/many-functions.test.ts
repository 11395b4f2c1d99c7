/** One body can create thousands of functions: lists hold those that matter, and say how many others there are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LISTED_FUNCTIONS } from '../../server/http/contract/functions.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const RANGE = `from=${AT - 60_000}&to=${AT + 3_600_000}`;
const FIRST_AT = AT - 25_000;
const OTHERS = LISTED_FUNCTIONS + 100;
/** Lambda allows names of 64 characters. */
const nameOf = (n: number): string => `other-${String(n).padStart(58, '0')}`;
let product: TestProduct;

/** Two invocations of each: the first all in one millisecond, the second of every other one in another. Three of `edge`. */
beforeAll(async () => {
  product = await startProduct({ now: () => AT + 3_600_000 });
  const own = [9_000_001, 9_000_002, 9_000_003].flatMap((n) => invocation(n, AT - 20_000 - (n % 10) * 1000));
  const others = Array.from({ length: OTHERS }, (_, n) =>
    record(
      message(
        [...invocation(n + 1, FIRST_AT), ...invocation(n + 1_000_001, AT + (n % 2 === 0 ? 0 : (n * 7919) % 60_000))],
        {
          logGroup: `/aws/lambda/${nameOf(n)}`,
          logStream: `2026/11/20/[$LATEST]${String(n).padStart(32, '0')}`,
        },
      ),
    ),
  );
  await send(product, [record(message(own)), ...others]);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

interface List {
  readonly items: readonly { readonly name: string; readonly invocations: number }[];
  readonly omitted: number;
}

test('the list holds the functions with the most invocations, and counts the others', async () => {
  const text = await (await product.fetch(`/api/v1/functions?${RANGE}`)).text();
  expect(text.length).toBeLessThan(10_000_000);
  const { items, omitted } = JSON.parse(text) as List;
  expect(items[0]).toMatchObject({ name: 'edge', invocations: 3 });
  expect(items).toHaveLength(LISTED_FUNCTIONS);
  expect(new Set(items.map(({ name }) => name)).size).toBe(LISTED_FUNCTIONS);
  expect(omitted).toBe(101);
  // The last by name is left out, and found by its name.
  const last = nameOf(OTHERS - 1);
  expect(items.map(({ name }) => name)).not.toContain(last);
  const one = await product.json<List>(`/api/v1/functions?${RANGE}&function=${last}`);
  expect(one).toMatchObject({ items: [{ name: last, invocations: 2 }], omitted: 0 });
});

test('the export holds every function once, in pages', async () => {
  const response = await product.fetch(`/api/v1/export/functions?${RANGE}&format=csv`);
  const chunks: string[] = [];
  for await (const chunk of response.body ?? []) chunks.push(new TextDecoder().decode(chunk as Uint8Array));
  const [head, ...rows] = chunks.join('').trimEnd().split('\r\n');
  expect(head?.startsWith('id,name,account,')).toBe(true);
  expect(rows.filter((row) => row.startsWith('id,'))).toEqual([]);
  const names = rows.map((row) => row.split(',')[1]);
  expect(names.toSorted()).toEqual(['edge', ...Array.from({ length: OTHERS }, (_, n) => nameOf(n))].toSorted());
  // One page of 5,101 rows would be 1.6 MB.
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(300_000);
  const text = await (await product.fetch(`/api/v1/export/functions?${RANGE}`)).text();
  const edge = text.split('\n').find((line) => line.includes('"name":"edge"'));
  expect(JSON.parse(edge ?? '')).toMatchObject({
    invocations: 3,
    errorRate: 0,
    errorsUnknownOf: 0,
    coldStartRate: 0,
  });
  expect(text.trimEnd().split('\n')).toHaveLength(OTHERS + 1);
});

test.each([1, 250, 251, 600])(
  'an export of functions with limit=%i has as many rows, each another function',
  async (limit) => {
    const text = await (await product.fetch(`/api/v1/export/functions?${RANGE}&format=csv&limit=${limit}`)).text();
    const names = text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((row) => row.split(',')[1]);
    expect(names).toHaveLength(limit);
    expect(new Set(names).size).toBe(limit);
  },
);

test.each([
  ['functions', 'csv', 1],
  ['functions', 'ndjson', 0],
  ['invocations', 'csv', 1],
  ['invocations', 'ndjson', 0],
])('an export of %s as %s without rows ends', async (what, format, lines) => {
  const path = `/api/v1/export/${what}?from=${AT - 7_200_000}&to=${AT - 3_600_000}&format=${format}`;
  const text = await (await product.fetch(path)).text();
  expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(lines);
});

test('totals include every function', async () => {
  const answer = await product.json<{ functions: number; invocations: number }>(`/api/v1/overview?${RANGE}`);
  expect(answer).toMatchObject({ functions: OTHERS + 1, invocations: 2 * OTHERS + 3 });
});

test('pages of invocations hold every one once, newest first', async () => {
  const limit = 500;
  const found: { requestId: string; at: string }[] = [];
  for (let cursor = ''; ; ) {
    const page = await product.json<{ items: { requestId: string; at: string }[]; nextCursor: string | null }>(
      `/api/v1/invocations?from=${AT}&to=${AT + 3_600_000}&limit=${limit}${cursor}`,
    );
    found.push(...page.items);
    if (page.nextCursor === null) break;
    expect(page.items).toHaveLength(limit);
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  const sent = Array.from({ length: OTHERS }, (_, n) => requestId(n + 1_000_001));
  expect(found.map((one) => one.requestId).toSorted()).toEqual(sent.toSorted());
  const times = found.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().toReversed());
});
