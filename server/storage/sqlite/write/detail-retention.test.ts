/** Which days are noted as received, how often, and that deleted ones take nothing. */
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { DetailRetentionIndex } from './detail-retention.ts';

const FIRST_DAY = 20_000;
const AT = FIRST_DAY * DAY_MS;
const NOW = AT + 3 * DAY_MS;

const store = useTelemetryWriter('test');
let index: DetailRetentionIndex;
beforeEach(() => {
  index = new DetailRetentionIndex(store.db);
  index.begin(NOW);
});

const noted = () =>
  store
    .rows('SELECT * FROM kept_day ORDER BY kind, scope, day')
    .map(({ kind, scope, day, received_ms: ms, dropped }) => [
      kind,
      scope,
      Number(day) - FIRST_DAY,
      Number(ms) - NOW,
      dropped,
    ]);

test('each day of each scope is noted with the time of receipt, when it is flushed', () => {
  for (const [kind, scope, ms] of [
    ['function', 1, AT],
    ['function', 1, AT + DAY_MS - 1],
    ['function', 1, AT + DAY_MS],
    ['function', 2, AT + DAY_MS],
    ['gateway', 2, AT + DAY_MS],
    ['function', 1, AT],
  ] as const) {
    expect(index.takes(kind, scope, ms)).toBe(true);
  }
  expect(noted()).toEqual([]);
  index.flush();
  expect(noted()).toEqual([
    ['function', 1, 0, 0, 0],
    ['function', 1, 1, 0, 0],
    ['function', 2, 1, 0, 0],
    ['gateway', 2, 1, 0, 0],
  ]);
});

test('the time of receipt is written again after an hour, not before', () => {
  const receive = (ms: number) => {
    index.begin(NOW + ms);
    index.takes('function', 1, AT);
    index.flush();
    return noted().map((row) => row[3]);
  };
  expect(receive(0)).toEqual([0]);
  expect(receive(HOUR_MS - 1)).toEqual([0]);
  expect(receive(HOUR_MS)).toEqual([HOUR_MS]);
  expect(receive(HOUR_MS + 1)).toEqual([HOUR_MS]);
  // Nor after the cache was cleared: the row says it.
  index.reset();
  expect(receive(2 * HOUR_MS - 1)).toEqual([HOUR_MS]);
  expect(receive(2 * HOUR_MS)).toEqual([2 * HOUR_MS]);
});

test('a day whose events were deleted takes nothing, and stays as it is', () => {
  index.takes('function', 1, AT);
  index.takes('function', 2, AT);
  index.flush();
  store.db.exec('UPDATE kept_day SET dropped = 1 WHERE scope = 1');
  // Cached until retention clears it.
  expect(index.takes('function', 1, AT)).toBe(true);
  index.reset();
  index.begin(NOW + DAY_MS);
  expect([index.takes('function', 1, AT), index.takes('function', 1, AT)]).toEqual([false, false]);
  expect(index.takes('function', 2, AT)).toBe(true);
  expect(index.takes('function', 1, AT + DAY_MS)).toBe(true);
  index.flush();
  expect(noted()).toEqual([
    ['function', 1, 0, 0, 1],
    ['function', 1, 1, DAY_MS, 0],
    ['function', 2, 0, DAY_MS, 0],
  ]);
});

test('what was noted before a rollback is not written', () => {
  index.takes('function', 1, AT);
  index.reset();
  index.flush();
  expect(noted()).toEqual([]);
  index.takes('function', 1, AT);
  index.flush();
  expect(noted()).toEqual([['function', 1, 0, 0, 0]]);
});
