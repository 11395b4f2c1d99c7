/** Rows whose JSON is damaged: the server starts, reports them, and everything else works. */
import { rmSync } from 'node:fs';
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
  const add = control.prepare(
    "INSERT INTO alert_event (alert_id, rule_id, status, at_ms, alert) VALUES ('a', 'r', 'firing', ?, ?)",
  );
  for (const alert of ['{"id":', '{"id":7}', 'null']) add.run(Date.now(), alert);
  const key = 'not a key';
  const group = { routeKey: 'r', groupKey: key, flushMs: 0, toldMs: null, members: [], keeping: [] };
  control.prepare("INSERT INTO alert_group (id, receiver_id, state) VALUES ('g', 'x', ?)").run(JSON.stringify(group));
  const matcher = { name: 'function', value: '(', isRegex: true, isEqual: true };
  const silence = { id: 's', createdBy: 'x', comment: '', matchers: [matcher], startsMs: 0, endsMs: 9e12 };
  control
    .prepare("INSERT INTO alert_silence (id, silence, ends_ms) VALUES ('s', ?, 9e12)")
    .run(JSON.stringify(silence));
  control
    .prepare("INSERT INTO alert_receiver (id, receiver, secrets) VALUES ('x', '{}', '{'), ('y', '[]', '{}')")
    .run();
  control.prepare("INSERT INTO alert_instance (rule_id, series, state, alert) VALUES ('r', 's', '{}', '{')").run();
  const route = {
    matchers: [],
    receiverId: 'x',
    groupBy: [],
    timing: { groupWaitMs: 1, groupIntervalMs: 1, repeatIntervalMs: 1 },
    muteTimes: [{ timeZone: 'Europe/Berlan', weekdays: [1], from: '22:00', to: '06:00' }],
    continue: false,
  };
  control
    .prepare(
      "INSERT INTO setting (key, value) VALUES ('alerts.routing', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .run(JSON.stringify({ routes: [route], inhibitions: [] }));
  control.close();
  // The pages differ from their checksums now.
  rmSync(join(folder, 'control.db-sums'));
  server = await startServer(folder, { THERMOCLINE_RAW_RETENTION_DAYS: String(RAW_DAYS) });
});

afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

test('the server is ready with warnings, and the other rules are loaded', async () => {
  expect(intact.length).toBeGreaterThan(3);
  expect(await rules()).toEqual(intact);
  // The outbox is read a second after the start.
  await expect.poll(async () => (await json<{ warnings: string[] }>('/readyz')).warnings.length).toBe(7);
  const skipped = (rows: string, table: string): string =>
    `${rows} of table ${table} cannot be read and ${rows.startsWith('1 ') ? 'is' : 'are'} skipped; see the Ingest page.`;
  expect(await json('/readyz')).toEqual({
    status: 'ready',
    warnings: [
      skipped('3 rows', 'alert_event'),
      skipped('1 row', 'alert_group'),
      skipped('1 row', 'alert_instance'),
      skipped('2 rows', 'alert_receiver'),
      skipped('1 row', 'alert_rule'),
      skipped('1 row', 'alert_silence'),
      skipped('2 rows', 'setting'),
    ],
  });
});

test('the ingest status counts damaged rows by table, with the reason, whichever thread found them', async () => {
  // Events are read when somebody asks for them.
  await json('/api/v1/alerts/history');
  const { skippedRows } = await json<{ skippedRows: unknown }>('/api/v1/ingest/status');
  expect(skippedRows).toEqual([
    { table: 'alert_event', n: 3, example: expect.stringMatching(/^alert_event [1-3] \(/) },
    { table: 'alert_group', n: 1, example: 'group of receiver x (groupKey: not a group key)' },
    { table: 'alert_instance', n: 1, example: expect.stringContaining('alert of rule r (') },
    { table: 'alert_receiver', n: 2, example: expect.stringContaining('receiver x (') },
    { table: 'alert_rule', n: 1, example: `rule ${damaged} (not JSON)` },
    { table: 'alert_silence', n: 1, example: 'silence s (matchers.0: invalid RE2 pattern)' },
    { table: 'setting', n: 2, example: expect.stringMatching(/setting retention \(rawMs: |routing \(routes.0/) },
  ]);
});

test('each damaged row is reported in the log', async () => {
  await expect.poll(() => server.output()).toContain(`stored rule ${damaged} is invalid and was skipped`);
  await expect
    .poll(() => server.output())
    .toContain('Stored JSON is invalid and was skipped: setting retention (rawMs: ');
});

test('the configured retention applies instead of a damaged policy', async () => {
  const { retention } = await json<{ retention: { rawDays: number } }>('/api/v1/settings');
  expect(retention.rawDays).toBe(RAW_DAYS);
});

test('the history of alerts and the markers of charts leave damaged events out', async () => {
  expect(await json('/api/v1/alerts/history')).toMatchObject({ items: [] });
  expect(await json('/api/v1/markers')).toMatchObject({ items: [] });
});
