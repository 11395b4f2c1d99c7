/**
 * An event counts once, however it comes (docs/decisions/0020), in ClickHouse as in SQLite. Law: any ways that deliver the same events, in any
 * order, in any pieces and repeated, with workers that classify between, leave the rows and rollups that SQLite's writer leaves of them.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifyPending } from '../../server/storage/clickhouse/classify/classify.ts';
import { WHOLE_FLEET } from '../../server/storage/clickhouse/classify/pending.ts';
import { FactWriter } from '../../server/storage/clickhouse/insert/fact-writer.ts';
import { migrate } from '../../server/storage/clickhouse/migrate.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { adoptRows, moveOldUnknownStreams } from '../../server/storage/clickhouse/relocation/adopt.ts';
import { relocate } from '../../server/storage/clickhouse/relocation/relocate.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import type { StoreRows } from '../support/clickhouse-rows.ts';
import { clickhouseRowsOf, sqliteRowsOf } from '../support/clickhouse-rows.ts';
import type { Run } from '../support/invocation-events.ts';
import { jsonEvents, run, textEvents } from '../support/invocation-events.ts';
import { asyncLaw } from '../support/law.ts';
import { removeFolder, temporaryFolder } from '../support/product.ts';
import type { Subject } from '../support/stored-rows.ts';
import { Stores } from '../support/stored-rows.ts';
import type { StreamEvent, Way } from '../support/ways.ts';
import { WAYS } from '../support/ways.ts';

const root = temporaryFolder();
const stores = new Stores(root);
const TO = Date.UTC(2026, 10, 20, 12);
let engine: TestClickHouse;
let client: ClickHouseQueryClient;
let functions = 0;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, engine.options, join(import.meta.dirname, '../../migrations/clickhouse'), TO);
  client = new ClickHouseQueryClient(engine.client, engine.options);
});
afterAll(async () => {
  await engine.close();
  stores.end();
  removeFolder(root);
});

async function classify(): Promise<void> {
  do await classifyPending(client, { shard: WHOLE_FLEET, scope: 'recent', detailSinceMs: 0 });
  while ((await adoptRows(client, engine.options, 0)) > 0);
}

/** Both stores receive the same batches. Each has a function of its own, so that nothing needs to be deleted between. */
class Pair {
  readonly name: string;
  readonly #subject: Subject;
  readonly #writer = new FactWriter(engine.client, engine.options, () => TO);

  constructor() {
    functions += 1;
    this.name = `f${functions}`;
    this.#subject = stores.open();
  }

  async deliver(way: Way, events: readonly StreamEvent[]): Promise<void> {
    if (events.length === 0) return;
    const at = { account: '123456789012', region: 'eu-west-1', logGroup: `/aws/lambda/${this.name}` };
    for (const batch of WAYS[way](events, at)) {
      this.#subject.write(batch);
      await this.#writer.write(batch, { kind: 'logs', name: 'law' });
    }
  }

  async compare(): Promise<StoreRows> {
    await classify();
    const expected = sqliteRowsOf(this.#subject);
    this.#subject.close();
    expect(await clickhouseRowsOf(client, this.name)).toEqual(expected);
    return expected;
  }
}

const NAMES = Object.keys(WAYS) as Way[];
const delivery = fc.record({
  way: fc.constantFrom(...NAMES),
  /** A prefix that was delivered before the whole, as a sender repeats what it does not know to be stored. */
  before: fc.option(fc.nat(100), { freq: 2 }),
  /** Workers run at arbitrary times. */
  classified: fc.boolean(),
});
type Delivery = typeof delivery extends fc.Arbitrary<infer D> ? D : never;

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('any ways in, in any order, leave the rows of SQLite: %s format', async (_, eventsOf) => {
  await asyncLaw(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 8 }),
      fc.array(delivery, { minLength: 1, maxLength: 4 }),
      async (runs: Run[], deliveries: Delivery[]) => {
        const events = eventsOf(runs);
        const pair = new Pair();
        for (const { way, before, classified } of deliveries) {
          if (before !== null) await pair.deliver(way, events.slice(0, Math.floor((events.length * before) / 100)));
          if (classified) await classify();
          await pair.deliver(way, events);
        }
        await pair.compare();
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});

/** Lines of a delivery that brings only some, as filters, batches and time ranges cut them. */
const isStart = ({ message }: StreamEvent): boolean => /^START|platform\.start/.test(message);
const isReport = ({ message }: StreamEvent): boolean => /^REPORT|platform\.report/.test(message);
const PIECES = {
  starts: isStart,
  reports: isReport,
  'all but starts': (event) => !isStart(event),
  'all but reports': (event) => !isReport(event),
  'odd ones': ({ id }) => Number(id.slice(-4)) % 2 === 1,
} satisfies Record<string, (event: StreamEvent) => boolean>;

const piece = fc.record({
  way: fc.constantFrom(...NAMES),
  lines: fc.constantFrom(...(Object.keys(PIECES) as (keyof typeof PIECES)[])),
  classified: fc.boolean(),
});

test.each([
  ['text', textEvents],
  ['JSON', jsonEvents],
] as const)('pieces before and after the whole leave the rows of SQLite: %s format', async (_, eventsOf) => {
  await asyncLaw(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 4 }),
      fc.array(piece, { maxLength: 3 }),
      fc.array(piece, { maxLength: 2 }),
      async (runs, before, after) => {
        const events = eventsOf(runs);
        const pair = new Pair();
        const some = async (pieces: typeof before): Promise<void> => {
          for (const { way, lines, classified } of pieces) {
            // A line of an error without a request id is of the invocation that its delivery shows open.
            const own = events.filter(PIECES[lines]).filter(({ message }) => !message.startsWith('[ERROR] '));
            await pair.deliver(way, own);
            if (classified) await classify();
          }
        };
        await some(before);
        await pair.deliver('push', events);
        await some(after);
        await pair.compare();
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
});

test('a START with its log stream places a report that came without', async () => {
  const [plain] = fc.sample(run, { numRuns: 1, seed: 1 });
  if (plain === undefined) throw new Error('no run');
  const events = textEvents([{ ...plain, ends: 'success', cold: true, reported: true, retries: 0 }]);
  const pair = new Pair();
  await pair.deliver('consoleCsv', events.filter(isReport));
  await classify();
  await pair.deliver('push', events.filter(isStart));
  const { invocations } = await pair.compare();
  expect(invocations.map((row) => row['stream'])).toEqual([events[0]?.stream]);
});

test('lines that an earlier version stored in an environment named unknown are moved', async () => {
  const runs = fc.sample(run, { numRuns: 6, seed: 2 });
  const events = textEvents(runs);
  const pair = new Pair();
  await pair.deliver('push', events.slice(0, Math.floor(events.length / 2)));
  await pair.deliver('consoleCsv', events);
  // As versions before schema 9 stored them.
  const [found] = await client.all<{ id: number }>(
    `SELECT function_id AS id FROM stream_fact WHERE function_name = '${pair.name}' AND stream_id = 0`,
  );
  if (found === undefined) throw new Error('nothing is stored without a log stream');
  const { id } = found;
  await relocate(client, engine.options, {
    functionId: id,
    to: { functionId: id, account: '', region: '' },
    streams: new Map([[0, 4711]]),
    expiredMs: 0,
  });
  await classify();
  expect(await moveOldUnknownStreams(client, engine.options, 0)).toBe(1);
  expect(await moveOldUnknownStreams(client, engine.options, 0)).toBe(0);
  await pair.compare();
});
