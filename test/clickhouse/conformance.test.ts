/** Both stores receive the same data separately and must give equal responses. */
import { afterAll } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { describeConformance } from '../support/conformance.ts';
import { startProduct } from '../support/product.ts';

let engine: TestClickHouse | undefined;

describeConformance(async ({ now, feed }) => {
  engine = await startClickHouse();
  const product = await startProduct({ now, environment: engine.settings });
  await feed(product);
  return product;
});
afterAll(() => engine?.close());
