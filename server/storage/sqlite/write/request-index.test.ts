/** Entries are found before they are stored, in the pending blobs, and in the merged table; and each counts once. */
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { leastCpuMs } from '../../../../test/support/cpu.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { ENTRY_BYTES, REQUEST_INDEX_SIZES, RequestIndex } from './request-index.ts';

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

test('every column of each entry is merged, however many there are', () => {
  for (let n = 0; n < 37; n += 1) {
    // Days and hashes in descending order, and another function and environment each.
    const endMs = MIDNIGHT + (2 - (n % 3)) * DAY_MS + n;
    index.add(4_294_967_295 - n, at(endMs, 100 + n, n % 2 === 0 ? 200 + n : -200 - n));
  }
  index.flush();
  expect(index.mergeSlice()).toBe(true);
  const all = store.rows('SELECT day, hash, end_ms, function_id, environment_id FROM request_index ORDER BY hash DESC');
  expect(all).toEqual(
    Array.from({ length: 37 }, (_, n) => ({
      day: FIRST_DAY + 2 - (n % 3),
      hash: 4_294_967_295 - n,
      end_ms: MIDNIGHT + (2 - (n % 3)) * DAY_MS + n,
      function_id: 100 + n,
      environment_id: n % 2 === 0 ? 200 + n : -200 - n,
    })),
  );
});

test('a slice ends with the row that reaches its size', () => {
  const slices = new RequestIndex(store.db, { capacity: 64, slice: 8 });
  for (let n = 0; n < 8; n += 1) slices.add(n, at(MIDNIGHT));
  slices.flush();
  slices.add(70_000, at(MIDNIGHT, 8));
  slices.flush();
  slices.mergeSlice();
  expect([slices.size, pending().length, merged().length]).toEqual([1, 1, 8]);
  expect(find(70_000, slices)).toEqual([at(MIDNIGHT, 8)]);
  slices.mergeSlice();
  expect([slices.size, merged().length]).toEqual([0, 9]);
});

test('the index of a store merges 65,536 entries at a time, and keeps 524,288', () => {
  expect(REQUEST_INDEX_SIZES).toEqual({ capacity: 524_288, slice: 65_536 });
  for (let n = 0; n < 2; n += 1) {
    for (let hash = 0; hash < 32_768; hash += 1) index.add(hash, at(MIDNIGHT));
    index.flush();
  }
  index.add(70_000, at(MIDNIGHT, 8));
  index.flush();
  index.mergeSlice();
  // The second row names the same invocations as the first.
  expect([index.size, merged().length]).toEqual([1, 32_768]);
});

test('a lookup does not read the other entries of its days', () => {
  const fill = (entries: number): void => {
    for (let hash = 0; hash < entries; hash += 1) index.add(hash, at(MIDNIGHT + (hash % 2) * DAY_MS));
    index.flush();
    index.mergeSlice();
    expect(index.size).toBe(0);
  };
  const lookUp = (): void => {
    for (let hash = 0; hash < 1000; hash += 1) index.find(hash, MIDNIGHT, MIDNIGHT + DAY_MS);
  };
  fill(32);
  const small = Math.max(3, leastCpuMs(lookUp, 0));
  fill(32_768);
  // To read them all takes hundreds of times as long.
  expect(leastCpuMs(lookUp, 10 * small)).toBeLessThan(10 * small);
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

test('an index that is full merges its oldest half within the commit', () => {
  const full = new RequestIndex(store.db, { capacity: 64, slice: 8 });
  for (let n = 0; n < 64; n += 1) {
    full.add(n, at(MIDNIGHT, n % 10));
    if ((n + 1) % 8 === 0) full.flush();
  }
  expect([full.size, merged().length]).toEqual([64, 0]);
  full.add(64, at(MIDNIGHT, 8));
  expect([full.size, pending().length]).toEqual([33, 4]);
  expect(merged().map(({ hash }) => hash)).toEqual(Array.from({ length: 32 }, (_, n) => n));
  for (const n of [0, 9, 31, 32, 63]) expect(find(n, full)).toEqual([at(MIDNIGHT, n % 10)]);
  expect(find(64, full)).toEqual([at(MIDNIGHT, 8)]);
  full.flush();
  expect(new RequestIndex(store.db).size).toBe(33);
});
