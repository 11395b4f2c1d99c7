import { afterAll, beforeAll, test } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { expectDeletionToLeaveNothing } from '../support/deletion.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

let engine: TestClickHouse;
let product: TestProduct;
beforeAll(async () => {
  engine = await startClickHouse();
  product = await startProduct({ now: () => Date.UTC(2026, 10, 20, 14), environment: { ...engine.settings } });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  await engine.close();
});

test('a deleted function leaves nothing, and can be stored again', () => expectDeletionToLeaveNothing(product));
