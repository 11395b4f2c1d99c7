/** Rows whose JSON is damaged: the server starts, reports them, and everything else works. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const RAW_DAYS = 5;
const folder = temporaryFolder();
let server: RunningServer;
let damaged: string;
let intact: string[];

async function rules(): Promise<string[]> {
  const { items } = await json<{ items: { id: string }[] }>('/api/v1/alerts/rules');
  return items.map((rule) => rule.id).toSorted();
}

async function json<T>(path: string): Promise<T> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${ADMIN}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

beforeAll(async () => {
  server = await startServer(folder, { THERMOCLINE_RAW_RETENTION_DAYS: String(RAW_DAYS) });
  [damaged = '', ...intact] = await rules();
  await server.stop();
  const control = new Database(join(folder, 'control.db'));
  control.prepare('UPDATE alert_rule SET rule = substr(rule, 1, 40) WHERE id = ?').run(damaged);
  control.prepare("INSERT INTO setting (key, value) VALUES ('retention', ?)").run('{"rawMs":"a day"}');
  control.close();
  server = await startServer(folder, { THERMOCLINE_RAW_RETENTION_DAYS: String(RAW_DAYS) });
});

afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

test('the server is ready with warnings, and the other rules are loaded', async () => {
  expect(intact.length).toBeGreaterThan(3);
  expect(await rules()).toEqual(intact);
  expect(await json('/readyz')).toEqual({
    status: 'ready',
    warnings: [
      '1 row of table alert_rule cannot be read and is skipped; see the Ingest page.',
      '1 row of table setting cannot be read and is skipped; see the Ingest page.',
    ],
  });
});

test('the ingest status counts damaged rows by table, with the reason, whichever thread found them', async () => {
  const { skippedRows } = await json<{ skippedRows: unknown }>('/api/v1/ingest/status');
  expect(skippedRows).toEqual([
    { table: 'alert_rule', n: 1, example: `rule ${damaged} (not JSON)` },
    { table: 'setting', n: 1, example: expect.stringContaining('setting retention (rawMs: ') },
  ]);
});

test('each damaged row is reported in the log', async () => {
  expect(server.output()).toContain(`stored rule ${damaged} is invalid and was skipped`);
  expect(server.output()).toContain('Stored JSON is invalid and was skipped: setting retention (rawMs: ');
});

test('the configured retention applies instead of a damaged policy', async () => {
  const { retention } = await json<{ retention: { rawDays: number } }>('/api/v1/settings');
  expect(retention.rawDays).toBe(RAW_DAYS);
});
