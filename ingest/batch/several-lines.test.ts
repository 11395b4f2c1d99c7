/** An event that holds several platform lines is divided; where that is ambiguous, it is a dead letter. */
import { expect, test } from 'vitest';
import { batchOf } from '../../test/support/fleet-streams.ts';
import { decodeLambdaEvent } from '../decode/pipeline.ts';
import { COLUMN } from '../records/invocation-columns.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const [A, B] = ['3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c', '4d4d1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c'];

const report = (id: string, more = ''): string =>
  `REPORT RequestId: ${id}\tDuration: 5.50 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t${more}`;

function batch(message: string) {
  const identity = {
    account: '111122223333',
    region: 'eu-west-1',
    logGroup: '/aws/lambda/checkout',
    logStream: '2026/11/20/[$LATEST]aa',
  };
  return batchOf([{ identity, events: [{ timestampMs: AT, message, id: '1' }] }]);
}

function read(message: string) {
  const { invocations, deadLetters } = batch(message);
  return [invocations.n, deadLetters.map(({ reason }) => reason)];
}

const start = (id: string): string => `START RequestId: ${id} Version: $LATEST`;
const end = (id: string): string => `END RequestId: ${id}`;
const TRACE = 'XRAY TraceId: 1-5f8d1a23-02e095f7341508e00b9b6d2b\tSegmentId: 5f8d1a23aa89bd66\tSampled: true\t';

/** The event's time is that of REPORT; its duration of 5.5 ms, rounded, lies between START and it. */
test.each([
  ['END and REPORT', `${end(A)}\n${report(A)}`, 1, [], { events: 2, ignored: 1 }],
  ['START, END and REPORT', `${start(A)}\n${end(A)}\n${report(A)}\n`, 1, [], { events: 3, ignored: 1 }],
  ['with CRLF', `${start(A)}\r\n${end(A)}\r\n${report(A)}\r\n`, 1, [], { events: 3, ignored: 1 }],
  [
    'text of an application in between',
    `${start(A)}\nhello\n  world\n\n${end(A)}\n${report(A)}\nbye`,
    1,
    [],
    { events: 5, ignored: 3 },
  ],
  ['its X-Ray line', `${end(A)}\n${report(A)}\n${TRACE}\n`, 1, [], { events: 2, ignored: 1 }],
  ['the START of the next request', `${end(A)}\n${report(A)}\n${start(B)}`, 1, [[B, AT]], { events: 3, ignored: 1 }],
  ['a START whose REPORT comes later', `${start(A)}\nhello\n${end(A)}`, 0, [[A, AT]], { events: 3, ignored: 2 }],
])('divided: %s', (_, message, invocations, starts, counts) => {
  const found = batch(message);
  expect(found.deadLetters).toEqual([]);
  expect(found.invocations.n).toBe(invocations);
  expect(found.starts.map(({ requestId, startMs }) => [requestId, startMs])).toEqual(starts);
  expect(found.counts).toMatchObject(counts);
});

test('START of a divided event is earlier by the duration, and REPORT has its trace', () => {
  const { invocations } = batch(`${start(A)}\n${report(A)}\n${TRACE}`);
  const field = (name: keyof typeof COLUMN): number => invocations.numbers[COLUMN[name]] ?? Number.NaN;
  expect([field('endMs'), field('startMs'), field('durationMs')]).toEqual([AT, AT - 6, 5.5]);
  expect(field('memoryMb')).toBe(128);
});

test('a fault and the error of a runtime in between belong to the request', () => {
  const fault = `RequestId: ${A} Error: Runtime exited with error: exit status 1\nRuntime.ExitError`;
  const { faults, deadLetters } = batch(`${start(A)}\n${end(A)}\n${report(A)}\n${fault.split('\n')[0]}`);
  expect([faults.map(({ requestId, kind }) => [requestId, kind]), deadLetters]).toEqual([[[A, 'exit']], []]);
  const traceback =
    '[ERROR] KeyError: \'x\'\nTraceback (most recent call last):\n  File "/var/task/a.py", line 1, in handler';
  const thrown = batch(`${start(A)}\n${traceback}\n${end(A)}\n${report(A)}`);
  expect(thrown.faults.map(({ requestId, errorType }) => [requestId, errorType])).toEqual([[A, 'KeyError']]);
});

const context = { raw: 'off', region: '', selfLogGroups: [], replays: true } as const;
const replayed = (payload: Uint8Array) => {
  const decoded = decodeLambdaEvent(Buffer.from(payload), context);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.batch;
};

test.each([
  ['known', '2026/11/20/[$LATEST]aa', '111122223333', 'eu-west-1'],
  ['unknown', '', '', ''],
])('a dead letter keeps time, region and stream for its replay, where they are %s', (_, logStream, account, region) => {
  const identity = { account, region, logGroup: '/aws/lambda/checkout', logStream };
  const message = `${report(A)}\n${report(A)}`;
  const { deadLetters } = batchOf([{ identity, events: [{ timestampMs: AT, message, id: '1' }] }]);
  const payload = deadLetters[0]?.payload ?? new Uint8Array();
  const again = replayed(payload);
  expect(again.deadLetters.map(({ reason }) => reason)).toEqual(['several-lines']);
  // As a later version could read it.
  const text = Buffer.from(payload)
    .toString()
    .replace(JSON.stringify(message), JSON.stringify(report(A)));
  const { streams: headers, invocations, deadLetters: rest } = replayed(Buffer.from(text));
  expect([rest, headers.map((one) => [one.account, one.region, one.logStream])]).toEqual([
    [],
    [[account, region, logStream]],
  ]);
  expect(invocations.numbers[COLUMN.endMs]).toBe(AT);
});

test('the dead letter of an older version is read when it is replayed', () => {
  const message = `${end(A)}\n${report(A)}`;
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/lambda/checkout',
    logStream: '2026/11/20/[$LATEST]aa',
    subscriptionFilters: [],
    logEvents: [{ id: '1', timestampMs: AT, message }],
  };
  expect(replayed(Buffer.from(JSON.stringify(payload))).invocations.numbers).toEqual(
    batch(message).invocations.numbers,
  );
});

test.each([
  ['START without a line break before REPORT', `START RequestId: ${A} Version: $LATEST${report(A)}`],
  ['two REPORTs of one request', `${report(A)}\n${report(A)}`],
  ['two REPORTs', `${end(A)}\n${report(A)}\n${end(B)}\n${report(B)}`],
  ['two STARTs of one request', `${start(A)}\n${start(A)}`],
  ['an indented line, as an application prints it', `${start(A)}\n  ${end(A)}\n${report(A)}`],
  ['a line that is cut', `${start(A)}\nREPORT RequestId: ${A}`],
  [
    'a JSON record',
    `${start(A)}\n{"time":"2026-11-20T10:00:00Z","type":"platform.end","record":{"requestId":"${A}"}}\n${end(A)}`,
  ],
  ['a trace without its REPORT', `${start(A)}\n${TRACE}\n${end(A)}`],
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
