/** After history has moved from SQLite, every query gives the same result as before. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyseHere } from '../../server/jobs/analysis/analyse-here.ts';
import { ColdStartAttribution } from '../../server/jobs/attribution/attribution.ts';
import { openClickHouseWorker } from '../../server/storage/clickhouse/store.ts';
import { openClickHouseHistory } from '../../server/storage/clickhouse/transfer/history.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { openSqliteHistory } from '../../server/storage/sqlite/transfer/source.ts';
import { Retention } from '../../server/storage/sqlite/write/retention.ts';
import { compareAnswers } from '../../server/storage/transfer/compare.ts';
import type { HistoryTarget, Piece } from '../../server/storage/transfer/history.ts';
import type { MoveOptions } from '../../server/storage/transfer/transfer.ts';
import { move } from '../../server/storage/transfer/transfer.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { describeConformance, TO } from '../support/conformance.ts';
import { deliveries, streams } from '../support/fleet-streams.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

/** The product before and after the move. */
const pair: TestProduct[] = [];
const engines: TestClickHouse[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

const migrations = fileURLToPath(new URL('../../migrations/clickhouse/', import.meta.url));
const SCHEMA = readdirSync('migrations/sqlite/telemetry').length;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const SOURCE = { kind: 'logs', name: 'test' } as const;
const retention = { rawMs: 7 * DAY, detailMs: 30 * DAY, historyMs: 400 * DAY, quarantineMs: 30 * DAY };

async function moved(
  folder: string,
  engine: TestClickHouse,
  now: () => number,
  given: Partial<Pick<MoveOptions, 'signal' | 'onProgress'>> = {},
) {
  const options = { clickhouse: engine.options, migrations, retention, now };
  const source = openSqliteHistory(folder, SCHEMA);
  const target = await openClickHouseHistory(options);
  try {
    const { signal } = new AbortController();
    return await move({ source, target, signal, onProgress: () => undefined, ...given });
  } finally {
    source.close();
    await target.close();
  }
}

async function derived(engine: TestClickHouse, now: () => number): Promise<void> {
  const worker = await openClickHouseWorker({ clickhouse: engine.options, migrations, retention, now }, 'derive');
  await new ColdStartAttribution({ store: worker, now, analyse: analyseHere }).round(true);
  await worker.close();
}

describeConformance(async ({ now, sqlite }) => {
  const engine = await startClickHouse();
  engines.push(engine);
  const result = await moved(sqlite.folder, engine, now);
  expect(result.different).toEqual([]);
  expect(result.invocations).toBeGreaterThan(500);
  await derived(engine, now);
  const product = await startProduct({ now, environment: engine.settings });
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

describe('the command', () => {
  const HISTORY = Date.now() - 40 * DAY;
  let folder = '';
  let engine: TestClickHouse;
  let environment: Record<string, string> = {};

  beforeAll(async () => {
    engine = await startClickHouse();
    engines.push(engine);
    const { THERMOCLINE_STORE: _store, ...address } = engine.settings;
    environment = address;
    // Old lines received long ago, whose events retention deletes, and new lines.
    let nowMs = HISTORY + HOUR;
    const product = await startProduct({ now: () => nowMs });
    folder = product.folder;
    for (const batch of deliveries(streams(3, HISTORY), 3)) await product.store.write(batch, SOURCE);
    await product.attribution.round(true);
    nowMs = Date.now();
    for (const batch of deliveries(streams(3, nowMs - 6 * HOUR), 5)) await product.store.write(batch, SOURCE);
    await product.attribution.round(true);
    await product.close();
    const db = openWriter(join(folder, 'telemetry.db'));
    const forgetting = new Retention(db, retention);
    while (forgetting.step(nowMs));
    expect(db.prepare('SELECT count(*) FROM kept_day WHERE dropped = 1').pluck().get()).toBeGreaterThan(3);
    db.close();
  }, 120_000);
  afterAll(() => removeFolder(folder));

  test('copies, attributes and compares, including rollups of days without events; a second run copies nothing', async () => {
    const first = await runCli(folder, ['move', '--to', 'clickhouse'], { environment });
    expect(first.stderr + first.stdout).toMatch(/Both stores give the same answers to \d+ questions/);
    expect(first.code).toBe(0);
    const expired = `< ${HISTORY + DAY}`;
    const [left] = await engine.rows<{ events: string; counted: string; environments: string; coldStarts: string }>(
      `SELECT (SELECT count() FROM invocation_fact WHERE end_ms ${expired}) AS events,
         (SELECT sum(n) FROM rollup_1d WHERE bucket ${expired}) AS counted,
         (SELECT count() FROM environment WHERE last_seen_ms ${expired} AND invocations > 0) AS environments,
         (SELECT sum(JSONLength(cold_starts)) FROM derived_slot WHERE slot_ms ${expired}) AS coldStarts`,
    );
    expect(Number(left?.events)).toBe(0);
    for (const n of [left?.counted, left?.environments, left?.coldStarts]) expect(Number(n)).toBeGreaterThan(20);
    const again = await runCli(folder, ['move', '--to', 'clickhouse'], { environment });
    expect(again.stdout).toMatch(/^Copied 0 invocations .* 0 days; [1-9]\d* days had been copied before/);
    expect(again.code).toBe(0);
  });

  test('copies while a server uses the folder and says what remains to be done', async () => {
    const server = await startServer(folder);
    const run = await runCli(folder, ['move', '--to', 'clickhouse'], { environment });
    expect(run.stdout).toMatch(/A server is running on this folder: .* Stop it and run this command again/);
    expect(run.code).toBe(0);
    await server.stop();
  });

  test.each([
    [{}, /Set THERMOCLINE_CLICKHOUSE_URL/, 1],
    [{ THERMOCLINE_CLICKHOUSE_URL: 'http://127.0.0.1:9' }, /ClickHouse .*127\.0\.0\.1:9/, 1],
    [{ THERMOCLINE_CLICKHOUSE_URL: 'http://127.0.0.1:9', THERMOCLINE_STORE: 'clickhouse' }, /is already clickhouse/, 1],
  ])('with %j, the error names the missing setting', async (given, sentence, code) => {
    const run = await runCli(folder, ['move', '--to', 'clickhouse'], { environment: given });
    expect(run.stderr).toMatch(sentence);
    expect(run.code).toBe(code);
  });

  test('resumes after an interruption; lost rows are detected and copied again', async () => {
    const other = await startClickHouse();
    engines.push(other);
    const now = Date.now;
    const options = { clickhouse: other.options, migrations, retention, now };
    const stopping = new AbortController();
    const interrupted = await moved(folder, other, now, {
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    expect(interrupted).toMatchObject({ interrupted: true, days: 1 });
    const target = await openClickHouseHistory(options);
    let lost = 0;
    const losing: HistoryTarget = new Proxy(target, {
      get: (inner, name) => {
        if (name !== 'bring') return Reflect.get(inner, name).bind(inner);
        return async (piece: Piece) => {
          if (piece.batch.invocations.n === 0 || lost > 0) return inner.bring(piece);
          lost = piece.batch.invocations.n;
        };
      },
    });
    const source = openSqliteHistory(folder, SCHEMA);
    const signal = new AbortController().signal;
    const lossy = await move({ source, target: losing, signal, onProgress: () => undefined });
    source.close();
    await target.close();
    expect(lossy.skipped).toBe(1);
    expect(lossy.different).toHaveLength(1);
    expect(lossy.different[0]).toMatchObject({ here: { n: lost } });
    expect(lossy.different[0]?.there.n).toBeLessThan(lost);
    const whole = await moved(folder, other, now);
    expect(whole).toMatchObject({ days: 1, different: [] });
    expect((await moved(folder, other, now)).days).toBe(0);
  });
});
