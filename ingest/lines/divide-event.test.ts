/** Events that hold several lines, as shippers join them; times and parts worked out by hand. */
import { expect, test } from 'vitest';
import { divideEvent } from './divide-event.ts';

const START = 'START RequestId: a Version: 1';
const END = 'END RequestId: a';
const REPORT =
  'REPORT RequestId: a\tDuration: 84.50 ms\tBilled Duration: 85 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB';
const FAULT = 'RequestId: a Error: Runtime exited with error: exit status 1';
const TRACE = 'XRAY TraceId: 1-5b43cb1c-74af0f1ff30ae7c32c96f8ea\tSegmentId: 11f99ff2748d4d07\tSampled: true';
const AT = 1_764_450_000_123;

const divided = (...lines: readonly string[]) =>
  divideEvent({ timestampMs: AT, message: lines.join('\n') }).map(({ message, timestampMs }) => [
    message,
    timestampMs - AT,
  ]);

test.each<[string, readonly string[], readonly (readonly [message: string, laterMs: number])[]]>([
  [
    'all lines of an invocation: START was earlier by the duration, in whole milliseconds',
    [START, END, REPORT],
    [
      [START, -85],
      [END, 0],
      [REPORT, 0],
    ],
  ],
  [
    'START behind its REPORT',
    [REPORT, START],
    [
      [REPORT, 0],
      [START, 0],
    ],
  ],
  [
    'START of another invocation',
    ['START RequestId: b Version: 1', REPORT],
    [
      ['START RequestId: b Version: 1', 0],
      [REPORT, 0],
    ],
  ],
  [
    'two starts, one of them of the report',
    ['START RequestId: b Version: 1', START, REPORT],
    [
      ['START RequestId: b Version: 1', 0],
      [START, -85],
      [REPORT, 0],
    ],
  ],
  [
    'without a REPORT',
    [START, END],
    [
      [START, 0],
      [END, 0],
    ],
  ],
  [
    'a REPORT without a duration',
    [START, 'REPORT RequestId: a\tMax Memory Used: 64 MB'],
    [
      [START, 0],
      ['REPORT RequestId: a\tMax Memory Used: 64 MB', 0],
    ],
  ],
  [
    'a fault',
    [START, FAULT, END],
    [
      [START, 0],
      [FAULT, 0],
      [END, 0],
    ],
  ],
  [
    'blank lines and carriage returns are no part',
    ['', `${START}\r`, '  ', `${END}\r`, ''],
    [
      [START, 0],
      [END, 0],
    ],
  ],
  [
    'lines of an application stay together',
    [START, 'one', '  two', END, 'three'],
    [
      [START, 0],
      ['one\n  two', 0],
      [END, 0],
      ['three', 0],
    ],
  ],
  [
    'a trace belongs to the REPORT before it',
    [REPORT, TRACE, START],
    [
      [`${REPORT}\n${TRACE}`, 0],
      [START, 0],
    ],
  ],
])('%s', (_, lines, parts) => {
  expect(divided(...lines)).toEqual(parts);
});

test.each<[string, readonly string[]]>([
  ['nothing', []],
  ['blanks', ['', ' ']],
  ['one line', [START]],
  ['one line and its trace', [REPORT, TRACE]],
  ['an application’s lines', ['one', 'two']],
  ['lines of an application first', ['one', START, END]],
  ['two reports', [REPORT, REPORT]],
  ['two starts of one request', [START, START, REPORT]],
  ['a trace first', [TRACE, REPORT]],
  ['a trace behind another line', [REPORT, END, TRACE]],
  ['a trace behind an application’s line', [REPORT, 'one', TRACE]],
  ['an init, whose time is not known', [START, 'INIT_REPORT Init Duration: 5 ms']],
  ['the start of an init', ['INIT_START Runtime Version: x', START]],
  ['a restore', [START, 'RESTORE_REPORT Restore Duration: 5 ms']],
  ['an extension', [START, 'EXTENSION\tName: a\tState: Ready\tEvents: []']],
  ['a timeout, which has a time of its own', [START, '2026-11-20T10:00:00.123Z a Task timed out after 3.00 seconds']],
  ['an indented line', [START, ` ${END}`]],
  ['two lines without a newline between', [START, `${END} ${REPORT}`]],
  ['a line that cannot be read', [START, 'REPORT RequestId: a']],
])('%s: not divided', (_, lines) => {
  expect(divided(...lines)).toEqual([]);
});
