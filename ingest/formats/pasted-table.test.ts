/** Tables that people paste: Markdown, ASCII with rulers, rows of the console, and expanded rows. */
import { test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import {
  berlin,
  blank,
  expectFormToBeRead,
  expectVariant,
  iso,
  MESSAGES,
  REPORT,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const escaped = (text: string): string => text.replaceAll('|', '\\|');

test('any one-line message is read back from a Markdown table', () => {
  expectFormToBeRead(
    (events) =>
      `| @timestamp | @message | @logStream |\n| --- | --- | --- |\n${events
        .map(({ timestampMs, message }) => `| ${blank(timestampMs)} | ${escaped(message)} | ${STREAM} |\n`)
        .join('')}`,
    { message: MESSAGES.line.filter((text) => !text.includes('\\')) },
  );
});

test('any message is read back from expanded rows, which print it twice', () => {
  expectFormToBeRead(
    (events) =>
      events
        .map(({ timestampMs, message }) => `${iso(timestampMs)}\n${message}\n\n${message.replaceAll('\t', ' ')}\n\n`)
        .join(''),
    { stream: '', normal: (text) => text.replaceAll(/\s+/g, ' ') },
  );
});

const folded = REPORT.replaceAll('\t', ' ').trim();
const VARIANTS: readonly Variant[] = [
  [
    'AWS CLI table of epochs',
    `---------\n|GetLogEvents|\n+-----+\n| timestamp | message |\n+-----+\n| ${T} | ${START} |\n| ${T + 12} | ${REPORT} |\n---------\n`,
    '',
  ],
  [
    'Markdown without outer spaces',
    `|timestamp|message|\n|:--|--:|\n|${iso(T)}|${START}|\n|${iso(T + 12)}|${REPORT}|\n`,
    '',
  ],
  [
    'indented in a quotation',
    `   | timestamp | message |\n   |---|---|\n   | ${iso(T)} | ${START} |\n   | ${iso(T + 12)} | ${REPORT} |\n`,
    '',
  ],
  ['console rows in a zone', `| ${berlin(T)} | ${START} |\n| ${berlin(T + 12)} | ${REPORT} |\n`, ''],
  [
    'console rows between notes of the console',
    `No older events at this moment. Retry\n| ${iso(T)} | ${START} |\n| ${iso(T + 12)} | ${REPORT} |\nNo newer events at this moment.\n`,
    '',
  ],
  [
    'a stream between time and message',
    `| ${iso(T)} | ${STREAM} | ${START} |\n| ${iso(T + 12)} | ${STREAM} | ${REPORT} |\n`,
    STREAM,
  ],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('expanded rows without a second copy', () => {
  expectVariant(`${iso(T)}\n${START}\n${iso(T + 12)}\n${REPORT}\n${folded}\n`, '');
});
