/** Logs Insights: exports as JSON, CSV and Markdown, and `aws logs get-query-results`. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  blank,
  expectFormToBeRead,
  expectVariant,
  GROUP,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const row = (ms: number, message: string): object => ({
  '@timestamp': blank(ms),
  '@message': message,
  '@logStream': STREAM,
  '@log': `123456789012:${GROUP}`,
});

test('any message is read back from the JSON export', () => {
  expectFormToBeRead((events) =>
    JSON.stringify(
      events.map((one) => row(one.timestampMs, one.message)),
      null,
      2,
    ),
  );
});

test('any message is read back from the CSV export', () => {
  expectFormToBeRead(
    (events) =>
      `@timestamp,@message,@logStream,@log\n${events
        .map(
          (one) => `${blank(one.timestampMs)},"${one.message.replaceAll('"', '""')}",${STREAM},123456789012:${GROUP}\n`,
        )
        .join('')}`,
  );
});

test('any message is read back from get-query-results', () => {
  expectFormToBeRead((events) =>
    JSON.stringify({
      results: events.map((one) => [
        ...Object.entries(row(one.timestampMs, one.message)).map(([field, value]) => ({ field, value: String(value) })),
        { field: '@ptr', value: 'CmEKJgoi' },
      ]),
      statistics: { recordsMatched: events.length },
      status: 'Complete',
    }),
  );
});

const two = (of: (ms: number, message: string) => object): string => JSON.stringify([of(T, START), of(T + 12, REPORT)]);
const VARIANTS: readonly Variant[] = [
  ['NDJSON of rows', [row(T, START), row(T + 12, REPORT)].map((one) => JSON.stringify(one)).join('\n'), STREAM],
  ['without stream and log', two((ms, message) => ({ '@timestamp': blank(ms), '@message': message })), ''],
  [
    'with parsed fields beside the message',
    two((ms, message) => ({ ...row(ms, message), '@requestId': 'x', '@duration': '12.34', '@type': 'REPORT' })),
    STREAM,
  ],
  ['epochs, as SDKs convert them', two((ms, message) => ({ ...row(ms, message), '@timestamp': ms })), STREAM],
  ['newest first, as Insights sorts', JSON.stringify([row(T, START), row(T + 12, REPORT)]), STREAM],
  [
    'the results member alone',
    JSON.stringify([
      [
        { field: '@timestamp', value: blank(T) },
        { field: '@message', value: START },
      ],
      [
        { field: '@timestamp', value: blank(T + 12) },
        { field: '@message', value: REPORT },
      ],
    ]),
    '',
  ],
  ['CSV with the message first', `@message,@timestamp\n${START},${blank(T)}\n"${REPORT}",${blank(T + 12)}\n`, ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test.each([
  ['@ptr alone', JSON.stringify([{ '@ptr': 'CmEK' }]), 'insights-without-message'],
  [
    'CSV of parsed fields',
    '@timestamp,@duration,@billedDuration\n2026-11-26 10:00:01.000,12.34,13\n',
    'insights-without-message',
  ],
  ['messages without times', JSON.stringify([{ '@message': START }]), 'insights-without-timestamp'],
  ['a query that still runs', JSON.stringify({ results: [], status: 'Running' }), 'insights-still-running'],
])('%s is refused with its reason', (_name, text, reason) => {
  expect(readForm(text)).toMatchObject({ events: [], reasons: [reason] });
});
