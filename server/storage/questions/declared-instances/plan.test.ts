/** Every function page queries which functions have declared instances: that must not read the facts of all functions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { migrate } from '../../sqlite/migrate.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { declaredInstances } from './sqlite.ts';

test('only facts that declare instances are read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  try {
    const path = join(folder, 'telemetry.db');
    const file = new Database(path);
    migrate(file, path, 'migrations/sqlite/telemetry');
    const prepare = vi.spyOn(file, 'prepare');
    expect(await declaredInstances({ telemetry: new ReadConnection<TelemetryTables>(file) })).toEqual([]);
    const sql = prepare.mock.calls.map(([text]) => text).find((text) => text.includes('function_fact')) ?? '';
    const values = [...sql.matchAll(/\?/g)].map(() => '');
    const plan = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { readonly detail: string }[];
    expect(plan[0]?.detail).toBe('SCAN function_fact USING INDEX function_fact_instances');
    file.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
