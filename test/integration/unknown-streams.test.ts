/** What the API says where log streams are unknown, and after the same events came with them. Values read from the files by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ColdStartsAnswer, EnvironmentsAnswer } from '../../server/http/contract/functions.ts';
import type { InvocationsAnswer } from '../../server/http/contract/invocations.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const cases = join(import.meta.dirname, '../fixtures/field');
const RANGE = 'from=2023-04-18T00:00:00Z&to=2023-04-19T00:00:00Z';
const ID = encodeURIComponent('123456789012:us-east-2:f');
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => Date.UTC(2023, 3, 20) });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

async function send(file: string): Promise<void> {
  const path = '/ingest/logs?function=f&account=123456789012&region=us-east-2';
  const response = await product.fetch(path, { method: 'POST', body: readFileSync(join(cases, file)) });
  expect(response.status).toBe(200);
}

async function read<T>(path: string): Promise<T> {
  return (await (await product.fetch(path)).json()) as T;
}

const invocations = () => read<InvocationsAnswer>(`/api/v1/invocations?function=f&${RANGE}`);
const coldStarts = () => read<ColdStartsAnswer>(`/api/v1/functions/${ID}/cold-starts?${RANGE}`);
const environments = () => read<EnvironmentsAnswer>(`/api/v1/functions/${ID}/environments?${RANGE}`);

test('three cold starts without log streams: how many callers waited is not said', async () => {
  await send('lines/33.txt');
  expect((await invocations()).items.map((one) => [one.logStream, one.coldStart?.userFelt])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
  expect(await coldStarts()).toMatchObject({
    rate: { value: 1, n: 3 },
    userFeltRate: { value: null, n: 0 },
    judged: 0,
    withoutStream: { invocations: 3, coldStarts: 3 },
  });
  expect(await environments()).toMatchObject({ total: 0, concurrency: { peak: null } });
});

test('the same events with their streams complete them: three invocations in three environments, three callers waited', async () => {
  await send('lines/40.json');
  await send('lines/33.txt');
  const { items } = await invocations();
  expect(items.map((one) => [one.attempt, one.coldStart?.userFelt])).toEqual([
    [1, true],
    [1, true],
    [1, true],
  ]);
  expect(new Set(items.map((one) => one.logStream)).size).toBe(3);
  expect(await coldStarts()).toMatchObject({ userFeltRate: { value: 1, n: 3 }, withoutStream: null });
  expect(await environments()).toMatchObject({ total: 3 });
});
