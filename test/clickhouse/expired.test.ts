/** Events of days whose events retention has deleted are refused with a reason on ClickHouse too. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { invocation } from '../support/firehose.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 11);

test('a day with rollups and without invocations takes no more events', async () => {
  const engine = await startClickHouse();
  const clock = { ms: AT + HOUR_MS };
  const product = await startProduct({ now: () => clock.ms, environment: { ...engine.settings } });
  const send = async (n: number, atMs: number) =>
    product.json('/ingest/logs?function=edge&logStream=s', {
      method: 'POST',
      body: JSON.stringify({ events: [...invocation(n, atMs), ...invocation(n + 1, atMs)] }),
    });
  expect(await send(1, AT)).toEqual({ accepted: 4, duplicates: 0, ignored: 0, rejected: 0 });
  await product.store.attribution.classifyPending();

  // Older than the retention, but its events are still stored: repeats can be told apart.
  clock.ms += 60 * DAY_MS;
  expect(await send(1, AT)).toMatchObject({ accepted: 4, ignored: 0 });
  await product.store.attribution.classifyPending();
  // What the TTL of the table does when parts are merged.
  for (const table of ['invocation_fact', 'start_fact'])
    await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
  expect(await send(5, AT)).toEqual({
    accepted: 0,
    duplicates: 0,
    ignored: 4,
    ignoredReasons: { 'day-expired': 4 },
    rejected: 0,
    expired: 4,
    expiredReason: expect.stringMatching(/^Retention has deleted the other events of their day/),
  });
  // Another function has no rollups of that day, and days that retention keeps are not asked about.
  expect(await send(9, clock.ms - HOUR_MS)).toMatchObject({ accepted: 4, ignored: 0 });
  const { items } = await product.json<{ items: unknown[] }>('/api/v1/rejects');
  expect(items).toMatchObject([
    { reason: 'day-expired', seen: 4, detail: expect.stringContaining('edge, 2026-11-20') },
  ]);
  const status = async () => product.json('/api/v1/ingest/status');
  await expect.poll(status, { interval: 300 }).toMatchObject({ ignored: 4, expired: 4, rejected: 0 });
  await product.close();
  removeFolder(product.folder);
  await engine.close();
}, 600_000);
