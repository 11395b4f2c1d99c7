/** Lines of one event that a tool printed with a time each: XRAY of a REPORT, and the type of a failure. */
import { expect, test } from 'vitest';
import { joinedEvents } from './joined-events.ts';

const REPORT = 'REPORT RequestId: a\tDuration: 1 ms\t\n';
const XRAY = 'XRAY TraceId: 1-6ac7c67c-4fb697db28b006524e491c37\tSegmentId: 4a861782660d0257';
const FAULT = 'RequestId: a Error: Runtime exited with error: signal: killed\n';
const TYPE = 'Runtime.ExitError';
const TRACED = `REPORT RequestId: a\tDuration: 1 ms\n${XRAY}`;

const join = (...messages: readonly string[]) =>
  joinedEvents(messages.map((message, at) => ({ id: '', timestampMs: at, message }))).map((event) => event.message);

test.each<readonly [name: string, messages: readonly string[], expected: readonly string[]]>([
  ['a trace', [REPORT, XRAY], [TRACED]],
  ...['Runtime.ExitError', 'Function.Crashed', 'Extension.Crash', 'Sandbox.Timedout', `${TYPE} \n`].map(
    (type) => [`the type ${type}`, [FAULT, type], [`${FAULT}${type}`]] as const,
  ),
  ['two events', ['x', REPORT, XRAY, 'y', FAULT, TYPE, 'z'], ['x', TRACED, 'y', FAULT + TYPE, 'z']],
  ['events beside each other', [REPORT, XRAY, REPORT, XRAY], [TRACED, TRACED]],
])('%s', (_, messages, expected) => {
  expect(join(...messages)).toEqual(expected);
});

test.each([
  ['a trace without its report', [XRAY]],
  ['a trace after another line', ['x', XRAY]],
  ['a trace after a failure', [FAULT, XRAY]],
  ['a type after a report', [REPORT, TYPE]],
  ['a type after another line', ['x', TYPE]],
  ['another type', [FAULT, 'Other.ExitError']],
  ['a type with words after it', [FAULT, `${TYPE} of x`]],
  ['words before a type', [FAULT, `x ${TYPE}`]],
  ['words before a trace', [REPORT, `x ${XRAY}`]],
  ['a report that is quoted', [`x ${REPORT}`, XRAY]],
  ['a failure that is quoted', [`x ${FAULT}`, TYPE]],
  ['an empty message', [REPORT, '']],
])('%s stays as it is', (_, messages) => {
  expect(join(...messages)).toEqual(messages);
});

test('the joined event keeps the time and the id of the first; a line with an id is an event of its own', () => {
  const first = { id: '7', timestampMs: 1, message: REPORT };
  const second = { id: '', timestampMs: 2, message: XRAY };
  expect(joinedEvents([first, second])).toEqual([{ id: '7', timestampMs: 1, message: TRACED }]);
  expect(joinedEvents([first, { ...second, id: '8' }])).toHaveLength(2);
  expect(joinedEvents([])).toEqual([]);
});
