/** The three runs of the VPC article, compared by their printed summaries. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as z from 'zod';
import { VPC_LOAD_TESTS } from '../../bench/accuracy/published-data.ts';
import type { loadCompareAnswer, loadTestsAnswer } from '../../server/http/contract/load-tests.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { published } from '../support/published-data.ts';

type Answer = z.infer<typeof loadCompareAnswer>;
let product: TestProduct;
let items: z.infer<typeof loadTestsAnswer>['items'];

beforeAll(async () => {
  product = await startProduct();
  for (const file of VPC_LOAD_TESTS) {
    const response = await product.fetch('/ingest/load-test?tool=hey&function=vpc', {
      method: 'POST',
      body: published.text(file),
    });
    expect(await response.json()).toMatchObject({ accepted: 1 });
  }
  items = (await product.json<z.infer<typeof loadTestsAnswer>>('/api/v1/load-tests?function=vpc')).items;
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const slowest = (ms: number) => items.find((item) => item.slowestMs === ms);
const compare = (before: number, after: number): Promise<Answer> =>
  product.json<Answer>(`/api/v1/load-tests/compare?before=${slowest(before)?.id}&after=${slowest(after)?.id}`);
const above = (run: (typeof items)[number] | undefined, ms: number): number => {
  const from = run?.histogram.findIndex((bar) => bar.upToMs >= ms) ?? 0;
  return run?.histogram.slice(from + 1).reduce((sum, bar) => sum + bar.n, 0) ?? Number.NaN;
};

test('matches the printed summaries', () => {
  expect(items).toHaveLength(3);
  expect(slowest(13_046)?.histogram.reduce((sum, bar) => sum + bar.n, 0)).toBe(500);
  // The bars at 10.441, 11.743 and 13.046 s hold 4, 9 and 37 requests: 50 above ten seconds.
  expect(above(slowest(13_046), 9138)).toBe(50);
  expect(above(slowest(547), 547)).toBe(0);
  expect(slowest(3404.2)).toMatchObject({ tool: 'hey', function: 'vpc' });
});

test('May against October: improved, 10.2 % above 1.322 s became none', async () => {
  const answer = await compare(13_046, 547);
  expect(answer.verdict).toBe('improved');
  const tail = answer.tails.find((one) => one.thresholdMs === 1322);
  expect(tail?.before.value).toBeCloseTo(50 / 500 + 1 / 500, 10);
  expect(tail?.after.value).toBe(0);
  expect(tail?.high).toBeLessThan(0);
  expect((await compare(547, 13_046)).verdict).toBe('worse');
  expect((await compare(547, 547)).verdict).toBe('no-evidence');
});

test('errors name invalid ids', async () => {
  const wrong = await product.fetch('/api/v1/load-tests/compare?before=x&after=y');
  expect(wrong.status).toBe(400);
  expect(await wrong.text()).toContain('before');
  const unknown = await product.fetch(`/api/v1/load-tests/compare?before=${'0'.repeat(32)}&after=${slowest(547)?.id}`);
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain('before: unknown load test');
});
