/** Mute times of routes. */
import { expect, test } from 'vitest';
import { isMuteTime } from './routing.ts';

test('mute times: time zone, midnight, daylight saving time', () => {
  const nights = { timeZone: 'Europe/Berlin', weekdays: [5], from: '22:00', to: '06:00' };
  expect(isMuteTime(nights, Date.parse('2026-11-20T21:30:00Z'))).toBe(true); // Friday, 22:30
  expect(isMuteTime(nights, Date.parse('2026-11-20T20:30:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-11-21T04:59:00Z'))).toBe(true); // Saturday morning
  expect(isMuteTime(nights, Date.parse('2026-11-21T05:00:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-07-24T20:30:00Z'))).toBe(true); // In summer 22:30
});
