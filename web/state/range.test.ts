/** The time range of the URL. Expected times were worked out by hand. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import {
  boundsOf,
  lengthText,
  PRESETS,
  REFRESH_INTERVALS,
  rangeLabel,
  rangeOf,
  refreshMsOf,
  shifted,
  toMs,
  zoomedOut,
} from './range.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const query = (text: string): URLSearchParams => new URLSearchParams(text);

test('the last 24 hours where the URL names no range; each end by itself otherwise', () => {
  expect(rangeOf(query(''))).toEqual({ from: 'now-24h', to: 'now', relative: true });
  expect(rangeOf(query('from=now-7d'))).toEqual({ from: 'now-7d', to: 'now', relative: true });
  expect(rangeOf(query('from=now-7d&to=now-1d'))).toEqual({ from: 'now-7d', to: 'now-1d', relative: true });
  const to = '2026-11-20T00:00:00.000Z';
  expect(rangeOf(query(`from=now-7d&to=${to}`))).toEqual({ from: 'now-7d', to, relative: false });
});

test.each([
  ['', 0],
  ['refresh=10s', 10_000],
  ['refresh=30s', 30_000],
  ['refresh=1m', 60_000],
  ['refresh=1ms', 0],
])('refresh interval of "%s"', (text, ms) => {
  expect(refreshMsOf(query(text))).toBe(ms);
});

test.each([
  ['now', '2026-11-21T12:00:00.000Z'],
  ['now-90s', '2026-11-21T11:58:30.000Z'],
  ['now-5m', '2026-11-21T11:55:00.000Z'],
  ['now-6h', '2026-11-21T06:00:00.000Z'],
  ['now-3d', '2026-11-18T12:00:00.000Z'],
  ['now-2w', '2026-11-07T12:00:00.000Z'],
  ['now+1h', '2026-11-21T13:00:00.000Z'],
  ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00.000Z'],
  ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ['yesterday', '2026-11-21T12:00:00.000Z'],
])('%s is a time', (text, iso) => {
  expect(new Date(toMs(text, NOW)).toISOString()).toBe(iso);
});

test('a shift moves both ends by half the length', () => {
  const range = { from: 'now-24h', to: 'now', relative: true };
  expect(shifted(range, -1, NOW)).toEqual({ from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' });
  expect(shifted(range, 1, NOW)).toEqual({ from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' });
});

test('the label is the preset, or both ends', () => {
  const label = (text: string, zone = 'utc'): string => rangeLabel(rangeOf(query(text)), zone);
  expect(label('')).toBe('Last 24 hours');
  expect(label('from=now-365d')).toBe('Last year');
  expect(label('from=now-12h')).toBe('Last 12 hours');
  expect(label('from=now-1d')).toBe('Last day');
  expect(label('from=now-90m')).toBe('Last 90 minutes');
  expect(label('from=now-2w')).toBe('Last 2 weeks');
  expect(label('from=now-1500ms')).toBe('now-1500ms – now');
  expect(label('from=now-24h&to=now-1h')).toBe('now-24h – now-1h');
  const days = 'from=2026-11-19T03:00:00.000Z&to=2026-11-20T04:30:15Z';
  expect(label(days)).toBe('2026-11-19 03:00 – 2026-11-20 04:30:15');
  // Tokyo is nine hours ahead of UTC: both ends are on the 19th or the 20th there.
  expect(label(days, 'Asia/Tokyo')).toBe('2026-11-19 12:00 – 2026-11-20 13:30:15');
  expect(label('from=2026-11-19T16:00:00Z&to=2026-11-20T04:30:00Z', 'Asia/Tokyo')).toBe('2026-11-20 01:00 – 13:30');
  expect(label('from=1700000000000&to=tomorrow')).toBe('2023-11-14 22:13:20 – tomorrow');
});

test('zooming out doubles the range around its middle, and stops at now', () => {
  const day = { from: '2026-11-19T00:00:00Z', to: '2026-11-20T00:00:00Z', relative: false };
  expect(zoomedOut(day, NOW)).toEqual({ from: '2026-11-18T12:00:00.000Z', to: '2026-11-20T12:00:00.000Z' });
  // 12 hours later would be in the future.
  expect(zoomedOut(rangeOf(query('')), NOW)).toEqual({
    from: '2026-11-19T12:00:00.000Z',
    to: '2026-11-21T12:00:00.000Z',
  });
  const ahead = { from: 'now-1h', to: 'now+1h', relative: true };
  expect(zoomedOut(ahead, NOW)).toEqual({ from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T13:00:00.000Z' });
});

test.each([
  [0, '0 s'],
  [90 * SECOND_MS, '1 min 30 s'],
  [90 * MINUTE_MS, '1 h 30 min'],
  [DAY_MS, '24 h'],
  [2 * DAY_MS, '48 h'],
  [3 * DAY_MS, '3 d'],
  [7 * DAY_MS + HOUR_MS, '7 d 1 h'],
])('a length of %i ms is %s', (ms, text) => {
  expect(lengthText(ms)).toBe(text);
});

test('both ends in epoch ms', () => {
  expect(boundsOf(rangeOf(query('from=now-1h')), NOW)).toEqual({ fromMs: NOW - HOUR_MS, endMs: NOW });
});

// Each label says the length of its range.
test.each([
  ['now-1h', 'Last hour', 3600],
  ['now-6h', 'Last 6 hours', 6 * 3600],
  ['now-24h', 'Last 24 hours', 24 * 3600],
  ['now-3d', 'Last 3 days', 72 * 3600],
  ['now-7d', 'Last 7 days', 168 * 3600],
  ['now-30d', 'Last 30 days', 720 * 3600],
  ['now-90d', 'Last 90 days', 2160 * 3600],
  ['now-365d', 'Last year', 8760 * 3600],
])('the preset %s is called "%s"', (from, label, seconds) => {
  expect(PRESETS).toContain(from);
  expect(rangeLabel(rangeOf(query(`from=${from}`)), 'utc')).toBe(label);
  expect(NOW - toMs(from, NOW)).toBe(seconds * 1000);
});

test('refreshing is off, or happens every 10 s, 30 s or minute', () => {
  expect(REFRESH_INTERVALS).toEqual([
    ['', 0],
    ['10s', 10_000],
    ['30s', 30_000],
    ['1m', 60_000],
  ]);
});
