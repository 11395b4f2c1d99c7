/** `thermocline move --to clickhouse`: what it copies, what it says, and how it resumes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { Retention } from '../../server/storage/sqlite/write/retention.ts';
import type { HistoryTarget, Piece } from '../../server/storage/transfer/history.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { deliveries, streams } from '../support/fleet-streams.ts';
import { moved, retention } from '../support/moves.ts';
import { removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

const SOURCE = { kind: 'logs', name: 'test' } as const;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const HISTORY = Date.now() - 40 * DAY;
let folder = '';
let engine: TestClickHouse;
let environment: Record<string, string> = {};

beforeAll(async () => {
  engine = await startClickHouse();
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
  // Written past the product, the pages differ from their checksums.
  rmSync(join(folder, 'telemetry.db-sums'));
});
afterAll(async () => {
  removeFolder(folder);
  await engine.close();
});

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
  const now = Date.now;
  const stopping = new AbortController();
  const interrupted = await moved(folder, other, now, {
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
  });
  expect(interrupted).toMatchObject({ interrupted: true, days: 1 });
  let lost = 0;
  const losing = (target: HistoryTarget): HistoryTarget =>
    new Proxy(target, {
      get: (inner, name) => {
        if (name !== 'bring') return Reflect.get(inner, name).bind(inner);
        return async (piece: Piece) => {
          if (piece.batch.invocations.n === 0 || lost > 0) return inner.bring(piece);
          lost = piece.batch.invocations.n;
        };
      },
    });
  const lossy = await moved(folder, other, now, {}, losing);
  expect(lossy.skipped).toBe(1);
  expect(lossy.different).toHaveLength(1);
  expect(lossy.different[0]).toMatchObject({ here: { n: lost } });
  expect(lossy.different[0]?.there.n).toBeLessThan(lost);
  const whole = await moved(folder, other, now);
  expect(whole).toMatchObject({ days: 1, different: [] });
  expect((await moved(folder, other, now)).days).toBe(0);
  await other.close();
});
