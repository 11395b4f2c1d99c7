/** Retention deletes events by day and rollups later, and causes no double counting. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import type { WriteOutcome } from '../../ingest/records/sink.ts';
import { openWriter } from '../../server/storage/sqlite/connection.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import { Retention } from '../../server/storage/sqlite/write/retention.ts';
import { invocation } from '../support/firehose.ts';
import { law } from '../support/law.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.UTC(2026, 10, 20) / DAY);
const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const root = memoryFolder();
let files = 0;
afterAll(() => removeFolder(root));

interface Store {
  readonly db: Database.Database;
  /** Delivers one invocation of a function on `day`, received at noon of `receivedDay`. */
  deliver(name: string, day: number, n: number, receivedDay: number): WriteOutcome;
  /** Runs retention at noon of the day, for so many slices at most. Returns how many there were. */
  forget(day: number, slices?: number): number;
  one(sql: string): number;
}

interface Keep {
  readonly rawDays: number;
  readonly detailDays: number;
  readonly historyDays: number;
}

/** `left`: what a process that was killed left of its database. */
function open(keep: Keep, left: Buffer | null = null): Store {
  files += 1;
  const path = join(root, `${files}.db`);
  if (left !== null) writeFileSync(path, left);
  const db = openWriter(path);
  migrate(db, path, MIGRATIONS);
  const writer = new BatchWriter(db);
  const policy = {
    rawMs: keep.rawDays * DAY,
    detailMs: keep.detailDays * DAY,
    historyMs: keep.historyDays * DAY,
    quarantineMs: keep.detailDays * DAY,
  };
  const retention = new Retention(db, policy, () => writer.forget());
  return {
    db,
    deliver(name, day, n, receivedDay) {
      const identity = { account: '1', region: 'eu-west-1', logGroup: `/aws/lambda/${name}`, logStream: `s${day}` };
      const events = invocation(n, day * DAY + n * 1000).map((event) => ({
        id: `${name}${day}${String(event.id)}`,
        timestampMs: Number(event.timestamp),
        message: String(event.message),
      }));
      const batch = decodeStreams(
        { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] },
        identity,
        { raw: 'all', region: '', selfLogGroups: [] },
      );
      const nowMs = receivedDay * DAY + DAY / 2;
      db.exec('BEGIN IMMEDIATE');
      const outcome = writer.apply(batch, { kind: 'logs', name: 'test' }, nowMs);
      writer.flush(nowMs);
      db.exec('COMMIT');
      return outcome;
    },
    forget(day, slices = Number.POSITIVE_INFINITY) {
      while (writer.requests.mergeSlice());
      retention.policy = policy;
      let n = 0;
      while (n < slices && retention.step(day * DAY + DAY / 2)) n += 1;
      return n;
    },
    one: (sql) => Number(db.prepare(sql).pluck().get() ?? 0),
  };
}

test('events are deleted by day, rollups later, and nothing is counted twice', () => {
  const store = open({ rawDays: 2, detailDays: 5, historyDays: 20 });
  const { one } = store;
  store.deliver('f', TODAY, 1, TODAY);
  store.deliver('f', TODAY + 5, 2, TODAY + 5);
  store.forget(TODAY + 5);
  expect([one('SELECT count(*) FROM invocation'), one('SELECT count(*) FROM raw_chunk')]).toEqual([2, 1]);
  store.forget(TODAY + 6);
  for (const table of ['invocation', 'rollup_5m', 'request_index'])
    expect(one(`SELECT count(*) FROM ${table}`), table).toBe(1);
  for (const table of ['rollup_1h', 'rollup_1d', 'environment'])
    expect(one(`SELECT count(*) FROM ${table}`), table).toBe(2);
  // A duplicate and a new event of that day are both ignored, since duplicates can no longer be detected.
  expect(store.deliver('f', TODAY, 1, TODAY + 6)).toMatchObject({ accepted: 0, duplicates: 0, ignored: 2 });
  expect(store.deliver('f', TODAY, 9, TODAY + 6)).toMatchObject({ accepted: 0, duplicates: 0, ignored: 2 });
  expect(one("SELECT n FROM counter WHERE name = 'expired'")).toBe(4);
  expect(one('SELECT sum(n) FROM rollup_1d')).toBe(2);
  // Events older than the retention period on arrival are kept by their time of receipt.
  expect(store.deliver('g', TODAY - 300, 1, TODAY + 6)).toMatchObject({ accepted: 2 });
  expect(store.deliver('g', TODAY - 300, 1, TODAY + 7)).toMatchObject({ duplicates: 2 });
  store.forget(TODAY + 7);
  expect(one('SELECT count(*) FROM invocation')).toBe(2);
  store.forget(TODAY + 13);
  expect(one('SELECT count(*) FROM invocation')).toBe(0);
  store.forget(TODAY + 28);
  for (const table of [
    'rollup_1h',
    'rollup_1d',
    'environment',
    'kept_day',
    'log_volume',
    'log_message',
    'derived_slot',
  ]) {
    expect(one(`SELECT count(*) FROM ${table}`), table).toBe(0);
  }
  expect(store.deliver('f', TODAY, 1, TODAY + 28)).toMatchObject({ accepted: 2 });
  expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
  store.db.close();
});

type Step =
  | { readonly do: 'deliver'; readonly name: string; readonly day: number; readonly n: number }
  | { readonly do: 'forget' }
  | { readonly do: 'wait'; readonly days: number };

interface Day {
  readonly day: number;
  readonly events: Set<number>;
  counted: number;
  receivedDay: number;
  dropped: boolean;
}

test('in any order of deliveries and deletions, a day counts each event once while its rollups exist', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('deliver' as const),
        name: fc.constantFrom('f', 'g'),
        day: fc.constantFrom(TODAY - 9, TODAY, TODAY + 2),
        n: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 4 }) }) },
  );
  const [detailDays, historyDays] = [3, 8];
  law(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = open({ rawDays: 1, detailDays, historyDays });
      const days = new Map<string, Day>();
      let today = TODAY;
      for (const action of steps) {
        if (action.do === 'wait') today += action.days;
        else if (action.do === 'forget') {
          store.forget(today);
          for (const entry of days.values()) {
            const age = today - Math.max(entry.day, entry.receivedDay);
            if (age > detailDays) {
              entry.dropped = true;
              entry.events.clear();
            }
          }
          for (const [key, entry] of days)
            if (entry.dropped && today - Math.max(entry.day, entry.receivedDay) > historyDays) days.delete(key);
        } else {
          const key = `${action.name}/${action.day}`;
          const entry = days.get(key) ?? {
            day: action.day,
            events: new Set(),
            counted: 0,
            receivedDay: today,
            dropped: false,
          };
          days.set(key, entry);
          const outcome = store.deliver(action.name, action.day, action.n, today);
          if (entry.dropped) expect(outcome).toMatchObject({ accepted: 0, duplicates: 0, ignored: 2 });
          else if (entry.events.has(action.n))
            expect(outcome).toMatchObject({ accepted: 0, duplicates: 2, ignored: 0 });
          else {
            expect(outcome).toMatchObject({ accepted: 2, duplicates: 0, ignored: 0 });
            entry.events.add(action.n);
            entry.counted += 1;
          }
          if (!entry.dropped) entry.receivedDay = today;
        }
      }
      const all = [...days.values()];
      const sum = (of: (entry: Day) => number): number => all.reduce((total, entry) => total + of(entry), 0);
      expect(store.one('SELECT count(*) FROM invocation')).toBe(sum((entry) => entry.events.size));
      expect(store.one('SELECT sum(n) FROM rollup_5m')).toBe(sum((entry) => entry.events.size));
      expect(store.one('SELECT sum(n) FROM rollup_1h')).toBe(sum((entry) => entry.counted));
      expect(store.one('SELECT sum(n) FROM rollup_1d')).toBe(sum((entry) => entry.counted));
      store.db.close();
    }),
    { numRuns: 40 },
  );
});

test('a process that is killed after any slice leaves sums as they were, and the next one deletes the rest', () => {
  const keep = { rawDays: 2, detailDays: 5, historyDays: 20 };
  const tables = ['invocation', 'rollup_5m', 'rollup_1h', 'rollup_1d', 'environment', 'raw_chunk', 'request_index'];
  const left = (store: Store): readonly number[] => [
    ...[...tables, 'kept_day'].map((table) => store.one(`SELECT count(*) FROM ${table}`)),
    store.one('SELECT count(*) FROM kept_day WHERE dropped = 1'),
  ];
  const given = open(keep);
  // One invocation on each of three days, of which the first two are due on the last.
  for (let day = 0; day < 3; day += 1) given.deliver('f', TODAY + day, day, TODAY + day);
  const due = TODAY + 7;
  const before = given.db.serialize();
  const slices = given.forget(due);
  const uninterrupted = left(given);
  expect(slices).toBeGreaterThan(8);
  expect(uninterrupted[0]).toBe(1);
  for (let killed = 0; killed <= slices; killed += 1) {
    const first = open(keep, before);
    expect(first.forget(due, killed), `${killed}`).toBe(killed);
    const state = first.db.serialize();
    first.db.close();
    const next = open(keep, state);
    expect(next.one('SELECT sum(n) FROM rollup_1d'), `killed after ${killed}`).toBe(3);
    next.forget(due);
    expect(left(next), `killed after ${killed}`).toEqual(uninterrupted);
    expect(next.one('SELECT sum(n) FROM rollup_1d'), `killed after ${killed}`).toBe(3);
    // What senders repeat before the rest is deleted counts once.
    const asked = open(keep, state);
    for (let day = 0; day < 3; day += 1)
      expect(asked.deliver('f', TODAY + day, day, due), `killed after ${killed}`).toMatchObject({ accepted: 0 });
    expect(asked.one('SELECT sum(n) FROM rollup_1d'), `killed after ${killed}`).toBe(3);
    asked.db.close();
    next.db.close();
  }
});
