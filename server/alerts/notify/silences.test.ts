/** Silences: from when to when they hold. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { newSilence } from '../../http/contract/silences.ts';
import { isSilenced } from './routing.ts';
import { expireSilence, silenceErrors, silenceOf, silenceState } from './silences.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const matchers = [{ name: 'function', value: 'checkout' }];
const silence = (change: Readonly<Record<string, unknown>> = {}) =>
  silenceOf(newSilence.parse({ matchers, endsAt: '2026-11-21T14:00:00.000Z', ...change }), 's', NOW);

test('a silence holds from now, or its start, to its end', () => {
  expect(silence()).toMatchObject({ id: 's', startsMs: NOW, endsMs: NOW + 2 * HOUR_MS });
  const later = silence({ startsAt: '2026-11-21T13:00:00.000Z' });
  expect(later).toMatchObject({ startsMs: NOW + HOUR_MS, endsMs: NOW + 2 * HOUR_MS });
  const labels = { function: 'checkout' };
  const at = (hours: number) => isSilenced(labels, [later], NOW + hours * HOUR_MS);
  expect([0, 1, 1.5, 2].map(at)).toEqual([false, true, true, false]);
  expect(isSilenced({ function: 'search' }, [later], NOW + 1.5 * HOUR_MS)).toBe(false);
});

test('both ends take any time of RFC 3339', () => {
  // 13:00 and 14:30 UTC.
  const zones = silence({ startsAt: '2026-11-21T08:00:00-05:00', endsAt: '2026-11-21t20:00:00.25+05:30' });
  expect(zones).toMatchObject({ startsMs: NOW + HOUR_MS, endsMs: NOW + 2.5 * HOUR_MS + 250 });
  for (const endsAt of ['2026-11-21', 'in an hour', '2026-11-31T00:00:00Z', '2026-11-21T14:00:00', '1795269600000'])
    expect(newSilence.safeParse({ matchers, endsAt }).error?.issues).toMatchObject([
      { path: ['endsAt'], message: 'expected a time of RFC 3339, such as 2026-11-21T14:00:00Z' },
    ]);
});

test('its state follows from the time', () => {
  const later = silence({ startsAt: '2026-11-21T13:00:00.000Z' });
  const at = (hours: number) => silenceState(later, NOW + hours * HOUR_MS);
  expect([0.99, 1, 1.99, 2].map(at)).toEqual(['pending', 'active', 'active', 'expired']);
});

test('an expired silence ends now; one that has not started never takes effect', () => {
  expect(expireSilence(silence(), NOW + HOUR_MS)).toMatchObject({ startsMs: NOW, endsMs: NOW + HOUR_MS });
  const later = expireSilence(silence({ startsAt: '2026-11-21T13:00:00.000Z' }), NOW);
  expect(later).toMatchObject({ startsMs: NOW, endsMs: NOW });
  expect(silenceState(later, NOW)).toBe('expired');
  // Expiring again changes nothing.
  expect(expireSilence(silence(), NOW + 5 * HOUR_MS).endsMs).toBe(NOW + 2 * HOUR_MS);
});

const problems = (change: Readonly<Record<string, unknown>>) => silenceErrors(silence(change), NOW);

test('the patterns of a silence must be valid', () => {
  expect(problems({})).toEqual([]);
  const broken = { matchers: [{ name: 'function', value: '(', isRegex: true }] };
  expect(problems(broken)).toMatchObject([{ field: 'matchers.0.value' }]);
});

// 366 days after 21 November 2026 at noon is 22 November 2027.
test.each([
  ['its start', { startsAt: '2026-11-21T14:00:00Z' }, 'endsAt: must be after startsAt'],
  ['a start after its end', { startsAt: '2026-11-21T15:00:00Z' }, 'endsAt: must be after startsAt'],
  ['the past', { startsAt: '2026-11-21T10:00:00Z', endsAt: '2026-11-21T12:00:00Z' }, 'endsAt: must be in the future'],
  ['366 days later', { endsAt: '2027-11-22T12:00:00Z' }, ''],
  ['a moment later', { endsAt: '2027-11-22T12:00:00.001Z' }, 'endsAt: expected at most 366 days after startsAt'],
  ['the last year', { endsAt: '9999-12-31T23:59:59Z' }, 'endsAt: expected at most 366 days after startsAt'],
  ['a start in 366 days', { startsAt: '2027-11-22T12:00:00Z', endsAt: '2027-11-22T13:00:00Z' }, ''],
  [
    'a start that nobody waits for',
    { startsAt: '2226-11-21T12:00:00Z', endsAt: '2226-11-22T12:00:00Z' },
    'startsAt: expected at most 366 days from now',
  ],
])('a silence ends in time: %s', (_, change, expected) => {
  expect(
    problems(change)
      .map(({ field, message }) => `${field}: ${message}`)
      .join(),
  ).toBe(expected);
});
