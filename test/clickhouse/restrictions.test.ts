/** Restrictions on ClickHouse. */
import { afterAll, describe } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { startProduct } from '../support/product.ts';
import { BY_NAME, BY_TAG, describeRestrictions, KEPT } from '../support/restrictions.ts';

const engines: TestClickHouse[] = [];

const start = async (now: () => number) => {
  const engine = await startClickHouse();
  engines.push(engine);
  return startProduct({ now, environment: { ...engine.settings, ...KEPT } });
};

describe('by name', () => describeRestrictions(start, BY_NAME));
describe('by tag', () => describeRestrictions(start, BY_TAG));
afterAll(async () => {
  for (const engine of engines) await engine.close();
});
