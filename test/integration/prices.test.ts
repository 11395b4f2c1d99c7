/** Costs of one invocation of 100 ms with 1024 MB, without a region: at the standard price. Dollars are worked out by hand from AWS's price list. */
import { afterAll, expect, test } from 'vitest';
import type { FunctionAnswer } from '../../server/http/contract/functions.ts';
import type { OverviewAnswer } from '../../server/http/contract/overview.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 12);
const products: TestProduct[] = [];

afterAll(async () => {
  for (const product of products) {
    await product.close();
    removeFolder(product.folder);
  }
});

async function productWith(environment: Record<string, string>): Promise<TestProduct> {
  const product = await startProduct({ now: () => AT + 3_600_000, environment });
  products.push(product);
  const requestId = '00000000-0000-4000-8000-000000000001';
  const lines = [
    [AT, `START RequestId: ${requestId} Version: $LATEST`],
    [AT + 100, `END RequestId: ${requestId}`],
    [
      AT + 100,
      `REPORT RequestId: ${requestId}\tDuration: 100.00 ms\tBilled Duration: 100 ms\tMemory Size: 1024 MB\tMax Memory Used: 80 MB\t`,
    ],
  ] as const;
  const events = lines.map(([timestamp, text], at) => ({ id: `${at}`, timestamp, message: text }));
  await send(product, [record(message(events, { logGroup: '/aws/lambda/shop' }))]);
  return product;
}

const REQUEST = 2e-7;
const COMPUTE = 0.1 * 1.66667e-5;
const RANGE = `from=${AT - 3_600_000}&to=${AT + 3_600_000}`;

test.each([
  [{}, REQUEST + COMPUTE, 'No savings plan is declared for this time'],
  [{ THERMOCLINE_SAVINGS_PLANS: '12' }, REQUEST + COMPUTE * 0.88, 'A declared savings plan takes 12 % off duration'],
  // The plan begins after the invocation: history keeps its price.
  [{ THERMOCLINE_SAVINGS_PLANS: '12@2026-11-21' }, REQUEST + COMPUTE, 'No savings plan is declared for this time'],
  [{ THERMOCLINE_PRICE_TIER: '2' }, REQUEST + COMPUTE * 0.9, 'Duration at price tier 2, as declared'],
])('with %j, every answer has the same cost and says why', async (environment, usd, sentence) => {
  const product = await productWith(environment);
  const one = await product.json<FunctionAnswer>(`/api/v1/functions/shop?${RANGE}`);
  expect(one.costUsd).toBeCloseTo(usd, 12);
  expect((one.money.computeUsd ?? 0) + (one.money.requestsUsd ?? 0)).toBeCloseTo(usd, 12);
  expect(one.priceAssumptions.join('\n')).toContain(sentence);
  expect(one.priceAssumptions.join('\n')).toContain('The architecture of 1 invocation is unknown: x86_64 is assumed');
  const overview = await product.json<OverviewAnswer>(`/api/v1/overview?${RANGE}`);
  expect(overview.costUsd).toBeCloseTo(usd, 12);
  expect(overview.series.reduce((sum, point) => sum + (point.costUsd ?? 0), 0)).toBeCloseTo(usd, 12);
  expect(overview.priceAssumptions).toEqual(one.priceAssumptions);
  const list = await product.json<{ items: { costUsd: number }[] }>(`/api/v1/invocations?${RANGE}`);
  expect(list.items[0]?.costUsd).toBeCloseTo(usd, 12);
});
