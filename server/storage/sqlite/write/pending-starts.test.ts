/** STARTs that wait for their REPORT: which are stored, which REPORT takes which, and which wait on. Times are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { PendingStart } from '../../../../ingest/records/stream-events.ts';
import { SECOND_MS } from '../../../../ingest/records/time.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const startLine = (n: number, ms: number): LogLine => [T + ms, `START RequestId: ${id(n)} Version: 3\n`];
/** A REPORT of 10 ms. */
const report = (n: number, endMs: number): LogLine => [
  T + endMs,
  `REPORT RequestId: ${id(n)}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n`,
];
/** Stores a delivery of the log stream, whose name says no version; '' is an unknown one. */
const deliver = (lines: readonly LogLine[], logStream = STREAM) => {
  const batch = delivery(GROUP, 'named-below', lines);
  return store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, logStream })) }, T);
};
/** Stores one START of request 1. */
const give = (ms: number, change: Partial<PendingStart> = {}, logStream = STREAM) => {
  const header = { account: '111122223333', region: 'us-east-1', logGroup: GROUP, functionName: 'f' };
  const streams = [{ ...header, logStream, nameInferred: false, version: null }];
  const start = { stream: 0, requestId: id(1), startMs: T + ms, version: '7', tenant: 'blue', ...change };
  return store.apply({ ...EMPTY_BATCH, streams, starts: [start] }, T);
};
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });
const NEW = outcome(1, 0);
const KNOWN = outcome(0, 1);

/** Times of waiting STARTs, ms after T, with their log streams. */
const waiting = () =>
  store
    .rows(
      `SELECT start_ms - ${T} AS ms, log_stream AS stream FROM pending_start JOIN environment ON environment.id = environment_id
       ORDER BY start_ms, log_stream`,
    )
    .map(({ ms, stream }) => [ms, stream]);
/** How many START lines each environment says are waiting. */
const counts = () =>
  Object.fromEntries(
    store
      .rows('SELECT log_stream AS stream, pending_starts AS n FROM environment')
      .map(({ stream, n }) => [String(stream), n]),
  );
const runs = () =>
  store.rows(`SELECT end_ms - ${T} AS endMs, run_ms AS runMs FROM invocation ORDER BY end_ms`).map(Object.values);

describe('what waits', () => {
  test('a START without its REPORT is stored with all that it says', () => {
    expect(give(100)).toEqual(NEW);
    expect(
      store.rows(
        `SELECT request_id AS id, start_ms AS ms, pending_start.version, tenant, log_stream AS stream FROM pending_start
         JOIN environment ON environment.id = environment_id`,
      ),
    ).toEqual([{ id: id(1), ms: T + 100, version: '7', tenant: 'blue', stream: STREAM }]);
    expect(counts()).toEqual({ [STREAM]: 1 });
    expect(store.rows('SELECT * FROM invocation')).toEqual([]);
  });

  test('it waits once, however often it is delivered', () => {
    expect([give(100), give(100), give(100)]).toEqual([NEW, KNOWN, KNOWN]);
    expect([waiting(), counts()]).toEqual([[[100, STREAM]], { [STREAM]: 1 }]);
  });

  test.each([
    ['a retry of the request', 60_100, {}, STREAM],
    ['the next millisecond', 101, {}, STREAM],
    ['another request', 100, { requestId: id(2) }, STREAM],
    ['another environment', 100, {}, 'other'],
  ])('%s is another START', (_, ms, change, stream) => {
    give(100);
    expect(give(ms, change, stream)).toEqual(NEW);
    expect(waiting()).toEqual(
      [
        [100, STREAM],
        [ms, stream],
      ].toSorted(),
    );
    expect(counts()).toEqual(stream === STREAM ? { [STREAM]: 2 } : { [STREAM]: 1, [stream]: 1 });
  });

  test('of another function, the same request id is another START', () => {
    give(100);
    expect(store.deliver('/aws/lambda/g', 'other', [startLine(1, 100)], T)).toEqual(NEW);
    give(100, {}, '');
    expect(waiting()).toEqual([
      [100, STREAM],
      [100, 'other'],
    ]);
  });

  // A time without milliseconds may be any of its second: 12:00:01.000 to 12:00:01.999.
  test.each([
    ['its exact time comes second', [1000, 1700], [1700]],
    ['its exact time comes first', [1700, 1000], [1700]],
    ['the last millisecond of the second', [1000, 1999], [1999]],
    ['the next second', [1000, 2000], [1000, 2000]],
    ['the second before', [1000, 999], [999, 1000]],
    ['the next second, exactly', [1000, 2001], [1000, 2001]],
  ])('with its time truncated to the second: %s', (_, [first = 0, second = 0], expected) => {
    expect([give(first), give(second)]).toEqual([NEW, expected.length === 1 ? KNOWN : NEW]);
    expect(waiting()).toEqual(expected.map((ms) => [ms, STREAM]));
    expect(counts()).toEqual({ [STREAM]: expected.length });
  });

  test.each([
    ['without its log stream, then with it', ['', STREAM]],
    ['with its log stream, then without', [STREAM, '']],
  ])('%s: it waits in its environment', (_, streams) => {
    expect(streams.map((stream) => give(100, {}, stream))).toEqual([NEW, KNOWN]);
    expect([waiting(), counts()]).toEqual([[[100, STREAM]], { '': 0, [STREAM]: 1 }]);
  });

  test('without its log stream it waits once', () => {
    expect([give(100, {}, ''), give(100, {}, '')]).toEqual([NEW, KNOWN]);
    expect([waiting(), counts()]).toEqual([[[100, '']], { '': 1 }]);
  });

  test.each([
    ['the first copy', [{}, { version: null, tenant: null }]],
    ['the second copy', [{ version: null, tenant: null }, {}]],
    ['one copy each', [{ version: null }, { tenant: null }]],
  ])('version and tenant are kept, whichever copy has them: %s', (_, changes) => {
    for (const change of changes) give(100, change);
    expect(store.rows('SELECT version, tenant FROM pending_start')).toEqual([{ version: '7', tenant: 'blue' }]);
  });

  test('an environment that moved on was seen from its first START to its last', () => {
    for (const ms of [5000, 9000, 1000]) give(ms);
    expect(store.rows(`SELECT first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last FROM environment`)).toEqual([
      { first: 1000, last: 9000 },
    ]);
  });
});

describe('a REPORT takes its START', () => {
  // END 100,123, Duration 10: a START later than 100,123 − 10 − 45,000 = 55,113 and not after END is of this attempt.
  const END = 100_123;

  test.each([
    ['one that started with its END', 100_123, 0],
    ['one that started Duration before', 100_113, 10],
    ['the earliest that can be of the attempt', 55_114, 45_009],
  ])('%s', (_, startMs, runMs) => {
    give(startMs);
    expect(deliver([report(1, END)])).toEqual(NEW);
    expect([runs(), waiting(), counts()]).toEqual([[[END, runMs]], [], { [STREAM]: 0 }]);
  });

  test.each([
    ['one after its END', 100_124, {}, STREAM],
    ['one of an earlier attempt', 55_113, {}, STREAM],
    ['one of another request', 100_113, { requestId: id(2) }, STREAM],
    ['one of another environment', 100_113, {}, 'other'],
  ])('%s waits on', (_, startMs, change, stream) => {
    give(startMs, change, stream);
    deliver([report(1, END)]);
    expect([runs(), waiting(), counts()[stream]]).toEqual([[[END, null]], [[startMs, stream]], 1]);
  });

  test('of two that fit, it takes the newer; the older waits for its own REPORT', () => {
    give(70_000);
    give(100_113);
    deliver([report(1, END)]);
    expect([runs(), waiting(), counts()]).toEqual([[[END, 10]], [[70_000, STREAM]], { [STREAM]: 1 }]);
    deliver([report(1, 70_020)]);
    expect([runs(), waiting()]).toEqual([
      [
        [70_020, 20],
        [END, 10],
      ],
      [],
    ]);
  });

  test('its version and tenant are those of the invocation', () => {
    give(100_113);
    deliver([report(1, END)]);
    expect(
      store.rows(
        `SELECT series.version, label.text AS tenant FROM invocation JOIN series ON series.id = series_id
         JOIN label ON label.id = tenant_id`,
      ),
    ).toEqual([{ version: '7', tenant: 'blue' }]);
  });

  test('with the START in its own delivery, others wait on', () => {
    give(40_000);
    give(100_113, { requestId: id(2) });
    expect(deliver([startLine(1, 100_113), report(1, END)])).toEqual(outcome(2, 0));
    expect([runs(), waiting(), counts()]).toEqual([
      [[END, 10]],
      [
        [40_000, STREAM],
        [100_113, STREAM],
      ],
      { [STREAM]: 2 },
    ]);
  });

  test.each([
    // END 1,900: of a START at 1,000 (truncated) and one at 1,880, the exact one counts: 1,900 − 1,880 = 20.
    ['truncated to the second, then exactly', 1000, 1880],
    ['exactly, then truncated to the second', 1880, 1000],
  ])('a START that waited comes again %s: the exact time counts', (_, first, second) => {
    give(first);
    expect(deliver([startLine(1, second), report(1, 1900)])).toEqual(outcome(1, 1));
    expect([runs(), waiting(), counts()]).toEqual([[[1900, 20]], [], { [STREAM]: 0 }]);
  });

  test('after a restart as before', () => {
    give(100_113);
    store.writer.reset();
    deliver([report(1, END)]);
    expect([runs(), waiting(), counts()]).toEqual([[[END, 10]], [], { [STREAM]: 0 }]);
  });

  test('delivered twice, the REPORT counts once, and keeps the START', () => {
    give(100_113);
    expect([deliver([report(1, END)]), deliver([report(1, END)]), give(100_113)]).toEqual([NEW, KNOWN, KNOWN]);
    expect([runs(), waiting()]).toEqual([[[END, 10]], []]);
  });
});

describe('log streams that are not known', () => {
  test('a REPORT with its log stream takes a START without one', () => {
    give(100, {}, '');
    expect(deliver([report(1, 110)])).toEqual(NEW);
    expect([runs(), waiting(), counts()]).toEqual([[[110, 10]], [], { '': 0, [STREAM]: 0 }]);
  });

  test('a REPORT without one takes a START without one, and stays in no environment', () => {
    give(100, {}, '');
    expect(deliver([report(1, 110)], '')).toEqual(NEW);
    expect([runs(), waiting(), counts()]).toEqual([[[110, 10]], [], { '': 0 }]);
  });

  // END 100,123, Duration 10: the attempt started after 55,113.
  test.each([
    ['a START of its attempt waits: there', 100_113, STREAM],
    ['the earliest START of its attempt waits: there', 55_114, STREAM],
    ['a START of an earlier attempt waits: in none', 55_113, ''],
    ['a later START waits: in none', 100_124, ''],
  ])('a REPORT without one ran where %s', (_, startMs, stream) => {
    give(startMs);
    deliver([report(1, 100_123)], '');
    expect(store.rows('SELECT log_stream AS stream FROM invocation JOIN environment ON id = environment_id')).toEqual([
      { stream },
    ]);
    expect(counts()[STREAM]).toBe(stream === '' ? 1 : 0);
  });

  test('of another function, a START says nothing of where a REPORT ran', () => {
    store.deliver('/aws/lambda/g', STREAM, [startLine(1, 100)], T);
    deliver([report(1, 110)], '');
    expect([runs(), waiting()]).toEqual([[[110, null]], [[100, STREAM]]]);
  });
});

describe('an END that is truncated to the second', () => {
  // START 600 lies after END 0, which is any time until 999.
  test('a START in that second is of the attempt, and waits for the exact END', () => {
    give(600);
    deliver([report(1, 0)]);
    expect([runs(), waiting(), counts()]).toEqual([[[0, 0]], [[600, STREAM]], { [STREAM]: 1 }]);
    expect(deliver([report(1, 750)])).toEqual(KNOWN);
    expect([runs(), waiting(), counts()]).toEqual([[[750, 150]], [], { [STREAM]: 0 }]);
  });

  test('a START in the next second is of another attempt', () => {
    give(SECOND_MS);
    deliver([report(1, 0)]);
    expect([runs(), waiting()]).toEqual([[[0, null]], [[1000, STREAM]]]);
  });
});
