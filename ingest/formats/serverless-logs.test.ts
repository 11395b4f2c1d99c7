/** `serverless logs`: platform lines without a time, others with local time. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  blank,
  expectFormToBeRead,
  expectVariant,
  ID,
  REPORT,
  readForm,
  START,
  T,
} from '../../test/support/export-forms.ts';

const line = (ms: number, message: string): string => `${blank(ms)} (+00:00)\t${message}`;

test('any message is read back', () => {
  expectFormToBeRead((events) => events.map((one) => `${line(one.timestampMs, one.message)}\n`).join(''), {
    stream: '',
  });
});

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  [
    'offset in brackets',
    two((ms, message) => `${berlin(ms).replace('T', ' ').replace('+01:00', ' (+01:00)')} ${message}`),
    '',
  ],
  [
    'offset without brackets',
    two((ms, message) => `${berlin(ms).replace('T', ' ').replace('+01:00', ' +01:00')} ${message}`),
    '',
  ],
  ['UTC by name', two((ms, message) => `${blank(ms)} UTC ${message}`), ''],
  ['comma before the fraction', two((ms, message) => `${blank(ms).replace('.', ',')} ${message}`), ''],
  ['offset without a colon', two((ms, message) => `${berlin(ms).replace('+01:00', '+0100')} ${message}`), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('platform lines without a time are refused with that reason, whatever stands before them', () => {
  const read = readForm(`${START}\n${blank(T)} (+02:00)\tapp\n${REPORT}\n`);
  expect(read.reasons).toEqual(['line-without-time', 'line-without-time']);
});

/** What versions 3 and 4 print of START, REPORT and an application's line: their formatters on GitHub. */
test.each([
  [
    'version 3.0',
    'START\n2026-11-26 10:00:01.457\tINFO\tHello\nEND Duration: 3.22 ms\tBilled Duration: 4 ms\tMemory Size: 1024 MB\n',
  ],
  [
    'version 3, cold',
    'START\n2026-11-26 10:00:01.457\tINFO\tHello\nEND Duration: 3.22 ms (init: 198.57 ms) Memory Used: 55 MB\n',
  ],
  ['version 3, warm', 'START\r\nEND Duration: 3 ms Memory Used: 55 MB\r\n'],
  ['version 3 in colours', '\u001b[90mSTART\u001b[39m\n\u001b[90mEND Duration: 3.22 ms Memory Used: 55 MB\u001b[39m\n'],
  [
    'version 4',
    `START - ${ID} - Version: $LATEST\n2026-11-26 10:00:01.457 - ${ID} - INFO\nHello\nEND - ${ID}\nREPORT - ${ID}\nDuration: 3.22 ms\tBilled Duration: 4 ms\n`,
  ],
])('%s prints platform lines without times: refused once, by its name', (_name, text) => {
  expect(readForm(text)).toMatchObject({ events: [], reasons: ['serverless-logs-without-times'] });
});

test('an application’s own END line is not that output', () => {
  expect(readForm(`${blank(T)} (+00:00)\tapp\nEND Duration: 12 ms\n`).reasons).toEqual([]);
});
