/** CSV: the console's "Download search results" and what spreadsheets make of it. */
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

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('any message is read back from a CSV cell', () => {
  expectFormToBeRead(
    (events) =>
      `timestamp,message,logStreamName\n${events
        .map(({ timestampMs, message }) => `${timestampMs},${cell(message)},${cell(STREAM)}\n`)
        .join('')}`,
  );
});

test('any message is read back from a cell of a spreadsheet with semicolons', () => {
  expectFormToBeRead(
    (events) =>
      `timestamp;message\n${events.map(({ timestampMs, message }) => `${timestampMs};${cell(message)}\n`).join('')}`,
    { stream: '' },
  );
});

const VARIANTS: readonly Variant[] = [
  [
    'quoted header, columns in another order',
    `"message","timestamp"\n"${START}\n",${T}\n"${REPORT}\n",${T + 12}\n`,
    '',
  ],
  ['ISO times', `timestamp,message\n${iso(T)},"${START}"\n${iso(T + 12)},"${REPORT}"\n`, ''],
  ['tab separated', `timestamp\tmessage\n${T}\t"${START}"\n${T + 12}\t"${REPORT}"\n`, ''],
  [
    'event id and ingestion time as more columns',
    `eventId,ingestionTime,timestamp,message,logStreamName\n${'3'.repeat(56)},${T + 5},${T},${START},${STREAM}\n${'4'.repeat(56)},${T + 17},${T + 12},"${REPORT}",${STREAM}\n`,
    STREAM,
  ],
  ['no newline at the end', `timestamp,message\n${T},${START}\n${T + 12},"${REPORT}"`, ''],
  ['a blank line before the header', `\n\ntimestamp,message\n${T},${START}\n${T + 12},"${REPORT}"\n`, ''],
  ['capital names', `Timestamp,Message\n${T},${START}\n${T + 12},"${REPORT}"\n`, ''],
  ['Excel names its separator', `sep=;\ntimestamp;message\n${T};${START}\n${T + 12};"${REPORT}"\n`, ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('times in seconds are converted and counted', () => {
  const read = readForm(`timestamp,message\n${T / 1000},${START}\n`);
  expect(read).toMatchObject({ events: [{ timestampMs: T }], converted: 1 });
});

test('a row without a time says so; its neighbours are read', () => {
  const read = readForm(`timestamp,message\n${T},${START}\n,lost\n`);
  expect(read.reasons).toEqual(['row-without-time']);
  expect(read.events).toHaveLength(1);
});
