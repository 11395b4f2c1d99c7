/** When the base of counters moves on, and what is added to it. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { LEVELS } from '../../storage/rollup/bucket.ts';
import { baseOf, FINEST_MS, withBase } from './counter-base.ts';

const TODAY = Date.UTC(2026, 10, 20);

test('the base is the start of the day before, in UTC', () => {
  expect(baseOf(TODAY + HOUR_MS)).toBe(TODAY - DAY_MS);
  expect(baseOf(TODAY)).toBe(TODAY - DAY_MS);
  expect(baseOf(TODAY - 1)).toBe(TODAY - 2 * DAY_MS);
});

test('the finest rollups have the width that is read', () => {
  expect(FINEST_MS).toBe(LEVELS[0].widthMs);
});

test.each([
  ['nothing is kept', null, null],
  ['it is the same', { baseMs: TODAY, ledger: 'kept' }, 'kept'],
  ['it moves on by days', { baseMs: TODAY - 3 * DAY_MS, ledger: 'kept' }, 'moved'],
  ['it was more than a month ago', { baseMs: TODAY - 32 * DAY_MS, ledger: 'kept' }, null],
  ['it is later', { baseMs: TODAY + DAY_MS, ledger: 'kept' }, null],
])('counters where %s', async (_, kept, ledger) => {
  const asked: object[] = [];
  const found = await withBase(kept, TODAY, async ([, { fromMs, toMs, widthMs }]) => {
    asked.push({ fromMs, toMs, widthMs });
    return 'moved';
  });
  expect(found).toEqual({ baseMs: TODAY, ledger });
  const days = { fromMs: TODAY - 3 * DAY_MS, toMs: TODAY, widthMs: DAY_MS };
  expect(asked).toEqual(ledger === 'moved' ? [days] : []);
});
