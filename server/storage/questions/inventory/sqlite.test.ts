import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { migrate } from '../../sqlite/migrate.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import { inventory } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
const path = join(folder, 'telemetry.db');
const file = new Database(path);
const db = { telemetry: new ReadConnection(file), control: new ReadConnection(file), files: { telemetry: path } };

/** Functions 1 to 9, each with three configurations. Those of 2, 4, 5 and 6 are damaged in part or throughout. */
const DAMAGED = ['2/3', '4/1', '4/2', '4/3', '5/2', '5/3', '6/3'];

beforeAll(() => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  migrate(file, path, 'migrations/sqlite/telemetry');
  for (let id = 1; id <= 9; id += 1) {
    file
      .prepare(
        "INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (?, '1', 'r', ?, 0, 0, 0)",
      )
      .run(id, `f${id}`);
    for (let at = 1; at <= 3; at += 1)
      file
        .prepare('INSERT INTO function_fact (function_id, from_ms, source, confirmed_ms, facts) VALUES (?, ?, ?, ?, ?)')
        .run(id, at, 'declared', at, DAMAGED.includes(`${id}/${at}`) ? '{"memoryMb":' : `{"memoryMb":${at}}`);
  }
});
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

async function pages(limit: number, functionId?: number): Promise<string[]> {
  const found: string[] = [];
  for (let after: number | undefined; ; ) {
    const page = await inventory(db, { functionId, limit, after });
    found.push(...page.map((entry) => `${entry.functionId}/${entry.fromMs}`));
    const last = page.at(-1);
    if (page.length < limit || last === undefined) return found;
    after = functionId === undefined ? last.functionId : last.fromMs;
  }
}

test.each([1, 2, 3, 9, 20])(
  'rows that cannot be read neither end the list nor hide older ones, pages of %i',
  async (limit) => {
    expect(await pages(limit)).toEqual(['1/3', '2/2', '3/3', '5/1', '6/2', '7/3', '8/3', '9/3']);
    expect(await pages(limit, 1)).toEqual(['1/3', '1/2', '1/1']);
    expect(await pages(limit, 5)).toEqual(['5/1']);
    expect(await pages(limit, 4)).toEqual([]);
  },
);
