/** Following a search of log lines through the front door. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MOST_STREAMS } from '../../server/http/access/open-streams.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const PATH = '/api/v1/logs/live';
let product: TestProduct;

beforeEach(async () => {
  product = await startProduct();
});
afterEach(async () => {
  product.endStreams();
  await product.close();
  removeFolder(product.folder);
});

async function open(query = '') {
  const response = await product.fetch(`${PATH}${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('no body');
  let text = '';
  /** Reads until the text is in the stream. */
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended: ${text}`);
      text += Buffer.from(value).toString('utf8');
    }
    return text;
  };
  await until('event: counts');
  return { until, reader };
}

const lines = (text: string): readonly Record<string, unknown>[] =>
  [...text.matchAll(/^event: line\ndata: (.*)$/gm)].map(([, data = '']) => {
    const line: unknown = JSON.parse(data);
    return line as Record<string, unknown>;
  });

/** An invocation that ended just now, and its lines. */
const ended = (n: number) => record(message(invocation(n, Date.now() - 1000)));

test('new lines of the search come once, as searches answer them', async () => {
  await send(product, [ended(1)]);
  const { until } = await open('?q=REPORT');
  const two = ended(2);
  await send(product, [two]);
  await send(product, [two]);
  const text = await until('event: line');
  await send(product, [ended(3)]);
  const found = lines(await until(requestId(3)));
  expect(text).not.toContain(requestId(1));
  expect(found.map((line) => line['requestId'])).toEqual([requestId(2), requestId(3)]);
  const { items } = await product.json<{ items: unknown[] }>(`/api/v1/logs?q=${requestId(2)}%20REPORT&from=now-1h`);
  expect(items).toEqual([found[0]]);
});

test('a search that is not valid, an unknown function and too many streams are problems', async () => {
  const invalid = await product.fetch(`${PATH}?q=${encodeURIComponent('a "b')}`);
  expect(invalid.status).toBe(400);
  expect(await invalid.text()).toContain('at character 3');
  expect((await product.fetch(`${PATH}?q=${encodeURIComponent('/(/')}`)).status).toBe(400);
  expect((await product.fetch(`${PATH}?function=nobody`)).status).toBe(404);
  expect((await product.app.request(PATH)).status).toBe(401);
  for (let n = 0; n < MOST_STREAMS.events.token; n += 1) await open();
  expect((await product.fetch(PATH)).status).toBe(429);
});

test('the stream ends with the credential that opened it', async () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'screen', scope: 'read' });
  const { id, token } = await product.json<{ id: string; token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: json,
    body,
  });
  const response = await product.app.request(PATH, { headers: { authorization: `Bearer ${token}` } });
  const reader = response.body?.getReader();
  await reader?.read();
  await product.fetch(`/api/v1/tokens/${id}`, { method: 'DELETE' });
  expect((await reader?.read())?.done).toBe(true);
});
