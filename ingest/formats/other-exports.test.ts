/** Exports of other log services, and lines that nobody should lose without a word. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import { expectVariant, GROUP, iso, REPORT, readForm, START, STREAM, T } from '../../test/support/export-forms.ts';

const lines = [
  [T, START],
  [T + 12, REPORT],
] as const;
const json = (of: (ms: number, message: string) => object): string =>
  lines.map(([ms, message]) => `${JSON.stringify(of(ms, message))}\n`).join('');

const VARIANTS: readonly Variant[] = [
  ['Google Cloud Logging', json((ms, textPayload) => ({ textPayload, timestamp: iso(ms), severity: 'INFO' })), ''],
  ['GELF', json((ms, text) => ({ version: '1.1', host: 'h', short_message: text, timestamp: ms / 1000 })), ''],
  ['ECS', json((ms, original) => ({ '@timestamp': iso(ms), event: { original }, ecs: { version: '8' } })), ''],
  ['Datadog', json((ms, message) => ({ id: 'a', content: { message, timestamp: iso(ms), service: 'f' } })), ''],
  [
    'New Relic',
    JSON.stringify([
      {
        common: { attributes: { aws: { logGroup: GROUP, logStream: STREAM } } },
        logs: lines.map(([timestamp, message]) => ({ timestamp, message })),
      },
    ]),
    STREAM,
  ],
  [
    'Splunk, CSV',
    `"_time","_raw","sourcetype"\n${lines.map(([ms, text]) => `"${iso(ms)}","${text}","aws"\n`).join('')}`,
    '',
  ],
  ['Sumo Logic, CSV', `"_messagetime","_raw"\n${lines.map(([ms, text]) => `"${ms}","${text}"\n`).join('')}`, ''],
  ['line ends of one carriage return', lines.map(([ms, text]) => `${iso(ms)} ${text}\r`).join(''), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test('a platform line in a member that no known tool uses is reported', () => {
  const read = readForm(json((ms, report) => ({ timestamp: iso(ms), details: { report } })));
  expect(read).toMatchObject({ events: [], reasons: lines.map(() => 'platform-line-in-unknown-member') });
});

test('an application’s own JSON lines are not reported', () => {
  const own = { timestamp: iso(T), level: 'INFO', detail: { text: `saw ${REPORT}` }, message: 'REPORT done' };
  expect(readForm(JSON.stringify(own)).reasons).toEqual([]);
});

test.each([
  ['a date of the United States', `11/20/2026, 10:00:00 AM ${START}`],
  ['a numeric date of which the month may come first', `11/20/2026 10:00:00 ${START}`],
])('%s: the reason names the form of the time', (_name, text) => {
  expect(readForm(text).reasons).toEqual(['time-incomplete']);
});
