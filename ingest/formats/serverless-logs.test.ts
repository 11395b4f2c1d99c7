/** `serverless logs`: platform lines without a time, others with local time. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  blank,
  expectFormToBeRead,
  expectVariant,
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

test('version 3 leaves the request id out: nothing is made of it', () => {
  const text =
    'START\n2026-11-26 10:00:01.457\tINFO\tHello\nEND Duration: 3.22 ms\tBilled Duration: 4 ms\tMemory Size: 1024 MB\n';
  expect(readForm(text).reasons).toContain('line-without-time');
});
