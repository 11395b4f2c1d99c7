/**
 * An import can be undone in ClickHouse (docs/decisions/0021). Law: any history of deliveries, imports and undos, interrupted and repeated, with
 * workers that classify between, leaves the rows and rollups of the same history without the imports that were undone.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import { readRawLogs } from '../../ingest/formats/raw-logs.ts';
import { classifyPending } from '../../server/storage/clickhouse/classify/classify.ts';
import { WHOLE_FLEET } from '../../server/storage/clickhouse/classify/pending.ts';
import { interruptedUndos, undoImport } from '../../server/storage/clickhouse/import-undo.ts';
import { FactWriter } from '../../server/storage/clickhouse/insert/fact-writer.ts';
import { migrate } from '../../server/storage/clickhouse/migrate.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { adoptRows } from '../../server/storage/clickhouse/relocation/adopt.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { clickhouseRowsOf } from '../support/clickhouse-rows.ts';
import { jsonEvents, run, textEvents } from '../support/invocation-events.ts';
import { asyncLaw } from '../support/law.ts';
import type { StreamEvent, Way } from '../support/ways.ts';
import { WAYS } from '../support/ways.ts';

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
});

async function classify(): Promise<void> {
  do await classifyPending(client, { shard: WHOLE_FLEET, scope: 'recent', detailSinceMs: 0 });
  while ((await adoptRows(client, engine.options, 0)) > 0);
}

/** Fails after some statements, as if the process had been killed there. */
class KilledClient extends ClickHouseQueryClient {
  #left: number;

  constructor(statements: number) {
    super(engine.client, engine.options);
    this.#left = statements;
  }

  override run(...given: Parameters<ClickHouseQueryClient['run']>): Promise<void> {
    this.#count();
    return super.run(...given);
  }

  override insert(...given: Parameters<ClickHouseQueryClient['insert']>): Promise<void> {
    this.#count();
    return super.insert(...given);
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new Error('killed');
  }
}

/** A function of its own in the store. */
class Subject {
  readonly name: string;
  readonly #writer = new FactWriter(engine.client, engine.options, () => TO);

  constructor() {
    functions += 1;
    this.name = `f${functions}`;
  }

  async deliver(way: Way, events: readonly StreamEvent[], by: string | null): Promise<void> {
    if (events.length === 0) return;
    const at = { account: '123456789012', region: 'eu-west-1', logGroup: `/aws/lambda/${this.name}` };
    const source = { kind: 'logs' as const, name: 'law', ...(by === null ? {} : { importId: this.idOf(by) }) };
    for (const batch of WAYS[way](events, at)) await this.#writer.write(batch, source);
  }

  idOf(by: string): string {
    return `${this.name}-${by}`;
  }

  /** Ends the undo after some statements, and continues it. */
  async undo(by: string, statements: number): Promise<void> {
    const options = { cluster: engine.options, nowMs: TO, detailSinceMs: 0, classify };
    const id = this.idOf(by);
    await undoImport(new KilledClient(statements), id, options).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    });
    for (const one of await interruptedUndos(client)) await undoImport(client, one, options);
    expect(['undone', 'undone-before', 'unknown']).toContain(await undoImport(client, id, options));
    expect(await interruptedUndos(client)).toEqual([]);
  }

  /** A function keeps the account and region that only an import named. */
  async rows(): Promise<unknown> {
    const { functions: all, ...rows } = await clickhouseRowsOf(client, this.name);
    return { ...rows, functions: all.map(({ account: _account, region: _region, ...row }) => row) };
  }
}

/** The account is named in every delivery of a history, or in none. INIT_START names the region. */
const NAMED: readonly Way[] = ['push', 'pull'];
const UNNAMED = (Object.keys(WAYS) as Way[]).filter((way) => !NAMED.includes(way));
const operation = fc.record({
  /** How the events come: by themselves, or as a file of one of two imports. */
  by: fc.constantFrom(null, null, 'first', 'second'),
  way: fc.nat(100),
  /** The part of the events, percent. */
  from: fc.nat(100),
  to: fc.nat(100),
  classified: fc.boolean(),
});

test.each([
  ['text format, named', textEvents, NAMED],
  ['text format, without account and region', textEvents, UNNAMED],
  ['JSON format, named', jsonEvents, NAMED],
] as const)('a history with an undone import is the history without it: %s', async (_, eventsOf, ways) => {
  await asyncLaw(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 6 }),
      fc.array(operation, { minLength: 1, maxLength: 5 }),
      fc.array(operation, { maxLength: 2 }),
      fc.subarray(['first', 'second'], { minLength: 1 }),
      fc.integer({ min: 1, max: 14 }),
      async (runs, before, after, undone, statements) => {
        const events = eventsOf(runs);
        const [subject, expected] = [new Subject(), new Subject()];
        const apply = async (operations: typeof before): Promise<void> => {
          for (const { by, way: index, from, to, classified } of operations) {
            const way = ways[index % ways.length] ?? 'push';
            const at = (share: number): number => Math.floor((events.length * share) / 100);
            const part = events.slice(at(Math.min(from, to)), at(Math.max(from, to)));
            await subject.deliver(way, part, by);
            if (classified) await classify();
            if (by === null || !undone.includes(by)) await expected.deliver(way, part, null);
          }
        };
        await apply(before);
        for (const by of undone) await subject.undo(by, statements);
        await apply(after.map((one) => ({ ...one, by: null })));
        await classify();
        expect(await subject.rows()).toEqual(await expected.rows());
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
});

/** One trace document as BatchGetTraces returns it. */
function segment(traceId: string, id: string, functionName: string | null) {
  const arn = `arn:aws:lambda:eu-west-1:123456789012:function:${functionName}`;
  return {
    Id: id,
    Document: JSON.stringify({
      id,
      trace_id: traceId,
      name: functionName ?? 'orders-table',
      origin: functionName === null ? 'AWS::DynamoDB::Table' : 'AWS::Lambda',
      start_time: TO / 1000 - 60,
      end_time: TO / 1000 - 59,
      ...(functionName === null ? {} : { resource_arn: arn, aws: { request_id: 'r' } }),
    }),
  };
}

test('an undo takes traces and architectures of its functions out, and leaves what came another way', async () => {
  const writer = new FactWriter(engine.client, engine.options, () => TO);
  const [mine, twice, foreign] = ['1', '2', '3'].map((n) => `1-5f84c7a1-${n.repeat(24)}`) as [string, string, string];
  const traces = (list: readonly (readonly [id: string, segments: readonly object[]])[]) =>
    JSON.stringify({ Traces: list.map(([Id, Segments]) => ({ Id, Segments })) });
  const inventory = (architecture: string) =>
    JSON.stringify({
      Functions: [
        {
          FunctionName: 'traced',
          FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:traced',
          Architectures: [architecture],
          LastModified: architecture === 'arm64' ? '2026-11-10T10:00:00.000+0000' : '2026-11-01T10:00:00.000+0000',
        },
      ],
    });
  const write = async (text: string, importId?: string): Promise<void> => {
    const read = readRawLogs(Buffer.from(text), { account: '', region: '', logGroup: '', logStream: '' });
    if (!read.ok) throw new Error(read.message);
    expect(read.unreadable).toEqual([]);
    const batch = decodeStreams(read, { account: '', region: '' }, { raw: 'off', region: '', selfLogGroups: [] });
    await writer.write(batch, { kind: 'import', name: 'test', ...(importId === undefined ? {} : { importId }) });
  };
  const rows = async () => ({
    segments: await client.all(
      `SELECT DISTINCT trace_id AS trace, id FROM trace_segment WHERE trace_id IN {ids:Array(String)} ORDER BY trace, id`,
      { ids: [mine, twice, foreign] },
    ),
    architectures: await client.all(
      `SELECT DISTINCT architecture FROM architecture_fact WHERE function_id IN
         (SELECT function_id FROM lambda_function WHERE name = 'traced') ORDER BY architecture`,
    ),
  });
  await write(traces([[twice, [segment(twice, 'b000000000000001', 'traced')]]]));
  await write(inventory('x86_64'));
  const before = await rows();
  await write(
    traces([
      [mine, [segment(mine, 'a000000000000001', 'traced'), segment(mine, 'a000000000000002', null)]],
      [twice, [segment(twice, 'b000000000000001', 'traced')]],
      [foreign, [segment(foreign, 'c000000000000001', null)]],
    ]),
    'traces',
  );
  await write(inventory('arm64'), 'traces');
  expect((await rows()).segments).toHaveLength(4);
  expect((await rows()).architectures).toHaveLength(2);
  const [total] = await client.all<{ loose: number }>(
    `SELECT toUInt32(sum(loose)) AS loose FROM import_total WHERE id = 'traces'`,
  );
  // The segment of a trace without a function.
  expect(total?.loose).toBe(1);
  const options = { cluster: engine.options, nowMs: TO, detailSinceMs: 0, classify };
  expect(await undoImport(client, 'traces', options)).toBe('undone');
  const kept = { trace: foreign, id: 'c000000000000001' };
  expect(await rows()).toEqual({ ...before, segments: [...before.segments, kept] });
  await writer.close();
});
