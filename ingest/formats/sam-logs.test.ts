/** `sam logs`: stream, time without a zone, message; times are UTC. */
import { test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import { expectFormToBeRead, expectVariant, iso, REPORT, START, STREAM, T } from '../../test/support/export-forms.ts';

const line = (ms: number, message: string): string => `${STREAM} ${iso(ms).replace('Z', '000')} ${message}`;

test('any message is read back', () => {
  expectFormToBeRead((events) => events.map((one) => `${line(one.timestampMs, one.message)}\n`).join(''));
});

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  ['as it prints', two(line), STREAM],
  ['with Z', two((ms, message) => `${STREAM} ${iso(ms)} ${message}`), STREAM],
  [
    'without a fraction of a second',
    `${STREAM} 2026-11-26T10:00:01 ${START}\n${STREAM} 2026-11-26T10:00:01.012 ${REPORT}\n`,
    STREAM,
  ],
  [
    'colours',
    two((ms, message) => `\u001b[34m${STREAM}\u001b[0m \u001b[33m${iso(ms).slice(0, -1)}\u001b[0m ${message}`),
    STREAM,
  ],
  ['a notice of the command first', `${two(line)}`, STREAM],
  [
    'a published version',
    two((ms, message) => `${STREAM.replace('$LATEST', '12')} ${iso(ms).slice(0, -1)} ${message}`),
    STREAM.replace('$LATEST', '12'),
  ],
  ['CRLF', two(line).replaceAll('\n', '\r\n'), STREAM],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));
