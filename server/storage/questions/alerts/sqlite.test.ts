import Database from 'better-sqlite3';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Databases } from '../../sqlite/databases.ts';
import { migrate } from '../../sqlite/migrate.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import type { ControlTables, TelemetryTables } from '../../sqlite/schema.ts';
import { dueDeliveries } from './sqlite.ts';

const file = new Database(':memory:');
migrate(file, ':memory:', 'migrations/sqlite/control');
const databases: Databases = {
  telemetry: new ReadConnection<TelemetryTables>(file),
  control: new ReadConnection<ControlTables>(file),
  files: { telemetry: ':memory:' },
};
afterAll(() => file.close());
beforeEach(() => file.exec('DELETE FROM alert_delivery'));

const add =
  file.prepare(`INSERT INTO alert_delivery (id, receiver_id, group_id, type, body, state, attempts, created_ms, next_ms)
  VALUES (@id, @receiver, @group, 'firing', '{}', 'pending', 0, 1, @nextMs)`);
const store = (id: string, receiver: string, group: string, nextMs = 1) => add.run({ id, receiver, group, nextMs });
const due = async (receiverId?: string) =>
  (await dueDeliveries(databases, { nowMs: 10, ...(receiverId === undefined ? {} : { receiverId }) })).map(
    ({ id }) => id,
  );

test('a receiver with 1,500 groups that wait does not crowd out another', async () => {
  for (let n = 0; n < 1500; n++) store(`slow ${n}`, 'slow', `group ${n}`);
  store('quick', 'quick', 'group');
  const found = await due();
  expect(found[0]).toBe('slow 0');
  expect(found).toContain('quick');
  expect(await due('quick')).toEqual(['quick']);
});

test('of a group only the oldest is due, and nothing before its time', async () => {
  store('first', 'r', 'g', 10);
  store('second', 'r', 'g', 1);
  store('later', 'r', 'h', 11);
  store('behind it', 'r', 'h', 1);
  // Tests belong to no group.
  store('test 1', 'r', '');
  store('test 2', 'r', '');
  expect(await due()).toEqual(['first', 'test 1', 'test 2']);
});
