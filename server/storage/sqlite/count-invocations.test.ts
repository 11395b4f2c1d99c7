import type { Database } from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch } from '../../../bench/fill-store.ts';
import { Random } from '../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { TelemetryWriter } from '../../../test/support/telemetry-writer.ts';
import { openTelemetryWriter } from '../../../test/support/telemetry-writer.ts';
import { DETAIL_DAY } from '../enums.ts';
import { countInvocations } from './count-invocations.ts';
import type { Databases } from './databases.ts';
import { ReadConnection } from './read-connection.ts';

const TO_MS = Date.UTC(2026, 10, 20);
const FROM_MS = TO_MS - 3 * DAY_MS;
const RANGES = 300;

let store: TelemetryWriter;
beforeAll(() => {
  store = openTelemetryWriter();
  const load = { size: 20_000, functions: 2, days: 3, toMs: TO_MS };
  store.apply(batch(new Random(3), load.size, load), TO_MS);
});
afterAll(() => store.close());

const databases = (): Databases =>
  ({ telemetry: new ReadConnection(store.db), files: { telemetry: store.db.name } }) as unknown as Databases;

function storedIn(db: Database, range: { functionId: number; fromMs: number; toMs: number }): unknown {
  return db
    .prepare('SELECT count(*) FROM invocation WHERE function_id = @functionId AND end_ms >= @fromMs AND end_ms < @toMs')
    .pluck()
    .get(range);
}

/** Random ranges from a millisecond to all days, some of them on the edges of cells and of days. */
function expectAsManyAsRows(seed: number): void {
  const random = new Random(seed);
  const db = databases();
  for (let at = 0; at < RANGES; at += 1) {
    const step = [1, 5 * MINUTE_MS, HOUR_MS, DAY_MS][at % 4] ?? 1;
    const [a, b] = [0, 0].map(() => FROM_MS + Math.round((random.next() * 3 * DAY_MS) / step) * step);
    const [fromMs = 0, toMs = 0] = [a ?? 0, b ?? 0].toSorted((x, y) => x - y);
    const range = { functionId: 1 + (at % 2), fromMs, toMs };
    expect(countInvocations(db, range), JSON.stringify(range)).toBe(storedIn(store.db, range));
  }
}

test('as many as there are rows, in ranges of any length', () => {
  expectAsManyAsRows(1);
});

test('only those whose rows are left of days that retention has deleted or is deleting', () => {
  const day = FROM_MS / DAY_MS;
  const drop = store.db.prepare('DELETE FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms < ?');
  const mark = store.db.prepare("UPDATE kept_day SET dropped = ? WHERE kind = 'function' AND scope = ? AND day = ?");
  // All of the first day of one function; half of the rows of the second day of the other, before its cells.
  drop.run(1, FROM_MS, FROM_MS + DAY_MS);
  expect(mark.run(DETAIL_DAY.expired, 1, day).changes).toBe(1);
  drop.run(2, FROM_MS + DAY_MS, FROM_MS + 1.5 * DAY_MS);
  expect(mark.run(DETAIL_DAY.expiring, 2, day + 1).changes).toBe(1);
  expectAsManyAsRows(2);
});
