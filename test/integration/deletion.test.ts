import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectDeletionToLeaveNothing } from '../support/deletion.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct({ now: () => Date.UTC(2026, 10, 20, 14) });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

test('a deleted function leaves nothing, and can be stored again', () => expectDeletionToLeaveNothing(product));

test('deleting needs scope admin', async () => {
  const { token } = await product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scope: 'read' }),
  });
  for (const path of ['/api/v1/functions/kept', '/api/v1/demo']) {
    const response = await product.fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(403);
  }
});
