/** Which hours a new row makes stale, how often, and that hours without raw events are left as they are. */
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { EnvironmentTenants } from './environment-tenants.ts';
import { StaleHours } from './stale-hours.ts';

const H = Date.UTC(2026, 10, 20, 12);
const NOW = H + DAY_MS;

const store = useTelemetryWriter('file');
let hours: StaleHours;
beforeEach(() => {
  store.db.exec('DELETE FROM dirty_slot; DELETE FROM kept_day');
  hours = new StaleHours(store.db);
});

/** Stored marks: the function, the hour from {@link H}, the number of changes. */
function marks(): readonly (readonly number[])[] {
  return store
    .rows('SELECT function_id AS id, slot_ms AS ms, changes FROM dirty_slot ORDER BY function_id, slot_ms')
    .map(({ id, ms, changes }) => [Number(id), (Number(ms) - H) / HOUR_MS, Number(changes)]);
}
function marked(): readonly (readonly number[])[] {
  hours.flush(NOW);
  return marks();
}

describe('an invocation', () => {
  test.each([
    ['within an hour', [10, 20, null], [[1, 0, 1]]],
    ['of a whole hour', [0, HOUR_MS - 1, null], [[1, 0, 1]]],
    [
      'that ends as the next hour begins',
      [10, HOUR_MS, null],
      [
        [1, 0, 1],
        [1, 1, 1],
      ],
    ],
    [
      'over three hours',
      [-1, HOUR_MS + 5, null],
      [
        [1, -1, 1],
        [1, 0, 1],
        [1, 1, 1],
      ],
    ],
    ['after one of the same hour', [10, 20, 0], [[1, 0, 1]]],
    [
      'after one that ended in the hour before: its environment was idle in both',
      [10, 20, -1],
      [
        [1, -1, 1],
        [1, 0, 1],
      ],
    ],
    [
      'after hours of idling',
      [10, 20, -2 * HOUR_MS],
      [
        [1, -2, 1],
        [1, -1, 1],
        [1, 0, 1],
      ],
    ],
    ['before the newest one', [10, 20, 5 * HOUR_MS], [[1, 0, 1]]],
  ] as const)('%s', (_, [start, end, previous], expected) => {
    hours.run(1, H + start, H + end, previous === null ? null : H + previous);
    expect(marked()).toEqual(expected);
  });

  test('each of several counts in the hours that it touches', () => {
    for (const [id, start, end, previous] of [
      [1, 0, 10, null],
      [1, 20, 30, 10],
      // Another function, then the first one again.
      [2, 20, 30, null],
      [1, 40, 50, 30],
      // Begins before the hour of the one before.
      [1, -10, 60, 50],
      // Idle since the hour before: the fast path of one hour must not take it.
      [1, 70, 80, -5],
      [1, 80, 90, 80],
      // Ends with the hour.
      [1, 90, HOUR_MS, 90],
    ] as const)
      hours.run(id, H + start, H + end, previous === null ? null : H + previous);
    expect(marked()).toEqual([
      [1, -1, 2],
      [1, 0, 7],
      [1, 1, 1],
      [2, 0, 1],
    ]);
  });
});

test('a line with a wrong time marks no more than 31 days', () => {
  hours.span(1, H - 400 * DAY_MS, H);
  const found = marked();
  expect([found.length, found.at(0)?.[1], found.at(-1)?.[1]]).toEqual([31 * 24 + 1, -31 * 24, 0]);
});

test('marks add up over commits, keep the time of the first, and are gone after a rollback', () => {
  hours.run(1, H, H + 1, null);
  hours.flush(NOW);
  hours.flush(NOW + 1);
  hours.run(1, H, H + 1, null);
  hours.flush(NOW + 2);
  hours.run(1, H, H + 1, null);
  hours.reset();
  expect(marked()).toEqual([[1, 0, 2]]);
  expect(store.rows('SELECT since_ms FROM dirty_slot')).toEqual([{ since_ms: NOW }]);
});

test('an hour of a day without raw events is not marked; those of other days, functions and scopes are', () => {
  const day = H / DAY_MS - 0.5;
  store.db.exec(`INSERT INTO kept_day (kind, scope, day, received_ms, dropped) VALUES
    ('function', 1, ${day}, 0, 1), ('function', 2, ${day}, 0, 0), ('gateway', 3, ${day}, 0, 1)`);
  for (const id of [1, 2, 3]) hours.span(id, H + 11 * HOUR_MS, H + 12 * HOUR_MS);
  expect(marked()).toEqual([
    [1, 12, 1],
    [2, 11, 1],
    [2, 12, 1],
    [3, 11, 1],
    [3, 12, 1],
  ]);
});

describe('tenants of environments', () => {
  const TENANT = 7;
  let tenants: EnvironmentTenants;
  beforeEach(() => {
    store.db.exec(`DELETE FROM environment_tenant; DELETE FROM label;
      INSERT INTO label (id, text) VALUES (7, 'a'), (8, 'b');
       DELETE FROM environment; DELETE FROM log_group; DELETE FROM function;
      INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms)
        VALUES (1, '', '', 'f', 0, 0, 0);
      INSERT INTO log_group (id, account, region, name) VALUES (1, '', '', 'g')`);
    const add = store.db.prepare(
      `INSERT INTO environment (id, function_id, log_group_id, log_stream, first_seen_ms, last_seen_ms)
       VALUES (?, 1, 1, ?, ?, ?)`,
    );
    for (const id of [1, 2, 3]) add.run(id, `stream ${id}`, H + id * HOUR_MS, H + id * HOUR_MS);
    tenants = new EnvironmentTenants(store.db, hours);
  });
  const note = (id: number, tenant: number | null = TENANT) => tenants.note(1, id, tenant, H + id * HOUR_MS);
  const known = () =>
    store.rows('SELECT tenant_id AS tenant, environment_id AS id FROM environment_tenant ORDER BY id');

  test('each environment is noted once; without a tenant it is not', () => {
    note(1, null);
    expect(known()).toEqual([]);
    note(1);
    note(1);
    expect(known()).toEqual([{ tenant: TENANT, id: 1 }]);
    expect(marked()).toEqual([]);
  });

  test('an earlier environment of the tenant makes the first hour of the one after it stale', () => {
    note(2);
    note(3);
    expect(marked()).toEqual([]);
    note(1);
    expect(marked()).toEqual([[1, 2, 1]]);
    // Known already, also to a process that starts anew.
    tenants.reset();
    note(1);
    expect(marked()).toEqual([[1, 2, 1]]);
  });

  test('of two that were first seen at once, neither makes an hour stale', () => {
    note(2);
    tenants.note(1, 3, TENANT, H + 2 * HOUR_MS);
    expect(marked()).toEqual([]);
  });

  test('another tenant has a first environment of its own', () => {
    note(2);
    note(1, TENANT + 1);
    expect(marked()).toEqual([]);
    expect(known()).toHaveLength(2);
  });
});
