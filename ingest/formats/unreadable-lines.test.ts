/** A platform line that cannot be read is reported wherever one that can be read is taken: it is no application's text. */
import { expect, test } from 'vitest';
import { GROUP, REPORT, START, T } from '../../test/support/export-forms.ts';
import { readRawText } from './raw-logs.ts';

const UNREADABLE = REPORT.replace(/Duration: [\d.]+ ms/, 'Duration: 1e5 ms');
const REPEATED = `${REPORT.trimEnd()}\tDuration: 999.25 ms`;
const TIME = new Date(T).toISOString();

function read(text: string): { messages: readonly string[]; reasons: readonly string[] } {
  const source = { account: '', region: '', logGroup: GROUP, logStream: '' };
  const { streams, unreadable } = readRawText(text, source);
  return {
    messages: streams.flatMap(({ events }) => events.map(({ message }) => message.trimEnd())),
    reasons: unreadable.map(({ reason }) => reason),
  };
}

test.each([
  ['a number', UNREADABLE],
  ['a field', REPEATED],
])('%s that cannot be read: a line without a time continues no other', (_, line) => {
  expect(read(`${TIME} order 17 accepted\n${line}\n`)).toEqual({
    messages: ['order 17 accepted'],
    reasons: ['line-without-time'],
  });
  expect(read(`${TIME} ${START}\n${line}\n`)).toEqual({ messages: [START.trimEnd()], reasons: ['line-without-time'] });
});

test.each([
  ['a number', UNREADABLE],
  ['a field', REPEATED],
])('%s that cannot be read: the message of a shipper is the line itself', (_, line) => {
  expect(read(`${JSON.stringify({ timestamp: T, message: line })}\n`).messages).toEqual([line.trimEnd()]);
  expect(read(`${JSON.stringify({ date: T / 1000, log: line })}\n`).messages).toEqual([line.trimEnd()]);
});

test('in a member that no tool uses it is reported', () => {
  expect(read(`${JSON.stringify({ time: TIME, payload: { was: UNREADABLE } })}\n`).reasons).toEqual([
    'platform-line-in-unknown-member',
  ]);
});
