/** What the writer keeps in memory, and when it lets go of it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { BatchWriter } from './batch-writer.ts';
import { CommitFeed } from './commit-feed.ts';
import { ErrorDays } from './error-days.ts';
import { Functions } from './functions.ts';
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

describe('dead letters', () => {
  const letter = (payload: string, change: object = {}) => ({
    reason: 'json',
    detail: '',
    logGroup: null,
    payload: Buffer.from(payload),
    n: 1,
    ...change,
  });
  const store4 = (writer: BatchWriter, ...letters: readonly ReturnType<typeof letter>[]) =>
    store.db.transaction(() => {
      writer.apply({ ...EMPTY_BATCH, deadLetters: letters }, { kind: 'logs', name: 'test' }, 1);
      writer.flush(1);
    })();
  const payloads = () => store.rows('SELECT payload FROM reject ORDER BY id').map(({ payload }) => String(payload));
  const dropped = () => store.rows("SELECT n FROM counter WHERE name = 'quarantine_dropped'").map(({ n }) => n);
  beforeEach(() => store.db.exec('DELETE FROM reject; DELETE FROM counter'));

  test('up to their limit in bytes; beyond it the oldest are deleted, and counted', () => {
    const writer = new BatchWriter(store.db, 8);
    store4(writer, letter('aaaa'), letter('bbbb'));
    expect([payloads(), dropped()]).toEqual([['aaaa', 'bbbb'], []]);
    store4(writer, letter('c'));
    expect([payloads(), dropped()]).toEqual([['bbbb', 'c'], [1]]);
    // What is stored counts for a process that starts anew.
    store4(new BatchWriter(store.db, 8), letter('ddddddd'));
    expect([payloads(), dropped()]).toEqual([['c', 'ddddddd'], [2]]);
    // One that is larger than all that may be kept is dropped itself.
    store4(new BatchWriter(store.db, 8), letter('e'.repeat(9)));
    expect([payloads(), dropped()]).toEqual([[], [5]]);
  });

  test('one that comes again takes no more room, and drops none', () => {
    const writer = new BatchWriter(store.db, 8);
    store4(writer, letter('aaaa'), letter('bbb'));
    store4(writer, letter('aaaa'), letter('aaaa', { n: 5 }), letter('aaaa'));
    // 4 + 3 = 7 bytes: one more is kept, the next drops the oldest.
    store4(writer, letter('c'));
    expect([payloads(), dropped()]).toEqual([['aaaa', 'bbb', 'c'], []]);
    store4(writer, letter('d'));
    expect([payloads(), dropped()]).toEqual([['bbb', 'c', 'd'], [1]]);
    expect(store.rows('SELECT seen FROM reject ORDER BY id').map(({ seen }) => seen)).toEqual([1, 1, 1]);
  });

  test('one that stands for records that were not kept is not the record alone', () => {
    const writer = new BatchWriter(store.db);
    store4(writer, letter('a'), letter('a', { isExample: true, n: 9 }), letter('a'), letter('a', { reason: 'gzip' }));
    expect(store.rows('SELECT reason, seen FROM reject ORDER BY id')).toEqual([
      { reason: 'json', seen: 2 },
      { reason: 'json', seen: 9 },
      { reason: 'gzip', seen: 1 },
    ]);
  });
});

describe('what the newest invocation says of its function', () => {
  const newest = (...given: readonly (readonly [atMs: number, memoryMb: number | null, version: string | null])[]) => {
    const functions = new Functions(store.db);
    for (const one of given) functions.noteLatest(100, ...one);
    functions.flush();
    return store.rows('SELECT latest_ms AS atMs, memory_mb AS mb, version FROM function WHERE id = 100')[0];
  };

  test.each([
    [
      'the newest counts',
      [
        [5, 128, '1'],
        [6, 256, '2'],
      ],
      { atMs: 6, mb: 256, version: '2' },
    ],
    [
      'an older one says nothing',
      [
        [6, 256, '2'],
        [5, 128, '1'],
      ],
      { atMs: 6, mb: 256, version: '2' },
    ],
    [
      'nor of what the newest does not say',
      [
        [5, 128, '1'],
        [6, null, null],
      ],
      { atMs: 6, mb: null, version: null },
    ],
    [
      'at the same time the later one counts',
      [
        [6, 128, '1'],
        [6, 256, '1'],
      ],
      { atMs: 6, mb: 256, version: '1' },
    ],
    [
      'with another version',
      [
        [6, 128, '1'],
        [6, 128, '2'],
      ],
      { atMs: 6, mb: 128, version: '2' },
    ],
    [
      'and completes the other',
      [
        [6, 128, null],
        [6, null, '2'],
      ],
      { atMs: 6, mb: 128, version: '2' },
    ],
  ] as const)('%s', (_, given, expected) => {
    expect(newest(...given)).toEqual(expected);
  });
});
