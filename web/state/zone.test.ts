/** Zones: offsets are those of the IANA data base, and were looked up by hand. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { fromZoned, isZone, localZone, rememberZone, zoneName, zoneNames, zoneOf, zoneOffsetMs } from './zone.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('the zone of a page', () => {
  const of = (text: string): string => zoneOf(new URLSearchParams(text));

  test('is UTC, the one chosen last, or that of the URL', () => {
    expect(of('')).toBe('utc');
    rememberZone('Asia/Tokyo');
    expect(of('')).toBe('Asia/Tokyo');
    expect(of('tz=local')).toBe('local');
    expect(of('tz=utc')).toBe('utc');
  });

  test('is UTC where there is no zone of that name', () => {
    expect(of('tz=Mars/Olympus')).toBe('utc');
    rememberZone('nowhere');
    expect(of('')).toBe('utc');
  });
});

test('names', () => {
  expect(zoneName('utc')).toBe('UTC');
  expect(zoneName('Asia/Tokyo')).toBe('Asia/Tokyo');
  expect(zoneName('local')).toBe(`Local (${localZone()})`);
  expect([isZone('utc'), isZone('local'), isZone('Asia/Tokyo'), isZone('x y')]).toEqual([true, true, true, false]);
  expect(zoneNames()).toContain('Europe/Berlin');
});

test.each([
  ['utc', '2026-07-01T12:00:00Z', 0],
  ['Europe/Berlin', '2026-01-01T12:00:00Z', HOUR_MS],
  ['Europe/Berlin', '2026-07-01T12:00:00Z', 2 * HOUR_MS],
  // Clocks of 2026 change on 29 March and 25 October at 01:00 UTC.
  ['Europe/Berlin', '2026-03-29T00:59:59Z', HOUR_MS],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', 2 * HOUR_MS],
  ['Europe/Berlin', '2026-10-25T01:00:00Z', HOUR_MS],
  ['Asia/Kathmandu', '2026-07-01T12:00:00Z', 5 * HOUR_MS + 45 * MINUTE_MS],
  ['America/Los_Angeles', '2026-07-01T12:00:00Z', -7 * HOUR_MS],
  ['nowhere', '2026-07-01T12:00:00Z', 0],
])('%s at %s', (zone, at, offset) => {
  expect(zoneOffsetMs(Date.parse(at), zone)).toBe(offset);
  expect(zoneOffsetMs(Date.parse(at), zone), 'once more').toBe(offset);
});

test.each([
  ['2026-07-01T12:00:00Z', '2026-07-01T10:00:00.000Z'],
  ['2026-01-01T00:30:00Z', '2025-12-31T23:30:00.000Z'],
  // 02:30 does not exist on that day: clocks go from 02:00 to 03:00.
  ['2026-03-29T02:30:00Z', '2026-03-29T00:30:00.000Z'],
  ['2026-03-29T03:00:00Z', '2026-03-29T01:00:00.000Z'],
])('clocks of Berlin at %s', (clock, iso) => {
  expect(new Date(fromZoned(Date.parse(clock), 'Europe/Berlin')).toISOString()).toBe(iso);
});
