/** Facts in the real engine are stored once, whatever the order, pieces, duplicates, faults and restarts. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import { readFunctionFacts } from '../../ingest/documents/function-facts.ts';
import type { ClickHouseOptions } from '../../server/storage/clickhouse/connection.ts';
import { connect } from '../../server/storage/clickhouse/connection.ts';
import { FactWriter } from '../../server/storage/clickhouse/insert/fact-writer.ts';
import { factsOf } from '../../server/storage/clickhouse/insert/facts.ts';
import { migrate, statementsOf } from '../../server/storage/clickhouse/migrate.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { rowOf, startFaultProxy } from '../support/fault-proxy.ts';
import { batchOf, deliveries, streams } from '../support/fleet-streams.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/clickhouse');
const TO = Date.UTC(2026, 10, 20);
const SOURCE = { kind: 'import', name: 'facts' } as const;
const FACTS: readonly string[] = ['stream', 'invocation', 'start', 'init', 'fault', 'extension', 'runtime'].map(
  (name) => `${name}_fact`,
);
let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, engine.options, MIGRATIONS, TO);
});
afterAll(async () => {
  await engine.close();
});

/** All facts after merging, without their time of receipt. */
async function stored(): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of FACTS) {
    const described = await engine.rows<{ name: string; type: string }>(`DESCRIBE TABLE ${table}`);
    const columns = described.filter(({ name }) => name !== 'received_ms');
    const keys = columns.filter(({ type }) => !type.startsWith('SimpleAggregate')).map(({ name }) => name);
    const values = columns
      .filter(({ name }) => !keys.includes(name))
      .map(({ name, type }) => `${/\((min|max),/.exec(type)?.[1]}(${name})`);
    found[table] = await engine.rows(
      `SELECT ${[...keys, ...values].join(', ')} FROM ${table} GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}`,
    );
  }
  return found;
}

async function empty(): Promise<void> {
  for (const table of [...FACTS, 'pending']) await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
}

const writer = (options: ClickHouseOptions = engine.options): FactWriter =>
  new FactWriter(connect(options), options, () => TO);

test('pieces, duplicates, any order and two processes give the same facts', async () => {
  const all = streams(1, TO);
  const whole = factsOf(batchOf(all), TO);
  await writer().store(whole);
  const expected = await stored();
  expect(expected['invocation_fact']?.length).toBeGreaterThan(200);
  for (const table of FACTS.filter((name) => name !== 'start_fact' && name !== 'runtime_fact'))
    expect(expected[table]?.length, table).toBeGreaterThan(0);
  for (const seed of [1, 2, 3]) {
    await empty();
    const writers = [writer(), writer()];
    const batches = deliveries(all, seed).map((batch, at) => factsOf(batch, TO + at));
    await Promise.all(
      writers.map(async (one, mine) => {
        for (const [at, batch] of batches.entries()) if (at % 2 === mine) await one.store(batch);
      }),
    );
    const found = await stored();
    // A START whose REPORT arrives in another batch is in a separate table; reading both completes the row.
    for (const table of ['stream_fact', 'init_fact', 'fault_fact', 'extension_fact'])
      expect(found[table], `${table}, seed ${seed}`).toEqual(expected[table]);
    expect(found['invocation_fact']?.length).toBe(expected['invocation_fact']?.length);
  }
});

test('days of known errors are written once, and again after a deletion', async () => {
  const day = Math.floor(TO / 86_400_000);
  const one = { ...batchOf(streams(2, TO)), errorDays: [[0, day]] as const };
  const days = (): Promise<unknown[]> => engine.rows('SELECT DISTINCT day FROM error_day ORDER BY day');
  // Errors are known on the day and on the days beside it.
  const expected = [day - 1, day, day + 1].map((known) => ({ day: known }));
  const clear = (): Promise<unknown> => engine.client.command({ query: 'TRUNCATE TABLE error_day' });
  const mine = writer();
  await clear();
  await mine.write(one, SOURCE);
  expect(await days()).toEqual(expected);
  await clear();
  mine.generation = 'after the deletion';
  await mine.write(one, SOURCE);
  expect(await days()).toEqual(expected);
  await clear();
  // The same generation again: the days are not repeated.
  mine.generation = 'after the deletion';
  await mine.write(one, SOURCE);
  expect(await days()).toEqual([]);
  await mine.close();
});

test('patterns that the inventory stored decide on which days errors would have arrived', async () => {
  const day = Math.floor(TO / 86_400_000);
  const batch = batchOf(streams(2, TO));
  const [header] = batch.streams;
  const { account = '', region = '', functionName = '' } = header ?? {};
  const inventoryOf = (filters: readonly (readonly [name: string, pattern: string])[]) => {
    const read = readFunctionFacts({
      FunctionName: functionName,
      FunctionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
      SubscriptionFilters: filters.map(([filterName, filterPattern]) => ({ filterName, filterPattern })),
    });
    const records = (read.ok ? read.records : []).map((record) => ({ record, text: () => JSON.stringify(record) }));
    return decodeStreams(
      { streams: [], unreadable: [], records, ignored: [] },
      { account: '', region: '' },
      { raw: 'off', region: '', selfLogGroups: [] },
    );
  };
  let nowMs = TO;
  const worker = (): FactWriter => new FactWriter(connect(engine.options), engine.options, () => nowMs);
  const [server, other] = [worker(), worker()];
  const knownBy = async (one: FactWriter, name: string, declared: boolean): Promise<boolean> => {
    await engine.client.command({ query: 'TRUNCATE TABLE error_day' });
    one.generation = `${name} ${declared} ${nowMs}`;
    await one.write({ ...batch, errorDays: [], filterDays: [[0, day, [[name, declared]]]] }, SOURCE);
    return (await engine.rows('SELECT day FROM error_day')).length > 0;
  };
  expect([await knownBy(server, 'mine', true), await knownBy(server, 'other', false)]).toEqual([true, false]);
  await server.write(
    inventoryOf([
      ['mine', 'REPORT'],
      ['other', ''],
    ]),
    { kind: 'inventory', name: 'lambda-api' },
  );
  expect([await knownBy(server, 'mine', true), await knownBy(server, 'other', false)]).toEqual([false, true]);
  expect([await knownBy(server, 'unseen', true), await knownBy(server, 'unseen', false)]).toEqual([true, false]);
  expect(await knownBy(other, 'mine', true)).toBe(false);
  // Another process reads newer facts within minutes.
  nowMs += 1000;
  await server.write(inventoryOf([['mine', '']]), { kind: 'inventory', name: 'lambda-api' });
  nowMs += 600_000;
  expect(await knownBy(other, 'mine', false)).toBe(true);
  await Promise.all([server.close(), other.close()]);
});

test('a repeated batch adds no rows and completes a partially stored one', async () => {
  await empty();
  const facts = factsOf(batchOf(streams(2, TO)), TO);
  await writer().store(facts.slice(0, 2));
  await writer().store(facts);
  await writer().store(factsOf(batchOf(streams(2, TO)), TO + 60_000));
  for (const { table, rows } of facts) {
    const [count] = await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
    expect(Number(count?.n), table).toBe(rows);
  }
});

test('batches of concurrent senders are stored in groups, and each sender learns its own outcome', async () => {
  await empty();
  const batches = deliveries(streams(5, TO), 1, { most: 10 }).map((batch) => factsOf(batch, TO));
  const one = writer();
  const queue = batches.values();
  const sender = async (): Promise<void> => {
    for (const batch of queue) await one.store(batch);
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
  const inserted = await engine.rows<{ n: string }>(
    "SELECT count() AS n FROM system.parts WHERE table = 'stream_fact' AND level = 0 GROUP BY partition",
  );
  const withStreams = batches.filter((batch) => batch.some(({ table }) => table === 'stream_fact')).length;
  expect(withStreams).toBeGreaterThan(20);
  expect(Number(inserted[0]?.n)).toBeLessThan(withStreams / 2.5);
});

describe('faults', () => {
  test('resets, lost responses, 503, half-open connections and delays give an error, and the retry stores once', async () => {
    await empty();
    const proxy = await startFaultProxy(Number(new URL(engine.options.url).port));
    const behind = { ...engine.options, url: `http://127.0.0.1:${proxy.port}`, requestTimeoutMs: 2000 };
    const facts = factsOf(batchOf(streams(3, TO)), TO);
    for (const fault of ['reset', 'answer-lost', 'unavailable'] as const) {
      proxy.fault = fault;
      await expect(writer(behind).store(facts), fault).rejects.toMatchObject({ name: 'StoreError' });
    }
    proxy.fault = 'half-open';
    await expect(writer(behind).store(facts)).rejects.toMatchObject({
      code: 'deadline',
      message: `ClickHouse at 127.0.0.1:${proxy.port} did not answer within 2000 ms`,
    });
    // Slow responses are not an error.
    proxy.fault = 'delay';
    await writer(behind).store(facts);
    proxy.fault = 'none';
    await writer(behind).store(facts);
    for (const { table, rows } of facts) {
      const [count] = await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
      expect(Number(count?.n), table).toBe(rows);
    }
    await proxy.close();
  });

  test('acknowledged facts survive a kill', async () => {
    await empty();
    const facts = factsOf(batchOf(streams(4, TO)), TO);
    await writer().store(facts);
    const before = await stored();
    await engine.restart();
    expect(await stored()).toEqual(before);
  });

  test.each([
    [{ password: 'wrong' }, 'rejected the password of user thermocline'],
    [{ database: 'elsewhere' }, 'has no database elsewhere. Run CREATE DATABASE elsewhere'],
    [{ url: 'http://127.0.0.1:1' }, 'ClickHouse at 127.0.0.1:1 cannot be reached'],
  ])('%j: a clear error without the password', async (change, sentence) => {
    const options = { ...engine.options, ...change };
    const error = await migrate(connect(options), options, MIGRATIONS, TO).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' });
    expect((error as Error).message).toContain(sentence);
    expect((error as Error).message).not.toContain('a password');
  });
});

describe('migrations', () => {
  test('are applied once; a newer database is rejected', async () => {
    expect(await migrate(engine.client, engine.options, MIGRATIONS, TO)).toEqual([]);
    await engine.client.insert({
      table: 'schema_migration',
      values: [{ version: 9000, name: 'later', applied_ms: TO }],
      format: 'JSONEachRow',
    });
    await expect(migrate(engine.client, engine.options, MIGRATIONS, TO)).rejects.toMatchObject({
      code: 'newer-schema',
    });
    await engine.client.command({ query: 'DELETE FROM schema_migration WHERE version = 9000' });
  });

  test('a ClickHouse version that is too old is rejected before anything is created', async () => {
    const proxy = await startFaultProxy(Number(new URL(engine.options.url).port));
    const asked: string[] = [];
    proxy.instead = (request) => {
      asked.push(request);
      return /SELECT version\(\)/.test(request) ? rowOf({ version: '24.8.14.39' }) : null;
    };
    const old = { ...engine.options, url: `http://127.0.0.1:${proxy.port}` };
    await expect(migrate(connect(old), old, MIGRATIONS, TO)).rejects.toMatchObject({
      name: 'StoreError',
      message: 'ClickHouse 24.8.14.39 is too old: 25.3 or newer is required',
    });
    expect(asked.length).toBe(1);
    await proxy.close();
  });

  test('on a cluster each table is local, replicated and distributed by function, for any names', () => {
    const statements = statementsOf(
      'CREATE TABLE {table thing by function_id} (\n  function_id UInt64 -- a comment; with a semicolon\n) {engine AggregatingMergeTree} ORDER BY function_id;',
      { cluster: "it's", database: 'my-db' },
    );
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(
      /^CREATE TABLE IF NOT EXISTS thing_local ON CLUSTER 'it\\'s' \([\s\S]*ENGINE = ReplicatedAggregatingMergeTree ORDER BY function_id SETTINGS replicated_dedup/,
    );
    expect(statements[1]).toBe(
      "CREATE TABLE IF NOT EXISTS thing ON CLUSTER 'it\\'s' AS thing_local ENGINE = Distributed('it\\'s', 'my-db', thing_local, function_id)",
    );
  });

  test('ALTER applies to the local table that holds the rows', () => {
    const text = 'ALTER TABLE {own thing} MODIFY SETTING min_parts_to_merge_at_once = 16;';
    expect(statementsOf(text, { cluster: null, database: 'd' })).toEqual([
      'ALTER TABLE thing MODIFY SETTING min_parts_to_merge_at_once = 16',
    ]);
    expect(statementsOf(text, { cluster: "it's $1", database: 'd' })).toEqual([
      "ALTER TABLE thing_local ON CLUSTER 'it\\'s $1' MODIFY SETTING min_parts_to_merge_at_once = 16",
    ]);
    const column = 'ALTER TABLE {each thing} MODIFY COLUMN n UInt32;';
    expect(statementsOf(column, { cluster: null, database: 'd' })).toEqual([
      'ALTER TABLE thing MODIFY COLUMN n UInt32',
    ]);
    expect(statementsOf(column, { cluster: 'c', database: 'd' })).toEqual([
      "ALTER TABLE thing_local ON CLUSTER 'c' MODIFY COLUMN n UInt32",
      "ALTER TABLE thing ON CLUSTER 'c' MODIFY COLUMN n UInt32",
    ]);
  });
});
