/** An event that holds several platform lines is a dead letter: only one of them has the event's time. */
import { expect, test } from 'vitest';
import { batchOf } from '../../test/support/fleet-streams.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const [A, B] = ['3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c', '4d4d1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c'];

const report = (id: string, more = ''): string =>
  `REPORT RequestId: ${id}\tDuration: 5.50 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t${more}`;

function read(message: string) {
  const identity = {
    account: '111122223333',
    region: 'eu-west-1',
    logGroup: '/aws/lambda/checkout',
    logStream: '2026/11/20/[$LATEST]aa',
  };
  const { invocations, deadLetters } = batchOf([{ identity, events: [{ timestampMs: AT, message, id: '1' }] }]);
  return [invocations.n, deadLetters.map(({ reason }) => reason)];
}

test.each([
  ['END and REPORT', `END RequestId: ${A}\n${report(A)}`],
  ['START, END and REPORT', `START RequestId: ${A} Version: $LATEST\nEND RequestId: ${A}\n${report(A)}`],
  ['START without a line break before REPORT', `START RequestId: ${A} Version: $LATEST${report(A)}`],
  ['two REPORTs of one request', `${report(A)}\n${report(A)}`],
  ['INIT_START and START', `INIT_START Runtime Version: nodejs:20.v1\nSTART RequestId: ${A} Version: 1`],
  ['tabs that a shipper escaped', `END RequestId: ${A}\\nREPORT\\tRequestId: ${A}\\tDuration: 5.50 ms`],
  ['blanks before both', `  END RequestId: ${A}  END RequestId: ${B}`],
])('%s', (_, message) => {
  expect(read(message)).toEqual([0, ['several-lines']]);
});

test.each([
  ['two REPORTs without a word between them', report(A, `RequestId: ${B}\tDuration: 5.50 ms`)],
  ['another duration', report(A, 'Duration: 7.00 ms')],
  ['another size', report(A, 'Memory Size: 256 MB')],
])('a REPORT that contradicts itself: %s', (_, message) => {
  expect(read(message)).toEqual([0, ['field-repeated']]);
});

test.each([
  ['a field twice with one value', report(A, 'Duration: 5.50 ms'), 1],
  ['its X-Ray line', `${report(A)}\nXRAY TraceId: 1-5f8d1a23-02e095f7341508e00b9b6d2b\tSegmentId: 5f8d1a23aa89bd66`, 1],
  ['an END with blanks and text', `END RequestId: ${A}                    and text`, 0],
  ['a REPORT within an application’s line', `agent: ${report(A)}`, 0],
])('read as before: %s', (_, message, invocations) => {
  expect(read(message)).toEqual([invocations, []]);
});
