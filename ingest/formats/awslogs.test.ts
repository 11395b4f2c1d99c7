/** `awslogs get`: group, stream, and the time with `--timestamp`. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  expectFormToBeRead,
  expectVariant,
  iso,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const line = (ms: number, message: string): string => `/aws/lambda/orders ${STREAM} ${iso(ms)} ${message}`;

test('any message is read back', () => {
  expectFormToBeRead((events) => events.map((one) => `${line(one.timestampMs, one.message)}\n`).join(''));
});

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  ['--timestamp', two(line), STREAM],
  [
    '--timestamp --ingestion-time',
    two((ms, message) => `/aws/lambda/orders ${STREAM} ${iso(ms)} ${iso(ms + 900)} ${message}`),
    STREAM,
  ],
  ['--no-group --timestamp', two((ms, message) => `${STREAM} ${iso(ms)} ${message}`), STREAM],
  ['--no-stream --timestamp', two((ms, message) => `/aws/lambda/orders ${iso(ms)} ${message}`), ''],
  ['--no-group --no-stream --timestamp', two((ms, message) => `${iso(ms)} ${message}`), ''],
  [
    '--color always',
    two(
      (ms, message) =>
        `\u001b[32m/aws/lambda/orders\u001b[0m \u001b[36m${STREAM}\u001b[0m \u001b[33m${iso(ms)}\u001b[0m ${message}`,
    ),
    STREAM,
  ],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('without --timestamp only the line itself is there: it has no time', () => {
  const read = readForm(`/aws/lambda/orders ${STREAM} ${REPORT}\n`);
  expect(read.events).toEqual([]);
  expect(read.reasons).toEqual(['line-without-time']);
});
