/** What a restricted connection reads of each table; what questions answer on it is tested in test/integration/restrictions.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { StoreRestriction } from '../restriction.ts';
import { mayRead, nameConditions, restrictionOf } from '../restriction.ts';
import { openReader } from './connection.ts';
import { migrate } from './migrate.ts';
import { restrictConnection } from './restricted-views.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-restricted-'));
const path = join(folder, 'telemetry.db');
const file = new Database(path);
migrate(file, path, join(import.meta.dirname, '../../../migrations/sqlite/telemetry'));
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

const NAMES = ['pay-in', 'pay_out', 'PAY-IN', 'pay', 'a.b', 'axb', 'invoices', '[a]', "o'hara", 'ünïcode'];
const OWNERS = NAMES.flatMap((name) =>
  [['111122223333', 'eu-west-1'] as const, ['', ''] as const, ['444455556666', 'us-east-1'] as const].map(
    ([account, region]) => ({ account, region, name }),
  ),
);
const add = file.prepare(
  `INSERT INTO function (account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, 0, 0, 0)`,
);
for (const { account, region, name } of OWNERS) add.run(account, region, name);

function restricted<T>(restriction: StoreRestriction, read: (db: Database.Database) => T): T {
  const db = openReader(path);
  try {
    restrictConnection(db, restriction);
    return read(db);
  } finally {
    db.close();
  }
}

const PAY: StoreRestriction = [{ kind: 'function', anyOf: ['pay*'] }];

test('functions with the tags of a restriction are those of these names, whatever their ids', () => {
  const tagged = (names: readonly string[]) =>
    restricted([{ kind: 'tagged', names: names.join('\n'), functionIds: [1, 2, 3] }], (db) =>
      db.prepare('SELECT account, region, name FROM function ORDER BY id').all(),
    );
  const owner = { account: '444455556666', region: 'us-east-1', name: "o'hara" };
  expect(tagged(["444455556666:us-east-1:o'hara", '444455556666:us-east-1:unknown'])).toEqual([owner]);
  // Of an account that is not known.
  expect(tagged(['::pay'])).toEqual([{ account: '', region: '', name: 'pay' }]);
  expect(tagged([])).toEqual([]);
});

test('functions are those that may be read, whatever the patterns', () => {
  const pattern = fc.constantFrom(
    '*',
    'pay*',
    'pay-??',
    '?ay*',
    'a.b',
    'a?b',
    '*-*',
    'PAY-IN',
    'x',
    '11*3',
    'eu-*',
    '*1',
  );
  const entry = fc.tuple(fc.constantFrom('account', 'region', 'function'), pattern).map((parts) => parts.join(':'));
  law(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
      const restriction = nameConditions(restrictionOf(entries) ?? []);
      const found = restricted(restriction, (db) =>
        db.prepare('SELECT account, region, name FROM function ORDER BY id').all(),
      );
      expect(found).toEqual(OWNERS.filter((owner) => mayRead(restriction, owner, () => undefined)));
    }),
    { numRuns: 60 },
  );
});

test('every table is known, none can be written, and the fleet’s are empty', () => {
  file.prepare("INSERT INTO counter (name, n) VALUES ('x', 1)").run();
  restricted(PAY, (db) => {
    const tables = file
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    const views = db.prepare("SELECT name FROM sqlite_temp_schema WHERE type = 'view'").pluck().all();
    const shared = [
      'gateway_request',
      'kept_day',
      'label',
      'line_loss',
      'log_group',
      'log_volume',
      'request_index_pending',
      'store',
    ];
    expect([...views, ...shared].toSorted()).toEqual(tables.toSorted());
    expect(db.prepare('SELECT * FROM counter').all()).toEqual([]);
    expect(() => db.exec('CREATE TEMP TABLE t (a)')).toThrow('readonly');
    expect(() => db.exec("INSERT INTO main.counter VALUES ('y', 1)")).toThrow('readonly');
  });
});

test('rows of other functions are left out, also those that belong to a function by their environment', () => {
  const id = (name: string) =>
    file.prepare('SELECT id FROM function WHERE name = ? AND account <> ?').pluck().get(name, '');
  file.prepare("INSERT INTO log_group (id, account, region, name) VALUES (1, '', '', 'g')").run();
  const environment = file.prepare(
    `INSERT INTO environment (id, function_id, log_group_id, log_stream, first_seen_ms, last_seen_ms) VALUES (?, ?, 1, ?, 0, 0)`,
  );
  const init = file.prepare(
    `INSERT INTO init_event (environment_id, at_ms, kind, duration_us) VALUES (?, ?, (SELECT 1), 5)`,
  );
  for (const [at, name] of ['pay-in', 'invoices'].entries()) {
    environment.run(at + 1, id(name), name);
    init.run(at + 1, at);
  }
  restricted(PAY, (db) => {
    expect(db.prepare('SELECT log_stream FROM environment').pluck().all()).toEqual(['pay-in']);
    expect(db.prepare('SELECT environment_id FROM init_event').pluck().all()).toEqual([1]);
  });
});
