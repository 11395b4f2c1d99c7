/** What the writer keeps in memory, and when it lets go of it. */
import { beforeEach, expect, test } from 'vitest';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { CommitFeed } from './commit-feed.ts';
import { ErrorDays } from './error-days.ts';
import { Labels } from './labels.ts';
import { LRUCache } from './lru.ts';

const store = useTelemetryWriter('file');
beforeEach(() => {
  store.db.exec('DELETE FROM label; DELETE FROM error_day; DELETE FROM function_fact; DELETE FROM function');
  const add = store.db.prepare(
    `INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms)
     VALUES (?, '', '', 'f' || ?, 0, 0, 0)`,
  );
  for (const id of [100, 101, 102]) add.run(id, id);
});

test('the entry that was used longest ago is evicted, and use means reading or writing', () => {
  const cache = new LRUCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  // A value that is replaced takes no room.
  cache.set('c', 4);
  expect([cache.get('a'), cache.get('c')]).toEqual([1, 4]);
  cache.clear();
  expect([cache.get('a'), cache.get('c')]).toEqual([undefined, undefined]);
});

test('without subscribers nothing is collected; with them the first 200 keys of a commit, and how many more', () => {
  const feed = new CommitFeed();
  const bytes = new Uint8Array([1, 2]);
  const key = (endMs: number) => ({ functionId: 3, endMs, requestId: bytes, environmentId: 5 });
  feed.add(key(0));
  expect(feed.take()).toBe(null);
  feed.watched = true;
  for (let n = 0; n < 203; n += 1) feed.add(key(n));
  // The buffer of the batch is used again.
  bytes.fill(9);
  const taken = feed.take();
  expect([taken?.invocations.length, taken?.more]).toEqual([200, 3]);
  expect(taken?.invocations.at(-1)).toEqual({ ...key(199), requestId: new Uint8Array([1, 2]) });
  expect(feed.take()).toBe(null);
  feed.add({ ...key(1), requestId: 'text' });
  expect(feed.take()).toEqual({ invocations: [{ ...key(1), requestId: 'text' }], more: 0 });
});

test('a text is stored once, with 512 characters, also after a restart', () => {
  const labels = new Labels(store.db);
  const long = 'x'.repeat(513);
  const id = labels.idOf(long);
  expect([labels.idOf(long), labels.idOf('x'.repeat(512)), labels.idOf(null)]).toEqual([id, id, null]);
  expect(labels.idOf('y')).not.toBe(id);
  expect(new Labels(store.db).idOf(long)).toBe(id);
  expect(store.rows('SELECT text FROM label ORDER BY id')).toEqual([{ text: 'x'.repeat(512) }, { text: 'y' }]);
  store.db.exec('DELETE FROM label');
  labels.reset();
  labels.idOf('y');
  expect(store.rows('SELECT text FROM label')).toEqual([{ text: 'y' }]);
});

const NONE = { errorDays: [], filterDays: [] };
const days = (id: number) =>
  store.rows('SELECT day FROM error_day WHERE function_id = ? ORDER BY day', id).map(({ day }) => day);
/** The inventory's subscription filters of a function: whether each passes errors of runtimes. */
const configure = (id: number, atMs: number, filters: object | null) =>
  store.db
    .prepare(
      "INSERT INTO function_fact (function_id, from_ms, source, confirmed_ms, facts) VALUES (?, ?, 'test', 0, ?)",
    )
    .run(id, atMs, JSON.stringify({ subscriptionFilters: filters }));
const stored = (index: ErrorDays, batch: object) =>
  index.store({ ...NONE, ...batch } as never, (stream) => stream + 100);

test('a day on which errors would arrive counts with the days beside it', () => {
  const index = new ErrorDays(store.db);
  stored(index, {
    errorDays: [
      [0, 50],
      [0, 51],
      [1, 9],
    ],
  });
  expect([days(100), days(101)]).toEqual([
    [49, 50, 51, 52],
    [8, 9, 10],
  ]);
  // Known days are not written again, until rows may have been deleted.
  store.db.exec('DELETE FROM error_day');
  stored(index, { errorDays: [[0, 50]] });
  expect(days(100)).toEqual([]);
  index.reset();
  stored(index, { errorDays: [[0, 50]] });
  expect(days(100)).toEqual([49, 50, 51]);
});

test('filters: the newest pattern of the inventory decides, otherwise what is declared', () => {
  configure(100, 1, { known: false });
  configure(100, 2, { known: true, closed: false });
  configure(102, 1, null);
  const index = new ErrorDays(store.db);
  stored(index, {
    filterDays: [
      [0, 10, [['known', false]]],
      [0, 20, [['closed', true]]],
      [
        0,
        30,
        [
          ['closed', true],
          ['other', true],
        ],
      ],
      [0, 40, [['other', false]]],
      [0, 50, []],
      [1, 60, [['toString', true]]],
      [1, 70, [['toString', false]]],
      [2, 80, [['any', true]]],
    ],
  });
  expect([days(100), days(101), days(102)]).toEqual([
    [9, 10, 11, 29, 30, 31],
    [59, 60, 61],
    [79, 80, 81],
  ]);
});

test('new facts are read once filters are forgotten', () => {
  const index = new ErrorDays(store.db);
  const filterDays = [[0, 10, [['f', true]]]];
  configure(100, 1, { f: false });
  stored(index, { filterDays });
  configure(100, 2, { f: true });
  stored(index, { filterDays });
  expect(days(100)).toEqual([]);
  index.forgetFilters();
  stored(index, { filterDays });
  expect(days(100)).toEqual([9, 10, 11]);
});
