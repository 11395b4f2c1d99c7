/** The time range of the URL. Expected times were worked out by hand. */
import { expect, test } from 'vitest';
import { PRESETS, REFRESH_INTERVALS, rangeLabel, rangeOf, refreshMsOf, shifted, toMs } from './range.ts';

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
  expect(rangeLabel(rangeOf(query('')))).toBe('Last 24 hours');
  expect(rangeLabel(rangeOf(query('from=now-365d')))).toBe('Last year');
  expect(rangeLabel(rangeOf(query('from=now-24h&to=now-1h')))).toBe('now-24h – now-1h');
  const [from, to] = ['2026-11-19T03:00:00.000Z', '2026-11-20T04:30:15Z'];
  expect(rangeLabel({ from, to, relative: false })).toBe('2026-11-19 03:00 – 2026-11-20 04:30');
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
  expect(PRESETS).toContainEqual([from, label]);
  expect(NOW - toMs(from, NOW)).toBe(seconds * 1000);
});

test('refreshing is off, or happens every 10 s, 30 s or minute', () => {
  expect(REFRESH_INTERVALS).toEqual([
    ['', 'Off', 0],
    ['10s', '10 s', 10_000],
    ['30s', '30 s', 30_000],
    ['1m', '1 min', 60_000],
  ]);
});
