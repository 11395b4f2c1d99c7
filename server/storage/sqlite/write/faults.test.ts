/** Which invocation a fault line applies to, whether it comes before or after it, and which lines are copies. */
import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const STREAM = 'a';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = (n: number, startMs: number, ms: number, more = ''): readonly LogLine[] => [
  [T + startMs, `START RequestId: ${id(n)} Version: 3\n`],
  [
    T + startMs + ms,
    `REPORT RequestId: ${id(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t${more}\n`,
  ],
];
/** Stores a delivery of a log stream; '' is an unknown one. */
const deliver = (lines: readonly LogLine[], logStream = STREAM, name = 'f') => {
  const batch = delivery(`/aws/lambda/${name}`, 'named-below', lines);
  return store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, logStream })) }, T);
};
/** Stores a fault line, by default an error of request 1 at 12:00:00.105. */
const fault = (change: Partial<FaultEvent> = {}, logStream = STREAM, functionName = 'f') => {
  const scope = { account: '111122223333', region: 'us-east-1', logGroup: `/aws/lambda/${functionName}` };
  const streams = [{ ...scope, functionName, logStream, nameInferred: false, version: null }];
  const line: FaultEvent = {
    stream: 0,
    kind: 'error',
    atMs: T + 105,
    requestId: id(1),
    errorType: null,
    message: null,
    stack: null,
    ...change,
  };
  return store.apply({ ...EMPTY_BATCH, streams, faults: [line] }, T);
};
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });
/** Statuses by their end: 0 success, 1 timeout, 2 error. */
const statuses = () => store.rows('SELECT status FROM invocation ORDER BY end_ms').map(({ status }) => status);
const types = () =>
  store
    .rows('SELECT text FROM invocation LEFT JOIN label ON label.id = error_type_id ORDER BY end_ms')
    .map(({ text }) => text);
const faults = (columns: string) =>
  store
    .rows(
      `SELECT ${columns} FROM fault JOIN environment ON environment.id = environment_id ORDER BY at_ms, kind, request_id`,
    )
    .map(Object.values);

/** The same in both orders. */
function inEitherOrder(lines: () => unknown, line: () => unknown, expected: () => void): void {
  lines();
  line();
  expected();
  store.clear();
  line();
  lines();
  expected();
}

describe('a fault line with a request id', () => {
  // The attempt runs from 100,000 to 100,010. Its lines lie at most 1,000 ms before its start and 10,000 ms after its END.
  test.each([
    ['a second before the start', 99_000, 2],
    ['earlier', 98_999, 0],
    ['ten seconds after the END', 110_010, 2],
    ['later', 110_011, 0],
  ])('is of the attempt %s: %d', (_, ms, expected) => {
    for (const stream of [STREAM, ''])
      inEitherOrder(
        () => deliver(run(1, 100_000, 10)),
        () => fault({ atMs: T + ms }, stream),
        () => {
          expect(statuses()).toEqual([expected]);
          store.clear();
        },
      );
  });

  test('is of the retry whose time it has', () => {
    inEitherOrder(
      () => deliver([...run(1, 100, 10), ...run(1, 90_100, 10)]),
      () => fault({ atMs: T + 90_105 }),
      () => expect(statuses()).toEqual([0, 2]),
    );
  });

  test.each([
    ['its own environment', STREAM, 'f', 2],
    ['an unknown log stream', '', 'f', 2],
    ['another environment', 'b', 'f', 0],
    ['another function', STREAM, 'g', 0],
    ['another function, without its log stream', '', 'g', 0],
  ])('in %s', (_, stream, name, expected) => {
    inEitherOrder(
      () => deliver(run(1, 100, 10)),
      () => fault({}, stream, name),
      () => expect(statuses()).toEqual([expected]),
    );
  });

  test.each([
    ['in any environment', 'b', 'f', 2],
    ['not in another function', 'b', 'g', 0],
  ])('applies to an attempt without its log stream: %s', (_, stream, name, expected) => {
    inEitherOrder(
      () => deliver(run(1, 100, 10), ''),
      () => fault({}, stream, name),
      () => expect(statuses()).toEqual([expected]),
    );
  });

  test('counts as a failure of the environment of the attempt', () => {
    deliver(run(1, 100, 10));
    fault({}, '');
    expect(
      store.rows('SELECT log_stream AS stream, failures, last_status AS status FROM environment ORDER BY id DESC'),
    ).toEqual([
      { stream: STREAM, failures: 1, status: 2 },
      { stream: '', failures: 0, status: null },
    ]);
    expect(store.rows('SELECT n, errors FROM rollup_5m')).toEqual([{ n: 1, errors: 1 }]);
  });
});

describe('a fault line without a request id', () => {
  test('and without its log stream is of no invocation', () => {
    inEitherOrder(
      () => deliver(run(1, 100, 10)),
      () => fault({ requestId: null }, ''),
      () => expect(statuses()).toEqual([0]),
    );
    inEitherOrder(
      () => deliver(run(1, 100, 10), ''),
      () => fault({ requestId: null }, ''),
      () => expect(statuses()).toEqual([0]),
    );
  });

  test('is of none on managed instances, whose invocations overlap', () => {
    const initStart: LogLine = [
      T,
      JSON.stringify({
        time: new Date(T).toISOString(),
        type: 'platform.initStart',
        record: { initializationType: 'lambda-managed-instances', phase: 'init' },
      }),
    ];
    deliver([initStart]);
    inEitherOrder(
      () => deliver([initStart, ...run(1, 100, 10)]),
      () => {
        deliver([initStart]);
        fault({ requestId: null });
      },
      () => expect(statuses()).toEqual([0]),
    );
    fault();
    expect(statuses()).toEqual([2]);
  });
});

describe('a network error', () => {
  test.each([
    ['with a request id: its type is that of the invocation', id(1), 'ECONNRESET'],
    ['without one: it may be of any', null, null],
  ])('leaves the status, %s', (_, requestId, expected) => {
    inEitherOrder(
      () => deliver(run(1, 100, 10)),
      () => fault({ kind: 'network', errorType: 'ECONNRESET', requestId }),
      () => expect([statuses(), types()]).toEqual([[0], [expected]]),
    );
  });
});

describe('copies', () => {
  test('each column, of a line that is stored twice', () => {
    const says = {
      kind: 'timeout',
      errorType: 'Sandbox.Timedout',
      message: 'Task timed out',
      stack: 'at f\nat g',
    } as const;
    expect([fault(says), fault(says)]).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect(faults(`at_ms - ${T}, kind, request_id, error_type, message, stack, log_stream`)).toEqual([
      [105, 'timeout', id(1), 'Sandbox.Timedout', 'Task timed out', 'at f\nat g', STREAM],
    ]);
  });

  // 12:00:01 without a fraction may be any time from 1,000 to 1,999.
  test.each([
    ['to the second, then exactly', [1000, 1999], [1999]],
    ['exactly, then to the second', [1999, 1000], [1999]],
    ['the next second', [1000, 2000], [1000, 2000]],
    ['the second before', [1000, 999], [999, 1000]],
    ['exact times a millisecond apart', [1500, 1501], [1500, 1501]],
  ])('by their times: %s', (_, times, expected) => {
    for (const stream of [STREAM, '']) {
      store.clear();
      expect(times.map((ms) => fault({ atMs: T + ms }, stream)).at(-1)).toEqual(
        expected.length === 1 ? outcome(0, 1) : outcome(1, 0),
      );
      expect(faults(`at_ms - ${T}`).flat()).toEqual(expected);
    }
  });

  test.each([
    ['the log stream first', [STREAM, '']],
    ['the log stream second', ['', STREAM]],
  ])('one has the exact time, the other the log stream: %s', (_, streams) => {
    const outcomes = streams.map((stream) => fault({ atMs: T + (stream === '' ? 1500 : 1000) }, stream));
    expect(outcomes).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect(faults(`at_ms - ${T}, log_stream`)).toEqual([[1500, STREAM]]);
  });

  test.each([
    ['the request id first', [id(1), null]],
    ['the request id second', [null, id(1)]],
  ])('one has the exact time, the other the request id: %s', (_, ids) => {
    for (const requestId of ids) fault({ atMs: T + (requestId === null ? 1500 : 1000), requestId });
    expect(faults(`at_ms - ${T}, request_id`)).toEqual([[1500, id(1)]]);
  });

  test('without a request id, a line in the second of two others is one of them', () => {
    fault({ atMs: T + 1500 });
    fault({ atMs: T + 1500, requestId: id(2) });
    expect(fault({ atMs: T + 1500, requestId: null })).toEqual(outcome(0, 1));
    expect(faults('request_id').flat()).toEqual([id(1), id(2)]);
  });

  test('in two environments, they are two lines', () => {
    fault({ requestId: null });
    expect(fault({ requestId: null }, 'b')).toEqual(outcome(1, 0));
    expect(faults('log_stream').flat().toSorted()).toEqual(['a', 'b']);
  });

  test('without its log stream it is searched in each environment that was seen then', () => {
    deliver(run(9, 0, 5000), 'b');
    fault({ atMs: T + 1500 });
    expect(fault({ atMs: T + 1000 }, '')).toEqual(outcome(0, 1));
    expect(faults(`at_ms - ${T}, log_stream`)).toEqual([[1500, STREAM]]);
  });

  test('of another function it is another line', () => {
    fault();
    expect(fault({}, '', 'g')).toEqual(outcome(1, 0));
    expect(faults('1')).toHaveLength(2);
  });

  test('a line extends the time in which its environment was seen', () => {
    for (const ms of [5000, 1000, 9000]) fault({ atMs: T + ms });
    expect(store.rows(`SELECT first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last FROM environment`)).toEqual([
      { first: 1000, last: 9000 },
    ]);
  });
});

test('an attempt whose REPORT is truncated to the second keeps the fault when its exact END comes', () => {
  const [, [, text = ''] = []] = run(1, 0, 150);
  deliver([[T, text]]);
  fault({ atMs: T + 400, kind: 'timeout' });
  expect(statuses()).toEqual([1]);
  deliver([[T + 450, text]]);
  expect(statuses()).toEqual([1]);
  expect(store.rows('SELECT failures FROM environment')).toEqual([{ failures: 1 }]);
});
