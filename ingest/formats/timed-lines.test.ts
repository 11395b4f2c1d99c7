/** Rows whose time has no date. */
import { expect, test } from 'vitest';
import { readForm } from '../../test/support/export-forms.ts';

const START = 'START RequestId: 2d5a1b1c-0000-4000-8000-000000000001 Version: $LATEST';

test.each(['03:22:53', '3:22:53 AM', ' 03:22:53.123 '])('rows below %j lack the date of their time', (time) => {
  expect(readForm(`${time}\n${START}\n\n${time}\nError: x\n`)).toMatchObject({
    events: [],
    reasons: ['time-incomplete', 'time-incomplete', 'time-incomplete', 'time-incomplete'],
  });
});

test('lines without any time, and after a complete one, lack a time', () => {
  expect(readForm(`${START}\n`).reasons).toEqual(['line-without-time']);
  expect(readForm(`03:22:53\n2026-11-26T10:00:00Z a\n${START}\n`).reasons).toEqual([
    'time-incomplete',
    'line-without-time',
  ]);
});
