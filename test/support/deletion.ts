/** What a deletion must do in every store: leave the answers as if the function had never been stored. */
import { expect } from 'vitest';
import { invocation, message, requestId } from './firehose.ts';
import type { TestProduct } from './product.ts';

const AT_MS = Date.UTC(2026, 10, 20, 10);
const RANGE = 'from=2026-11-19T00:00:00Z&to=2026-11-21T00:00:00Z';
const ACCOUNT = '111122223333';

/** Answers of the pages that name functions, without counters of what was received. */
async function answers(product: TestProduct): Promise<Readonly<Record<string, unknown>>> {
  await product.derive();
  const found: Record<string, unknown> = {};
  for (const path of ['functions', 'overview', 'invocations', 'failures', 'changes'])
    found[path] = await product.json(`/api/v1/${path}?${RANGE}`);
  const { items } = await product.json<{ items: unknown[] }>('/api/v1/rejects');
  found['rejects'] = items.length;
  for (const id of [1, 101].map(requestId)) found[id] = (await product.fetch(`/api/v1/invocations/${id}`)).status;
  return found;
}

async function send(product: TestProduct, name: string, first: number): Promise<unknown> {
  const events = [
    {
      id: '',
      timestamp: AT_MS - 500,
      message: 'INIT_START Runtime Version: nodejs:22.v50\tRuntime Version ARN: arn:x\n',
    },
    ...[0, 1, 2].flatMap((n) => invocation(first + n, AT_MS + n * 60_000)),
    {
      id: '',
      timestamp: AT_MS + 180_000,
      message: `2026-11-20T10:03:00.000Z ${requestId(first + 2)} Task timed out after 3.00 seconds\n\n`,
    },
    { id: '', timestamp: AT_MS + 1, message: 'REPORT RequestId: x\tBilled Duration: 1 ms\n' },
  ];
  const stream = `2026/11/20/[$LATEST]${String(first).padStart(32, '0')}`;
  const response = await product.fetch('/ingest/lambda', {
    method: 'POST',
    body: JSON.stringify(message(events, { logGroup: `/aws/lambda/${name}`, logStream: stream, owner: ACCOUNT })),
  });
  expect(response.status).toBe(200);
  return response.json();
}

/** Stores two functions, deletes one, stores it again. */
export async function expectDeletionToLeaveNothing(product: TestProduct): Promise<void> {
  await send(product, 'kept', 1);
  const before = await answers(product);
  const first = await send(product, 'gone', 101);
  const both = await answers(product);
  expect(both).not.toEqual(before);
  const response = await product.fetch('/api/v1/functions/gone', { method: 'DELETE' });
  expect(response.status).toBe(200);
  expect(await answers(product)).toEqual(before);
  expect((await product.fetch('/api/v1/functions/gone', { method: 'DELETE' })).status).toBe(404);
  const { items } = await product.json<{ items: { method: string; path: string; status: number }[] }>('/api/v1/audit');
  expect(items).toContainEqual(
    expect.objectContaining({ method: 'DELETE', path: '/api/v1/functions/gone', status: 200 }),
  );
  // Stored again, it is new, and the answers are those of the first time.
  expect(await send(product, 'gone', 101)).toEqual(first);
  const again = await answers(product);
  expect(withoutIds(again)).toEqual(withoutIds(both));
}

function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'environmentId' ? null : inner));
}
