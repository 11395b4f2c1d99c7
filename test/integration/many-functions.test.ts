/** One body can create thousands of functions: lists hold those that matter, and say how many others there are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LISTED_FUNCTIONS } from '../../server/http/contract/functions.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const RANGE = `from=${AT - 60_000}&to=${AT + 3_600_000}`;
const OTHERS = LISTED_FUNCTIONS + 100;
/** Lambda allows names of 64 characters. */
const nameOf = (n: number): string => `other-${String(n).padStart(58, '0')}`;
let product: TestProduct;

/** One invocation of each, every tenth in the same millisecond, and two of `edge`, the oldest. */
beforeAll(async () => {
  product = await startProduct({ now: () => AT + 3_600_000 });
  const own = [...invocation(9_000_001, AT - 30_000), ...invocation(9_000_002, AT - 20_000)];
  const others = Array.from({ length: OTHERS }, (_, n) =>
    record(
      message(invocation(n + 1, AT + (n % 10 === 0 ? 0 : (n * 7919) % 60_000)), {
        logGroup: `/aws/lambda/${nameOf(n)}`,
        logStream: `2026/11/20/[$LATEST]${String(n).padStart(32, '0')}`,
      }),
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
  expect(items[0]).toMatchObject({ name: 'edge', invocations: 2 });
  expect(items).toHaveLength(LISTED_FUNCTIONS);
  expect(new Set(items.map(({ name }) => name)).size).toBe(LISTED_FUNCTIONS);
  expect(omitted).toBe(101);
  // The last by name is left out, and found by its name.
  const last = nameOf(OTHERS - 1);
  expect(items.map(({ name }) => name)).not.toContain(last);
  const one = await product.json<List>(`/api/v1/functions?${RANGE}&function=${last}`);
  expect(one).toMatchObject({ items: [{ name: last, invocations: 1 }], omitted: 0 });
});

test('totals include every function', async () => {
  const answer = await product.json<{ functions: number; invocations: number }>(`/api/v1/overview?${RANGE}`);
  expect(answer).toMatchObject({ functions: OTHERS + 1, invocations: OTHERS + 2 });
});

test.each([333, 500])('pages of %i invocations hold every invocation once, newest first', async (limit) => {
  const found: { requestId: string; at: string }[] = [];
  for (let cursor = ''; ; ) {
    const page = await product.json<{ items: { requestId: string; at: string }[]; nextCursor: string | null }>(
      `/api/v1/invocations?${RANGE}&limit=${limit}${cursor}`,
    );
    found.push(...page.items);
    if (page.nextCursor === null) break;
    expect(page.items).toHaveLength(limit);
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  const sent = [9_000_001, 9_000_002, ...Array.from({ length: OTHERS }, (_, n) => n + 1)].map((n) => requestId(n));
  expect(found.map((one) => one.requestId).toSorted()).toEqual(sent.toSorted());
  const times = found.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().toReversed());
});
