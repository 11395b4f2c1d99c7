/** Events of a wrong future are kept as long after their receipt as others, not until their day comes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { classifyPending } from '../../server/storage/clickhouse/classify/classify.ts';
import { WHOLE_FLEET } from '../../server/storage/clickhouse/classify/pending.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { applyRetention } from '../../server/storage/clickhouse/retention.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

/** TTLs go by the clock of the engine. */
const NOW = Date.now();
const FUTURE = Date.UTC(2100, 0, 1, 11);
const retention = {
  THERMOCLINE_RAW_RETENTION_DAYS: '1',
  THERMOCLINE_DETAIL_RETENTION_DAYS: '2',
  THERMOCLINE_HISTORY_RETENTION_DAYS: '5',
};
let engine: TestClickHouse;
let product: TestProduct;

beforeAll(async () => {
  engine = await startClickHouse();
  product = await startProduct({ now: () => NOW, environment: { ...engine.settings, ...retention } });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  await engine.close();
});

const merge = (table: string) => engine.client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });

test.each([
  ['invocation_fact', 'end_ms'],
  ['start_fact', 'start_ms'],
  ['runtime_fact', 'at_ms'],
  ['fault_fact', 'at_ms'],
  ['init_fact', 'at_ms'],
  ['stream_fact', 'last_ms'],
  ['extension_fact', 'at_ms'],
])('%s: a fact of 2100 received ten days ago is deleted, an old one received now is kept', async (table, time) => {
  const rows = [
    [1, FUTURE, NOW - 10 * DAY_MS],
    [2, FUTURE, NOW],
    [3, NOW - 100 * DAY_MS, NOW],
    [4, NOW - 100 * DAY_MS, NOW - 10 * DAY_MS],
    // The clock of a sender is an hour ahead.
    [5, NOW + HOUR_MS, NOW],
  ].map((row) => `(${row.join()})`);
  await engine.client.command({ query: `INSERT INTO ${table} (function_id, ${time}, received_ms) VALUES ${rows}` });
  await merge(table);
  const found = await engine.rows(`SELECT function_id AS id FROM ${table} WHERE function_id <= 5 ORDER BY id`);
  expect(found.map(({ id }) => Number(id))).toEqual([2, 3, 5]);
});

test.each([
  ['gateway_request', 'at_ms', FUTURE],
  ['network_event', 'at_ms', FUTURE],
  ['resource_use', 'at_ms', FUTURE],
  ['response', 'at_ms', FUTURE],
  ['durable_line', 'last_ms', FUTURE],
  ['flow_record', 'from_ms', FUTURE],
  ['trace_segment', 'start_ns', FUTURE * 1e6],
  ['volume_fact', 'hour_ms', FUTURE],
  ['environment', 'last_seen_ms', FUTURE],
])('%s: a row of 2100 that was received ten days ago is deleted', async (table, time, at) => {
  const key = {
    gateway_request: 'log_group_id',
    volume_fact: 'log_group_id',
    flow_record: 'eni_key',
    trace_segment: 'trace_key',
  };
  const owner = key[table as keyof typeof key] ?? 'function_id';
  const rows = [
    [1, NOW - 10 * DAY_MS],
    [2, NOW],
  ].map(([id, received]) => `(${id}, ${BigInt(at) + BigInt(id ?? 0)}, ${received})`);
  await engine.client.command({ query: `INSERT INTO ${table} (${owner}, ${time}, stored_ms) VALUES ${rows}` });
  // As the product writes it.
  await engine.client.command({
    query: `INSERT INTO ${table} (${owner}, ${time}) VALUES (3, ${BigInt(at) + 3n}), (4, ${time === 'start_ns' ? BigInt(NOW) * 1_000_000n : NOW})`,
  });
  await merge(table);
  const found = await engine.rows(`SELECT ${owner} AS id FROM ${table} WHERE ${owner} <= 4 ORDER BY id`);
  expect(found.map(({ id }) => Number(id))).toEqual([2, 3, 4]);
});

test.each(['rollup_5m', 'rollup_1h', 'rollup_1d', 'derived_slot', 'error_hour'])(
  '%s: a row of 2100 that was written ten days ago is deleted',
  async (table) => {
    const time = table.startsWith('rollup') ? 'bucket' : 'slot_ms';
    const rows = [
      [1, NOW - 10 * DAY_MS],
      [2, NOW],
    ].map(([id, written]) => `(${id}, ${FUTURE}, ${written})`);
    await engine.client.command({ query: `INSERT INTO ${table} (function_id, ${time}, written) VALUES ${rows}` });
    await merge(table);
    const found = await engine.rows(`SELECT function_id AS id FROM ${table} WHERE function_id IN (1, 2)`);
    expect(found.map(({ id }) => Number(id))).toEqual([2]);
  },
);

test('classifications expire with their invocations, also before they are merged with them', async () => {
  // A REPORT ends with a tab.
  const cold = invocation(1, NOW - 3 * DAY_MS).map(({ message: text, ...line }) => ({
    ...line,
    message: String(text).replace(/\t\n$/, '\tInit Duration: 250.00 ms\t\n'),
  }));
  await send(product, [record(message(cold))]);
  const own = "function_id IN (SELECT function_id FROM stream_fact WHERE function_name = 'edge')";
  await classifyPending(new ClickHouseQueryClient(engine.client, engine.options), {
    shard: WHOLE_FLEET,
    scope: 'all',
    detailSinceMs: 0,
  });
  const written = await engine.rows(
    `SELECT verdict <> '' AS classified, min(received_ms) AS least, max(received_ms) AS most FROM invocation_fact WHERE ${own} GROUP BY classified`,
  );
  expect(written.map(({ least, most }) => [Number(least), Number(most)])).toEqual([
    [NOW, NOW],
    [NOW, NOW],
  ]);
});

test('classifications without a receipt expire by the event', async () => {
  const rows = [
    [11, NOW],
    [12, NOW - 10 * DAY_MS],
  ].map(([id, at]) => `(${id}, ${at}, '1')`);
  await engine.client.command({ query: `INSERT INTO invocation_fact (function_id, end_ms, verdict) VALUES ${rows}` });
  await merge('invocation_fact');
  const found = await engine.rows('SELECT function_id AS id FROM invocation_fact WHERE function_id IN (11, 12)');
  expect(found.map(({ id }) => Number(id))).toEqual([11]);
});

test('the same policy alters no table again', async () => {
  const statements: string[] = [];
  const client = new ClickHouseQueryClient(engine.client, engine.options);
  const run = client.run.bind(client);
  client.run = async (query: string, ...rest: never[]) => {
    statements.push(query);
    await run(query, ...rest);
  };
  const policy = { rawMs: DAY_MS, detailMs: 2 * DAY_MS, historyMs: 5 * DAY_MS, quarantineMs: 30 * DAY_MS };
  await applyRetention(client, engine.options, policy);
  expect(statements.filter((one) => !one.includes(' reject '))).toEqual([]);
});
