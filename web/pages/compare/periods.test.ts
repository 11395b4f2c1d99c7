/** Periods that are compared, worked out by hand. */
import { expect, test } from 'vitest';
import { periodsOf, periodText } from './periods.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const RANGE = 'from=2026-11-26T00:00:00Z&to=2026-11-28T00:00:00Z';
const shown = (search: string) => {
  const { before, after, by } = periodsOf(new URLSearchParams(search), NOW);
  return [periodText(before), periodText(after), by].map((text) => text.replaceAll(':00.000Z', ''));
};
const RANGE_TEXT = '2026-11-26T00:00/2026-11-28T00:00';

test.each([
  ['', '2026-11-24T00:00/2026-11-26T00:00', 'previous'],
  ['&with=previous', '2026-11-24T00:00/2026-11-26T00:00', 'previous'],
  ['&with=day', '2026-11-25T00:00/2026-11-27T00:00', 'day'],
  ['&with=week', '2026-11-19T00:00/2026-11-21T00:00', 'week'],
  // Unknown words mean the time right before.
  ['&with=nonsense', '2026-11-24T00:00/2026-11-26T00:00', 'previous'],
])('the range is compared with an earlier time: %j', (search, before, by) => {
  expect(shown(`${RANGE}${search}`)).toEqual([before, RANGE_TEXT, by]);
});

test('around a change: as long as the range, or up to now', () => {
  expect(shown(`${RANGE}&with=2026-11-20T06:00:00Z`)).toEqual([
    '2026-11-18T06:00/2026-11-20T06:00',
    '2026-11-20T06:00/2026-11-22T06:00',
    '2026-11-20T06:00',
  ]);
  // Three hours ago: three hours on either side.
  expect(shown(`${RANGE}&with=2026-11-28T09:00:00Z`)).toEqual([
    '2026-11-28T06:00/2026-11-28T09:00',
    '2026-11-28T09:00/2026-11-28T12:00',
    '2026-11-28T09:00',
  ]);
});

test('bounds of one’s own; one that cannot be read is as if it were not there', () => {
  expect(shown(`${RANGE}&before=2026-11-01/2026-11-02&after=now-2h/now-1h`)).toEqual([
    '2026-11-01T00:00/2026-11-02T00:00',
    '2026-11-28T10:00/2026-11-28T11:00',
    'custom',
  ]);
  expect(shown(`${RANGE}&before=yesterday&after=2026-11-27/2026-11-28`)).toEqual([
    '2026-11-24T00:00/2026-11-26T00:00',
    '2026-11-27T00:00/2026-11-28T00:00',
    'custom',
  ]);
  expect(shown(`${RANGE}&before=1/2/3`)).toEqual(['2026-11-24T00:00/2026-11-26T00:00', RANGE_TEXT, 'previous']);
});
