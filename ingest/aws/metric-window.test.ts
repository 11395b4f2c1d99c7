import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';
import { metricWindows } from './metric-window.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const at = (minutes: number) => NOON + minutes * MINUTE_MS;
const windows = (watermarkMs: number | null, wideMs: number | null, nowMs = NOON) =>
  metricWindows({ watermarkMs, wideMs }, nowMs).map(({ fromMs, toMs, wide }) => [
    (fromMs - NOON) / MINUTE_MS,
    (toMs - NOON) / MINUTE_MS,
    wide,
  ]);

test('the first range is the last three hours', () => {
  expect(metricWindows(null, NOON)).toEqual([{ fromMs: at(-180), toMs: NOON, wide: true }]);
  expect(windows(null, null)).toEqual([[-180, 0, true]]);
});

test('the minute that is not over is left out', () => {
  expect(windows(at(-5), at(-5), NOON + 59_999)).toEqual([[-20, 0, false]]);
});

test('the last 15 minutes are read again, and once an hour the last three hours', () => {
  expect(windows(at(-5), at(-59))).toEqual([[-20, 0, false]]);
  expect(windows(at(-5), at(-60))).toEqual([[-180, 0, true]]);
});

test('a gap is read in ranges of three hours that join', () => {
  expect(windows(at(-400), at(-400))).toEqual([
    [-415, -235, true],
    [-235, -55, true],
    [-55, 0, true],
  ]);
});

test('a gap of more than two weeks begins there', () => {
  const gap = metricWindows({ watermarkMs: NOON - 20 * DAY_MS, wideMs: NOON }, NOON);
  expect(gap[0]?.fromMs).toBe(NOON - 14 * DAY_MS);
  expect(gap).toHaveLength((14 * DAY_MS) / (3 * HOUR_MS));
});

test('a watermark in the future counts as now', () => {
  expect(windows(at(30), at(-5))).toEqual([[-15, 0, false]]);
});
