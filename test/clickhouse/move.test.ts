/** After history has moved from SQLite, every query gives the same result as before. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { analyseHere } from '../../server/jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../../server/jobs/attribution/attribution.ts';
import { openClickHouseWorker } from '../../server/storage/clickhouse/store.ts';
import { compareAnswers } from '../../server/storage/transfer/compare.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { describeConformance, TO } from '../support/conformance.ts';
import { moved, optionsOf } from '../support/moves.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, startProduct } from '../support/product.ts';

const DAY = 86_400_000;

/** The product before and after the move. */
const pair: TestProduct[] = [];
let engine: TestClickHouse | undefined;
afterAll(() => engine?.close());

async function derived(clickhouse: TestClickHouse, now: () => number): Promise<void> {
  const worker = await openClickHouseWorker(optionsOf(clickhouse, now), 'derive');
  await new ColdStartAttribution({ store: worker, now, analyse: analyseHere }).round(true);
  await worker.close();
}

describeConformance(async ({ now, sqlite }) => {
  engine = await startClickHouse();
  const result = await moved(sqlite.folder, engine, now);
  expect(result.different).toEqual([]);
  expect(result.invocations).toBeGreaterThan(500);
  await derived(engine, now);
  const folder = memoryFolder();
  // A move leaves the data folder's control.db in use: tags, rules, tokens.
  const control = new Database(join(sqlite.folder, 'control.db'), { readonly: true });
  await control.backup(join(folder, 'control.db'));
  control.close();
  const product = await startProduct({ now, folder, environment: engine.settings });
  pair.push(sqlite, product);
  return product;
});

test('the comparison of `thermocline move` finds no difference', async () => {
  const [sqlite, clickhouse] = pair;
  if (sqlite === undefined || clickhouse === undefined) throw new Error('nothing was moved');
  const range = { fromMs: TO - 60 * DAY, toMs: TO };
  const answers = await compareAnswers(sqlite.store.read, clickhouse.store.read, range, () => undefined);
  expect(answers.different).toEqual([]);
  expect(answers.questions).toBeGreaterThan(15);
});
