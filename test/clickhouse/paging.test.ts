/** Pages of every paged route are the list on ClickHouse too. */
import { expect, test } from 'vitest';
import { startClickHouse } from '../support/clickhouse.ts';
import { checkPages, FILLED_MS } from '../support/cursor-pages.ts';
import { removeFolder, startProduct } from '../support/product.ts';

// All take some minutes, and many on a busy machine: a part of the routes at a time, each on tables of its own.
const PARTS = 5;
test.each(Array.from({ length: PARTS }, (_, at) => at))(
  'pages of every paged route are the list, part %i',
  async (at) => {
    const engine = await startClickHouse();
    const clock = { ms: FILLED_MS };
    // ClickHouse deletes lines by the clock of the machine.
    const environment = { ...engine.settings, THERMOCLINE_RAW_RETENTION_DAYS: '400' };
    const product = await startProduct({ now: () => clock.ms, environment });
    await expect(checkPages(product, clock, 4, { part: { at, of: PARTS } })).resolves.toBeUndefined();
    await product.close();
    removeFolder(product.folder);
    await engine.close();
  },
  1_800_000,
);
