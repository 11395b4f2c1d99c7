import { expect, test } from 'vitest';
import { decodeStreams } from '../../../ingest/decode/pipeline.ts';
import { readRawLogs } from '../../../ingest/formats/raw-logs.ts';
import { ImportSummary, sampleOf } from './summary.ts';

const REPORT =
  'Duration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\tInit Duration: 9.00 ms\t';

/** One invocation in a stream of its own; an INIT_START names the region. */
function linesOf(n: number, region: string | null): string {
  const stream = `2026/11/26/[$LATEST]${String(n).repeat(32)}`;
  const init = `INIT_START Runtime Version: nodejs:20.v9\tRuntime Version ARN: arn:aws:lambda:${region}::runtime:0a`;
  const lines = [
    ...(region === null ? [] : [init]),
    `REPORT RequestId: 0000000${n}-0016-4000-8000-000000000016\t${REPORT}`,
  ];
  return lines.map((line) => `2026-11-26T10:00:0${n}.000Z ${stream} ${line}\n`).join('');
}

function headlineOf(text: string): string {
  const source = { account: '', region: '', logGroup: '/aws/lambda/f', logStream: '' };
  const read = readRawLogs(Buffer.from(text), source);
  if (!read.ok) throw new Error(read.message);
  const summary = new ImportSummary();
  summary.add(decodeStreams(read, source, { raw: 'off', region: '', selfLogGroups: [] }), 'a.log');
  return summary.headline();
}

test('streams that do not name their region are of the function whose other streams do', () => {
  expect(headlineOf(linesOf(1, 'eu-west-1') + linesOf(2, null) + linesOf(3, null))).toMatch(
    /^3 invocations of 1 function,/,
  );
  expect(headlineOf(linesOf(1, null) + linesOf(2, null))).toMatch(/^2 invocations of 1 function,/);
  expect(headlineOf(linesOf(1, 'eu-west-1') + linesOf(2, 'eu-west-2') + linesOf(3, null))).toMatch(
    /^3 invocations of 2 functions,/,
  );
});

test('a file of which all lines were ignored is named with the reason and a sample', () => {
  const summary = new ImportSummary();
  const hidden = '2026-11-26T10:00:01.000Z one\nxx | INIT_START Runtime Version: nodejs:22.v31 | yy\n';
  const application = new Set(['application'] as const);
  summary.addIgnored('a.log', 2, sampleOf(hidden), application);
  summary.addIgnored('b.log', 3, sampleOf('2026-11-26T10:00:01.000Z hello\nworld\n'), application);
  const lines = summary.problems();
  expect(summary.headline()).toMatch(/^Nothing was read/);
  expect(lines[0]).toBe('5 lines not read:');
  expect(lines[1]).toMatch(/^ {2}2 × .*form that is not known.*\(a\.log\)\n {6}such as: xx \| INIT_START/);
  expect(lines[2]).toMatch(/^ {2}3 × .*no platform line.*\(b\.log\)\n {6}such as: 2026-11-26T10:00:01\.000Z hello$/);
});

test('a file of control messages says what they are, and others of one kind say theirs', () => {
  const source = { account: '', region: '', logGroup: '', logStream: '' };
  const control = {
    messageType: 'CONTROL_MESSAGE',
    owner: 'CloudwatchLogs',
    logGroup: '',
    logStream: '',
    subscriptionFilters: [],
    logEvents: [
      { id: '', timestamp: 1_510_109_208_016, message: 'CWL CONTROL MESSAGE: Checking health of destination.' },
    ],
  };
  const text = JSON.stringify(control);
  const read = readRawLogs(Buffer.from(`${text}\n${text}\n`), source);
  if (!read.ok) throw new Error(read.message);
  expect([read.streams, read.unreadable, read.ignored]).toEqual([[], [], [['control-message', 2]]]);
  const summary = new ImportSummary();
  summary.addIgnored('c.json', 2, sampleOf(text), new Set(read.ignored.map(([reason]) => reason)));
  summary.addIgnored('d.json', 1, '', new Set(['application', 'control-message'] as const));
  expect(summary.problems()[1]).toMatch(
    /^ {2}2 × Test messages of CloudWatch Logs \(CONTROL_MESSAGE\), which hold no log events\. \(c\.json\)\n/,
  );
  expect(summary.problems()[2]).toMatch(/no platform line/);
});
