/** `cw tail` and others that put time and stream in brackets. */
import { test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  blank,
  expectFormToBeRead,
  expectVariant,
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

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  ['time, then stream', two(line), STREAM],
  ['stream, then time', two((ms, message) => `[${STREAM}] [${iso(ms)}] ${message}`), STREAM],
  ['stream in brackets, time without', two((ms, message) => `[${STREAM}] ${iso(ms)} ${message}`), STREAM],
  ['time alone in brackets', two((ms, message) => `[${iso(ms)}] ${message}`), ''],
  ['local time with an offset', two((ms, message) => `[${berlin(ms)}] (${STREAM}) ${message}`), STREAM],
  ['a dash after the time', two((ms, message) => `${blank(ms)} - ${message}`), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));
