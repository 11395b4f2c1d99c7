import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import { binWidth, LineCount, MOST_COUNTED_BYTES } from './result.ts';

const AT = Date.UTC(2026, 10, 20, 10);

test.each([
  [0, MINUTE_MS, 60, SECOND_MS],
  [0, HOUR_MS, 60, MINUTE_MS],
  // 61 minutes are touched.
  [30 * SECOND_MS, HOUR_MS + 30 * SECOND_MS, 60, 2 * MINUTE_MS],
  [0, DAY_MS, 60, 30 * MINUTE_MS],
  [0, 7 * DAY_MS, 60, 3 * HOUR_MS],
  [0, 90 * DAY_MS, 60, 2 * DAY_MS],
  [0, 400 * DAY_MS, 1, 400 * DAY_MS],
])('%d to %d in %d bins: %d ms each', (from, to, bins, expected) => {
  expect(binWidth({ fromMs: AT - 10 * HOUR_MS + from, toMs: AT - 10 * HOUR_MS + to }, bins)).toBe(
    // 400 days begin at a multiple of 400 days only by chance.
    bins === 1 ? binWidth({ fromMs: AT - 10 * HOUR_MS, toMs: AT - 10 * HOUR_MS + to }, 1) : expected,
  );
});

test('what is not counted is null, not 0', () => {
  const count = new LineCount({ fromMs: AT, toMs: AT + 4 * SECOND_MS, text: '', bins: 4 });
  count.add(count.binOf(AT + 3000), 'fatal', 2);
  count.add(count.binOf(AT + 2000), 'warn', 1);
  count.add(count.binOf(AT + 1000), null, 5);
  expect(count.endsBefore(AT + 2500)).toBe(false);
  count.reads(MOST_COUNTED_BYTES);
  // The newest lines are counted whatever it takes.
  expect(count.endsBefore(AT + 4000)).toBe(false);
  expect(count.endsBefore(AT + 1999)).toBe(true);
  expect(count.endsBefore(AT + 4000)).toBe(true);
  expect(count.histogram({ lines: 9, bytes: 90 })).toEqual({
    widthMs: SECOND_MS,
    firstMs: AT,
    bins: [null, null, { errors: 0, warnings: 1, others: 0 }, { errors: 2, warnings: 0, others: 0 }],
    countedFromMs: AT + 2000,
    readBytes: MOST_COUNTED_BYTES,
    stored: { lines: 9, bytes: 90 },
  });
});
