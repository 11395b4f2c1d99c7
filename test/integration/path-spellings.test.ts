/** Access control looks at the path that is served, however a request spells it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

describe('alternative spellings of a path give no access', () => {
  test.each([
    '//api/v1/tokens',
    '/api//v1/tokens',
    '/api/v1//tokens',
    '/api/v1/tokens/',
    '/api/v1/tokens;x',
    '/api/v1/tokens.',
    '/api/v1/%74okens',
    '/api%2fv1%2ftokens',
    '/api/v1/x/../tokens',
    '/api/v1/x/%2e%2e/tokens',
    '/api/v1/tokens%00',
    '/API/v1/tokens',
    '\\api\\v1\\tokens',
    '/docs/../api/v1/tokens',
    '/healthz/../api/v1/tokens',
  ])('%s', async (path) => {
    const response = await product.app.request(path);
    expect([401, 404, 405]).toContain(response.status);
    expect(await response.text()).not.toContain('configured admin');
  });
});
