/** Entries are found before they are stored, in the pending blobs, and in the merged table; and each counts once. */
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { ENTRY_BYTES, RequestIndex } from './request-index.ts';

const MIDNIGHT = Date.UTC(2026, 10, 20);
const FIRST_DAY = MIDNIGHT / DAY_MS;
/** Hashes with the same remainder share a chain of the hash table. */
const BUCKETS = 262_144;

const store = useTelemetryWriter('test');
let index: RequestIndex;
beforeEach(() => {
  index = new RequestIndex(store.db);
});

const at = (endMs: number, functionId = 3, environmentId = 5) => ({ functionId, environmentId, endMs });
const find = (hash: number, from = index) => from.find(hash, MIDNIGHT, MIDNIGHT + DAY_MS - 1);
const pending = () => store.rows('SELECT id, hex(entries) AS entries FROM request_index_pending ORDER BY id');
const merged = () =>
  store.rows('SELECT day, hash, end_ms, function_id, environment_id FROM request_index ORDER BY day, hash, end_ms');

test('an entry is found in each place that it passes through', () => {
  const location = at(MIDNIGHT + 500);
  index.add(7, location);
  expect([find(7), index.size, pending()]).toEqual([[location], 1, []]);
  // Not yet committed: another process does not see it, and nothing can be merged.
  expect(index.mergeSlice()).toBe(false);
  index.flush();
  expect([find(7), index.size]).toEqual([[location], 1]);
  expect(find(7, new RequestIndex(store.db))).toEqual([location]);
  expect([index.mergeSlice(), index.size, pending()]).toEqual([true, 0, []]);
  expect(find(7)).toEqual([location]);
  expect(merged()).toEqual([{ day: FIRST_DAY, hash: 7, end_ms: MIDNIGHT + 500, function_id: 3, environment_id: 5 }]);
  expect(index.mergeSlice()).toBe(false);
});

test('an entry is hash, function, environment and time, little-endian', () => {
  index.add(0x01020304, at(1, 0x05060708, 0x090a0b0c));
  index.flush();
  // 1 as a double is 3ff0000000000000.
  expect(pending()).toEqual([{ id: 1, entries: '04030201080706050C0B0A09000000000000F03F' }]);
  expect(ENTRY_BYTES).toBe(20);
  index.flush();
  expect(pending()).toHaveLength(1);
  index.add(2, at(2));
  index.flush();
  expect(pending().map(({ entries }) => String(entries).length)).toEqual([40, 40]);
});

test('only entries with the hash that ended within the days are found', () => {
  index.add(7, at(MIDNIGHT, 1));
  index.add(7 + BUCKETS, at(MIDNIGHT, 2));
  index.add(7, at(MIDNIGHT + DAY_MS - 1, 3));
  index.add(7, at(MIDNIGHT - 1, 4));
  index.add(7, at(MIDNIGHT + DAY_MS, 5));
  const functions = () =>
    find(7)
      .map(({ functionId }) => functionId)
      .toSorted();
  expect(functions()).toEqual([1, 3]);
  expect(find(7 + BUCKETS).map(({ functionId }) => functionId)).toEqual([2]);
  expect(find(8)).toEqual([]);
  // Added after a lookup.
  index.add(7, at(MIDNIGHT + 1, 6));
  expect(functions()).toEqual([1, 3, 6]);
  index.flush();
  index.mergeSlice();
  expect(functions()).toEqual([1, 3, 6]);
  expect(find(7 + BUCKETS).map(({ functionId }) => functionId)).toEqual([2]);
  expect(
    index
      .find(7, MIDNIGHT - DAY_MS, MIDNIGHT + DAY_MS)
      .map(({ functionId }) => functionId)
      .toSorted(),
  ).toEqual([1, 3, 4, 5, 6]);
});

test('what is not committed when a slice is merged stays, and is found', () => {
  index.add(1, at(MIDNIGHT, 1));
  index.flush();
  index.add(2, at(MIDNIGHT, 2));
  expect(find(2)).toHaveLength(1);
  index.mergeSlice();
  expect([index.size, find(1), find(2)]).toEqual([1, [at(MIDNIGHT, 1)], [at(MIDNIGHT, 2)]]);
  index.flush();
  expect(new RequestIndex(store.db).size).toBe(1);
});

test('entries of every row are merged, sorted by day and hash, and one that is there is not added again', () => {
  index.add(9, at(MIDNIGHT));
  index.add(1, at(MIDNIGHT + DAY_MS));
  index.flush();
  index.add(9, at(MIDNIGHT));
  index.add(4, at(MIDNIGHT));
  index.flush();
  expect(index.mergeSlice()).toBe(true);
  expect(merged().map(({ day, hash }) => [Number(day) - FIRST_DAY, hash])).toEqual([
    [0, 4],
    [0, 9],
    [1, 1],
  ]);
});

test('a slice ends with the row that reaches 65,536 entries', () => {
  for (let n = 0; n < 65_536; n += 1) index.add(n, at(MIDNIGHT));
  index.flush();
  index.add(70_000, at(MIDNIGHT, 8));
  index.flush();
  index.mergeSlice();
  expect([index.size, pending().length, merged().length]).toEqual([1, 1, 65_536]);
  expect(find(70_000)).toEqual([at(MIDNIGHT, 8)]);
  index.mergeSlice();
  expect([index.size, merged().length]).toEqual([0, 65_537]);
});

test('after a rollback only what was committed is left', () => {
  index.add(1, at(MIDNIGHT));
  index.flush();
  index.add(2, at(MIDNIGHT));
  expect(find(2)).toHaveLength(1);
  index.reload();
  expect([index.size, find(1).length, find(2)]).toEqual([1, 1, []]);
});

test('a merge that fails changes nothing', () => {
  index.add(1, at(MIDNIGHT));
  index.flush();
  store.db.exec("CREATE TRIGGER full BEFORE INSERT ON request_index BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  expect(() => index.mergeSlice()).toThrow('disk full');
  expect([store.db.inTransaction, index.size, pending().length, find(1)]).toEqual([false, 1, 1, [at(MIDNIGHT)]]);
});

test('from 524,288 entries on, the oldest half is merged within the commit', () => {
  const CAPACITY = 524_288;
  for (let n = 0; n < CAPACITY; n += 1) {
    index.add(n, at(MIDNIGHT, n % 100));
    if ((n + 1) % 65_536 === 0) index.flush();
  }
  expect([index.size, merged().length]).toEqual([CAPACITY, 0]);
  index.add(CAPACITY, at(MIDNIGHT, 8));
  expect([index.size, pending().length]).toEqual([CAPACITY / 2 + 1, 4]);
  expect(store.rows('SELECT count(*) AS n, max(hash) AS hash FROM request_index')).toEqual([
    { n: CAPACITY / 2, hash: CAPACITY / 2 - 1 },
  ]);
  for (const n of [0, 99, CAPACITY / 2 - 1, CAPACITY / 2, CAPACITY - 1])
    expect(find(n)).toEqual([at(MIDNIGHT, n % 100)]);
  expect(find(CAPACITY)).toEqual([at(MIDNIGHT, 8)]);
  index.flush();
  expect(new RequestIndex(store.db).size).toBe(CAPACITY / 2 + 1);
});
