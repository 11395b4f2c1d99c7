/** An upgrade that changes the rules of causes attributes the hours again whose invocations are still stored. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { WHOLE_FLEET } from '../../server/storage/clickhouse/classify/pending.ts';
import { migrate } from '../../server/storage/clickhouse/migrate.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { staleHours } from '../../server/storage/questions/attribution/clickhouse.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/clickhouse');
const TO = Date.UTC(2026, 10, 20);
const STORED = TO - 2 * HOUR_MS;
const EXPIRED = TO - 900 * HOUR_MS;
const FUNCTION = 7;

let engine: TestClickHouse;
let folder: string;

beforeAll(async () => {
  engine = await startClickHouse();
  folder = mkdtempSync(join(tmpdir(), 'thermocline-migrations-'));
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test('hours with stored invocations are stale after the upgrade, others keep their causes', async () => {
  cpSync(MIGRATIONS, folder, { recursive: true, filter: (path) => path === MIGRATIONS || basename(path) < '0011' });
  await migrate(engine.client, engine.options, folder, TO);
  const ask = new ClickHouseQueryClient(engine.client, engine.options);
  const hour = {
    function_id: FUNCTION,
    runs: 1,
    idle_times: '[]',
    closing: '{}',
    cold_starts: '[]',
    changes: '[]',
    written: 1,
  };
  await ask.insert('derived_slot', [
    { ...hour, slot_ms: STORED },
    { ...hour, slot_ms: EXPIRED },
    { ...hour, slot_ms: TO - HOUR_MS, runs: 0 },
  ]);
  await ask.insert('invocation_fact', [
    { function_id: FUNCTION, end_ms: STORED + 1000 },
    { function_id: FUNCTION, end_ms: TO - 1000 },
  ]);
  const query = { beforeMs: TO, limit: 10 };
  expect(await staleHours(ask, WHOLE_FLEET, query)).toEqual([]);
  expect(await migrate(engine.client, engine.options, MIGRATIONS, TO)).toContain(11);
  expect(await staleHours(ask, WHOLE_FLEET, query)).toMatchObject([{ functionId: FUNCTION, hourMs: STORED, runs: 1 }]);
});
