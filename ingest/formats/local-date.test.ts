/** Dates in the forms of spreadsheets and log services. The expected times are written out by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import { blank, expectVariant, iso, REPORT, readForm, START, STREAM, T } from '../../test/support/export-forms.ts';
import { law } from '../../test/support/law.ts';
import { dayOrderOf, readLocalTime } from './local-date.ts';

/** 26 November 2026, 10:00:01 UTC. */
const AT = { ok: true, timestampMs: Date.UTC(2026, 10, 26, 10, 0, 1) } as const;
const EVENING = { ok: true, timestampMs: Date.UTC(2026, 10, 26, 22, 0, 1) } as const;

test.each([
  ['26.11.2026 10:00:01', AT],
  ['26.11.2026 10:00:01,000', AT],
  ['26/11/2026 10:00:01', AT],
  ['26-11-2026, 10:00:01', AT],
  ['11/26/2026 10:00:01 AM', AT],
  ['11/26/2026, 10:00:01 PM', EVENING],
  ['2026/11/26 10:00:01', AT],
  ['Nov 26, 2026 @ 10:00:01.000', AT],
  ['November 26, 2026 10:00:01 am', AT],
  ['Thu, 26 Nov 2026 10:00:01 GMT', AT],
  ['26/Nov/2026:10:00:01 +0000', AT],
  ['26 Nov 2026 11:00:01 +0100', AT],
  ['1.795687201000E+12', AT],
  ['26.11.2026 10:00', { ok: false, reason: 'time-rounded' }],
  ['11/26/2026 10:00 AM', { ok: false, reason: 'time-rounded' }],
  ['1.79569E+12', { ok: false, reason: 'time-rounded' }],
  ['1,79569E+12', { ok: false, reason: 'time-rounded' }],
  ['11/26/2026 13:00:01 PM', { ok: false, reason: 'row-without-time' }],
  ['31.11.2026 10:00:01', { ok: false, reason: 'row-without-time' }],
  ['26 Foo 2026 10:00:01', { ok: false, reason: 'row-without-time' }],
  ['yesterday', { ok: false, reason: 'row-without-time' }],
])('%s', (text, expected) => {
  expect(readLocalTime(text, dayOrderOf([text]))).toEqual(expected);
});

test('one date decides for all; none and two that disagree do not', () => {
  expect(dayOrderOf(['03/04/2026 10:00:00', '13/04/2026 10:00:00'])).toBe('day-first');
  expect(dayOrderOf(['03/04/2026 10:00:00', '04/13/2026 10:00:00'])).toBe('month-first');
  expect(dayOrderOf(['03/04/2026 10:00:00'])).toBe('unknown');
  expect(dayOrderOf(['13/04/2026 10:00:00', '04/13/2026 10:00:00'])).toBe('unknown');
  expect(readLocalTime('03/04/2026 10:00:00', 'unknown')).toEqual({ ok: false, reason: 'date-order-ambiguous' });
});

const csv = (header: string, row: (ms: number, message: string) => string): string =>
  `${header}\n${row(T, START)}\n${row(T + 12, REPORT)}\n`;
const clock = (ms: number): string => blank(ms).slice(11);

const VARIANTS: readonly Variant[] = [
  ['Datadog', csv('"Date","Host","Service","Message"', (ms, text) => `"${iso(ms)}","","orders","${text}\n"`), ''],
  [
    'Grafana',
    csv('"Time","Line","labels","tsNs"', (ms, text) => `"2026-11-26 11:00:01","${text}","{}","${ms}000000"`),
    '',
  ],
  ['Kibana', csv('"@timestamp",message', (ms, text) => `"Nov 26, 2026 @ ${clock(ms)}","${text}"`), ''],
  ['Athena', csv('"time","msg"', (ms, text) => `"${blank(ms)} UTC","${text}"`), ''],
  ['a spreadsheet of Germany', csv('timestamp;message', (ms, text) => `26.11.2026 ${clock(ms)};${text}`), ''],
  [
    'a spreadsheet of the United States',
    csv('timestamp,message', (ms, text) => `"11/26/2026, ${clock(ms)} AM","${text}"`),
    '',
  ],
  [
    'columns of other names',
    csv('log_stream,event_time,content', (ms, text) => `${STREAM},${iso(ms)},"${text}"`),
    STREAM,
  ],
];
describe('CSV', () => {
  test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

  test.each([
    ['03/04/2026 10:00:00', 'date-order-ambiguous'],
    ['1.79569E+12', 'time-rounded'],
    ['soon', 'row-without-time'],
  ])('%s is refused: %s', (time, reason) => {
    expect(readForm(`timestamp,message\n${time},${START}\n`)).toMatchObject({ events: [], reasons: [reason] });
  });
});

test('law: a rendered date is read back, whatever its form', () => {
  const two = (n: number): string => String(n).padStart(2, '0');
  law(
    fc.property(
      fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2099, 0, 1) }),
      fc.constantFrom('day-first' as const, 'month-first' as const),
      fc.constantFrom('/', '-'),
      fc.boolean(),
      (atMs, order, mark, twelve) => {
        const at = new Date(atMs);
        const [day, month] = [two(at.getUTCDate()), two(at.getUTCMonth() + 1)];
        const hour = at.getUTCHours();
        const rest = `${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
        const time = twelve ? `${((hour + 11) % 12) + 1}:${rest} ${hour < 12 ? 'AM' : 'PM'}` : `${two(hour)}:${rest}`;
        const date = (order === 'day-first' ? [day, month] : [month, day])
          .concat(String(at.getUTCFullYear()))
          .join(mark);
        expect(readLocalTime(`${date} ${time}`, order)).toEqual({ ok: true, timestampMs: atMs });
      },
    ),
  );
});
