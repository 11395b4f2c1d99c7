/** `aws logs tail --format short|detailed|json`. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  expectFormToBeRead,
  expectVariant,
  ID,
  iso,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const line = (ms: number, message: string): string => `${iso(ms).replace('Z', '000+00:00')} ${STREAM} ${message}`;

test('any message is read back', () => {
  expectFormToBeRead((events) => events.map((one) => `${line(one.timestampMs, one.message)}\n`).join(''));
});

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const VARIANTS: readonly Variant[] = [
  ['detailed', two(line), STREAM],
  ['short', `2026-11-26T10:00:01.000 ${START}\n2026-11-26T10:00:01.012 ${REPORT}\n`, ''],
  ['detailed with an offset', two((ms, message) => `${berlin(ms)} ${STREAM} ${message}`), STREAM],
  ['colours', two((ms, message) => `\u001b[32m${iso(ms)}\u001b[0m \u001b[36m${STREAM}\u001b[0m ${message}`), STREAM],
  ['blank lines between events', two(line).replaceAll('\n', '\n\n'), STREAM],
  ['json: a message that is JSON comes over several lines', `${two(line)}`, STREAM],
  ['bold, with another reset', two((ms, message) => `\u001b[1;32m${iso(ms)}\u001b[m ${STREAM} ${message}`), STREAM],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('--format json prints the fields of a JSON message over several lines, which stay one event', () => {
  const record = JSON.stringify({ time: iso(T), type: 'platform.start', record: { requestId: ID } }, null, 4);
  expect(readForm(`${line(T, record)}\n`).events).toMatchObject([{ timestampMs: T, message: record, stream: STREAM }]);
});
