/** `cw tail` (time, group, stream and event id before dashes), and `saw` and others that put time and stream in brackets. */
import { test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  blank,
  expectFormToBeRead,
  expectVariant,
  GROUP,
  iso,
  REPORT,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const line = (ms: number, message: string): string => `[${iso(ms)}] (${STREAM}) ${message}`;

test('any message is read back', () => {
  expectFormToBeRead((events) => events.map((one) => `${line(one.timestampMs, one.message)}\n`).join(''));
});

/** cw prints no zone, and whole seconds, which are kept here to tell the events apart. */
const second = (ms: number): string => iso(ms).slice(0, 23);

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  ['time, then stream', two(line), STREAM],
  ['stream, then time', two((ms, message) => `[${STREAM}] [${iso(ms)}] ${message}`), STREAM],
  ['stream in brackets, time without', two((ms, message) => `[${STREAM}] ${iso(ms)} ${message}`), STREAM],
  ['time alone in brackets', two((ms, message) => `[${iso(ms)}] ${message}`), ''],
  ['local time with an offset', two((ms, message) => `[${berlin(ms)}] (${STREAM}) ${message}`), STREAM],
  ['cw tail -t -s', two((ms, message) => `${second(ms)} - ${STREAM} - ${message}`), STREAM],
  ['cw tail -t -n', two((ms, message) => `${second(ms)} - ${GROUP} - ${message}`), ''],
  ['cw tail -t -n -s', two((ms, message) => `${second(ms)} - ${GROUP} - ${STREAM} - ${message}`), STREAM],
  ['cw tail -t -i', two((ms, message) => `${second(ms)} - ${'3'.repeat(56)} - ${message}`), ''],
  [
    'cw tail -t -n -s -i, a group of any name',
    two((ms, message) => `${second(ms)} - checkout-logs - ${STREAM} - ${'3'.repeat(56)} - ${message}`),
    STREAM,
  ],
  ['a dash after the time', two((ms, message) => `${blank(ms)} - ${message}`), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));
