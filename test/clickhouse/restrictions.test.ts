/** Restrictions on ClickHouse. */
import { afterAll } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { startProduct } from '../support/product.ts';
import { describeRestrictions, KEPT } from '../support/restrictions.ts';

const engines: TestClickHouse[] = [];

const start = async (now: () => number) => {
  const engine = await startClickHouse();
  engines.push(engine);
  return startProduct({ now, environment: { ...engine.settings, ...KEPT } });
};

describeRestrictions(start);
afterAll(async () => {
  for (const engine of engines) await engine.close();
});
