/** Facts in the real engine: whatever comes when, in parts, twice, through faults and restarts, is stored once. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playPlans } from '../../ingest/demo/fleets.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/demo/place.ts';
import { planOf } from '../../ingest/demo/plan.ts';
import { decodeStreams } from '../../ingest/pipeline.ts';
import { Random } from '../../ingest/random.ts';
import type { LogEvent, StreamIdentity } from '../../ingest/records.ts';
import type { ClickHouseOptions } from '../../server/storage/clickhouse/connection.ts';
import { connect } from '../../server/storage/clickhouse/connection.ts';
import type { FactTable } from '../../server/storage/clickhouse/facts.ts';
import { FactWriter, factsOf } from '../../server/storage/clickhouse/facts.ts';
import { migrate, statementsOf } from '../../server/storage/clickhouse/migrate.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/clickhouse');
const TO = Date.UTC(2026, 10, 20);
const FACTS = ['stream', 'invocation', 'start', 'init', 'fault', 'extension', 'runtime'].map((name) => `${name}_fact`);
let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, engine.options, MIGRATIONS, TO);
}, 180_000);
afterAll(async () => {
  await engine.close();
});

/** A fleet of four kinds, as streams of events. */
function streams(seed: number): readonly Part[] {
  const plans = [
    planOf({ name: `plain-${seed}`, arrivals: { kind: 'steady', meanGapMs: 60_000, burst: 1 } }),
    planOf({ name: `json-${seed}`, format: 'json', arrivals: { kind: 'bursty', meanGapMs: 300_000, burst: 4 } }),
    planOf({
      name: `fails-${seed}`,
      failures: {
        timeoutShare: 0.1,
        outOfMemoryShare: 0.1,
        exitShare: 0.1,
        timeoutMs: 3000,
        againShare: 0.4,
        fatalShare: 0.3,
      },
      arrivals: { kind: 'steady', meanGapMs: 120_000, burst: 1 },
    }),
    planOf({ name: `snap-${seed}`, runtime: 'java:21.v38', snapStart: true, extension: 'agent' }),
  ];
  return playPlans(plans, seed, TO - 2 * 3_600_000, TO).flatMap((one) =>
    one.streams.map(({ logGroup, logStream, events }) => ({
      identity: { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION, logGroup, logStream },
      events: events.map((event, at) => ({ ...event, id: `${event.timestampMs}${at}` })),
    })),
  );
}

interface Part {
  readonly identity: StreamIdentity;
  readonly events: readonly LogEvent[];
}

function batchOf(given: readonly Part[]) {
  return decodeStreams({ streams: given, unreadable: [], feeds: [], ignored: 0 }, { account: '', region: '' }, CONTEXT);
}

const CONTEXT = { raw: 'off', region: '', selfLogGroups: [] } as const;

/** Every fact as it merges, but for when it was received. */
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
  for (const table of FACTS) await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
}

const writer = (options: ClickHouseOptions = engine.options): FactWriter => new FactWriter(connect(options), options);

test('whatever comes when: in parts, twice, in any order, from two processes, the facts are the same', async () => {
  const all = streams(1);
  const whole = factsOf(batchOf(all), TO);
  await writer().write(whole);
  const expected = await stored();
  expect(expected['invocation_fact']?.length).toBeGreaterThan(200);
  for (const table of FACTS.filter((name) => name !== 'start_fact' && name !== 'runtime_fact'))
    expect(expected[table]?.length, table).toBeGreaterThan(0);
  for (const seed of [1, 2, 3]) {
    await empty();
    const random = new Random(seed);
    const parts = all.flatMap(({ identity, events }) => {
      const cuts: Part[] = [];
      for (let at = 0; at < events.length; ) {
        const size = 1 + Math.floor(random.next() * 40);
        cuts.push({ identity, events: events.slice(at, at + size) });
        at += size;
      }
      return cuts;
    });
    const shuffled = parts.map((part) => [random.next(), part] as const).toSorted((a, b) => a[0] - b[0]);
    const writers = [writer(), writer()];
    const batches: (readonly FactTable[])[] = [];
    for (let at = 0; at < shuffled.length; at += 12) {
      const batch = factsOf(batchOf(shuffled.slice(at, at + 12).map(([, part]) => part)), TO + at);
      batches.push(batch);
      if (random.next() < 0.3) batches.push(batch);
    }
    await Promise.all(
      writers.map(async (one, mine) => {
        for (const [at, batch] of batches.entries()) if (at % 2 === mine) await one.write(batch);
      }),
    );
    const found = await stored();
    // A START whose REPORT came elsewhere stands in a table of its own: it completes the row when both are read together.
    for (const table of ['stream_fact', 'init_fact', 'fault_fact', 'extension_fact'])
      expect(found[table], `${table}, seed ${seed}`).toEqual(expected[table]);
    expect(found['invocation_fact']?.length).toBe(expected['invocation_fact']?.length);
  }
}, 120_000);

test('a batch that is sent again adds no row, and what was half stored becomes whole', async () => {
  await empty();
  const facts = factsOf(batchOf(streams(2)), TO);
  await writer().write(facts.slice(0, 2));
  await writer().write(facts);
  await writer().write(factsOf(batchOf(streams(2)), TO + 60_000));
  for (const { table, rows } of facts) {
    const [count] = await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
    expect(Number(count?.n), table).toBe(rows.length);
  }
});

describe('faults', () => {
  test('resets, answers that are lost, 503: rejected with a sentence, and stored once when sent again', async () => {
    await empty();
    const proxy = await startFaultProxy(Number(new URL(engine.options.url).port));
    const behind = { ...engine.options, url: `http://127.0.0.1:${proxy.port}`, requestTimeoutMs: 3000 };
    const facts = factsOf(batchOf(streams(3)), TO);
    for (const fault of ['reset', 'answer-lost', 'unavailable'] as const) {
      proxy.fault = fault;
      await expect(writer(behind).write(facts)).rejects.toMatchObject({ name: 'StoreError' });
    }
    proxy.fault = 'none';
    await writer(behind).write(facts);
    for (const { table, rows } of facts) {
      const [count] = await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
      expect(Number(count?.n), table).toBe(rows.length);
    }
    await proxy.close();
  });

  test('killed after it acknowledged: what was acknowledged is there', async () => {
    await empty();
    const facts = factsOf(batchOf(streams(4)), TO);
    await writer().write(facts);
    const before = await stored();
    await engine.restart();
    expect(await stored()).toEqual(before);
  });

  test.each([
    [{ password: 'wrong' }, 'does not accept the password of user thermocline'],
    [{ database: 'elsewhere' }, 'has no database elsewhere: create it (CREATE DATABASE elsewhere)'],
    [{ url: 'http://127.0.0.1:1' }, 'ClickHouse at 127.0.0.1:1 cannot be reached'],
  ])('%j: one clear sentence, without the password', async (change, sentence) => {
    const options = { ...engine.options, ...change };
    const error = await migrate(connect(options), options, MIGRATIONS, TO).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' });
    expect((error as Error).message).toContain(sentence);
    expect((error as Error).message).not.toContain('a password');
  });
});

describe('migrations', () => {
  test('applied once; a newer database is refused', async () => {
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

  test('on a cluster each table is local, replicated and distributed by function, whatever the names', () => {
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
});
