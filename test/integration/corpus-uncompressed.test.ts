/** Subscription messages in AWS's formats (test/fixtures/corpus/payloads) without compression, to one product. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const folder = join(import.meta.dirname, '../fixtures/corpus/payloads');
const messages = readdirSync(folder).filter((name) => name.startsWith('message.'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const postLambda = async (body: string): Promise<Response> => product.fetch('/ingest/lambda', { method: 'POST', body });

test.each(messages)('%s is also read without compression', async (name) => {
  const response = await postLambda(read(name));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ rejected: 0 });
});

test('an entry without its envelope is a clear 400', async () => {
  const response = await postLambda('{"id":"1","timestamp":1778493600000,"message":"END RequestId: x"}');
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errorMessage: string }).errorMessage).toMatch(/awslogs|body/);
});
