/** Files in which a tool put the same prefix before every event. The expected times are those that the lines show. */
import { expect, test } from 'vitest';
import type { FormEvent, Variant } from '../../test/support/export-forms.ts';
import {
  blank,
  expectFormToBeRead,
  expectVariant,
  GROUP,
  iso,
  MESSAGES,
  REPORT,
  readForm,
  START,
  STREAM,
  T,
} from '../../test/support/export-forms.ts';

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const record = (ms: number, message: string): string => JSON.stringify({ message, timestamp: ms });
const seconds = (ms: number): string => iso(ms).replace(/\.\d+Z$/, '+00:00');

const VARIANTS: readonly Variant[] = [
  ['fluentd, out_file', two((ms, text) => `${seconds(ms)}\taws.lambda\t${record(ms, text)}`), ''],
  ['fluentd, out_stdout', two((ms, text) => `${blank(ms)}000000 +0000 aws.lambda: ${record(ms, text)}`), ''],
  [
    'fluentd, the time of the line alone',
    two((ms, message) => `${blank(ms)}000000 +0000 cw: ${JSON.stringify({ message, log_stream_name: STREAM })}`),
    STREAM,
  ],
  [
    'fluentd after its own log',
    `2026-11-26 10:00:00 +0000 [info]: #0 starting fluentd worker\n${two(
      (ms, log) => `${blank(ms)} +0000 app: ${JSON.stringify({ log, timestamp: iso(ms) })}`,
    )}`,
    '',
  ],
  ['logcli query', two((ms, text) => `${iso(ms)} {log_group="${GROUP}", log_stream="${STREAM}"} ${text}`), STREAM],
  ['logcli query, labels padded', two((ms, text) => `${iso(ms)} {job="a\\"b"}      ${text}`), ''],
  ['logcli query, no labels but common ones', two((ms, text) => `${iso(ms)} {} ${text}`), ''],
];
test.each(VARIANTS.filter(([name]) => !name.includes('own log')))('%s', (_name, text, stream) =>
  expectVariant(text, stream),
);

test('lines of fluentd itself are application lines beside the events', () => {
  const [, text = ''] = VARIANTS.find(([name]) => name.includes('own log')) ?? [];
  const read = readForm(text);
  expect(read.reasons).toEqual([]);
  expect(read.events.slice(1)).toMatchObject([
    { timestampMs: T, message: START },
    { timestampMs: T + 12, message: REPORT },
  ] satisfies FormEvent[]);
});

test('a logger that prints a tag before JSON does not change how its platform lines are read', () => {
  const own = `${iso(T)} app: ${JSON.stringify({ message: START })}`;
  const read = readForm(`${iso(T)} ${START}\n${iso(T + 1)} INFO one\n${own}\n${iso(T + 12)} ${REPORT}\n`);
  expect(read.events.filter(({ message }) => message.startsWith('START'))).toHaveLength(1);
});

test('a line without a time before the first event is reported', () => {
  expect(readForm(`Common labels: {a="b"}\n${two((ms, text) => `${iso(ms)} {} ${text}`)}`).reasons).toEqual([
    'line-without-time',
  ]);
});

test('lines of blanks are no part of an event, and no problem before the first', () => {
  const text = two((ms, line) => `   \n${iso(ms)} {} ${line}\n \t\n  at handler\n`);
  const read = readForm(text);
  expect(read.reasons).toEqual([]);
  expect(read.events.map(({ message }) => message)).toEqual([`${START}\n  at handler`, `${REPORT}\n  at handler`]);
});

test('a platform line behind other text is reported in these forms, too', () => {
  const read = readForm(two((ms, text) => `${iso(ms)} {} started ${text}`));
  expect(read).toMatchObject({ events: [], reasons: ['platform-line-behind-prefix', 'platform-line-behind-prefix'] });
});

test('law: what logcli prints of any lines is read back', () => {
  expectFormToBeRead(
    (events) =>
      events
        .map(({ timestampMs, message }) => `${iso(timestampMs)} {log_stream="${STREAM}", a="\\"x\\", y"} ${message}\n`)
        .join(''),
    { message: MESSAGES.line },
  );
});
