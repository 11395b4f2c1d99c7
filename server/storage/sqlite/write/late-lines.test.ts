/** What a line adds that comes late, again, without its log stream, or with less in it. Expected rows are worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { FaultEvent, InitEvent } from '../../../../ingest/records/stream-events.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';
const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (n: number, atMs: number): LogLine => [atMs, `START RequestId: ${id(n)} Version: 3\n`];
const report = (n: number, endMs: number, ms = 10, more = ''): LogLine => [
  endMs,
  `REPORT RequestId: ${id(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n${more}`,
];
const deliver = (lines: readonly LogLine[], stream = STREAM) => store.deliver(GROUP, stream, lines, T);
/** Stores events of one log stream; '' is an unknown one. */
const give = (events: Partial<Pick<Batch, 'faults' | 'inits' | 'starts' | 'extensions'>>, logStream = STREAM) => {
  const header = { account: '111122223333', region: 'us-east-1', logGroup: GROUP, functionName: 'f' };
  return store.apply(
    { ...EMPTY_BATCH, streams: [{ ...header, logStream, nameInferred: false, version: '3' }], ...events },
    T,
  );
};
const withoutStream = (lines: readonly LogLine[]) => {
  const batch = delivery(GROUP, STREAM, lines);
  return store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, logStream: '' })) }, T);
};
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });
const rows = () =>
  store.rows(
    `SELECT end_ms - ${T} AS endMs, run_ms AS runMs, log_stream <> '' AS placed, series.version FROM invocation
     JOIN environment ON environment.id = environment_id JOIN series ON series.id = series_id ORDER BY end_ms`,
  );
const environment = (columns: string) => store.rows(`SELECT ${columns} FROM environment WHERE id > 0`);
const staleHours = () =>
  store.rows('SELECT slot_ms AS ms, changes FROM dirty_slot ORDER BY 1').map(({ ms }) => (Number(ms) - T) / HOUR_MS);

describe('START and REPORT', () => {
  const whole = { endMs: 110, runMs: 10, placed: 1, version: '3' };

  test.each([
    ['together, twice', [[start(1, T + 100), report(1, T + 110)]], [[outcome(2, 0)]]],
    [
      'REPORT, then both: START is new',
      [[report(1, T + 110)], [start(1, T + 100), report(1, T + 110)]],
      [[outcome(1, 0)], [outcome(1, 1)]],
    ],
    [
      'START, then both: REPORT is new',
      [[start(1, T + 100)], [start(1, T + 100), report(1, T + 110)]],
      [[outcome(1, 0)], [outcome(1, 1)]],
    ],
    ['REPORT, then START', [[report(1, T + 110)], [start(1, T + 100)]], [[outcome(1, 0)], [outcome(1, 0)]]],
  ] as const)('%s', (_, deliveries, expected) => {
    for (const [at, lines] of deliveries.entries()) expect(deliver(lines)).toEqual(expected[at]?.[0]);
    expect(rows()).toEqual([whole]);
    // Everything once more changes nothing.
    for (const lines of deliveries) expect(deliver(lines)).toEqual(outcome(0, lines.length));
    expect(rows()).toEqual([whole]);
    expect(store.rows('SELECT * FROM pending_start')).toEqual([]);
  });

  test.each([
    [
      'the row without its stream, then START',
      [() => withoutStream([report(1, T + 110)]), () => deliver([start(1, T + 100)])],
    ],
    [
      'START, then the row without its stream',
      [() => deliver([start(1, T + 100)]), () => withoutStream([report(1, T + 110)])],
    ],
    [
      'both without their stream, then START with it',
      [() => withoutStream([start(1, T + 100), report(1, T + 110)]), () => deliver([start(1, T + 100)])],
    ],
  ])('a START says where its attempt ran: %s', (_, deliveries) => {
    for (const one of deliveries) one();
    expect(rows()).toEqual([whole]);
    expect(environment('invocations, pending_starts AS starts')).toEqual([{ invocations: 1, starts: 0 }]);
    expect(store.rows('SELECT n, with_start, unplaced FROM rollup_1d')).toEqual([{ n: 1, with_start: 1, unplaced: 0 }]);
  });

  test('a retry has the same request id, a START and a REPORT of its own', () => {
    deliver([report(1, T + 110), report(1, T + 90_110)]);
    deliver([start(1, T + 90_100)]);
    expect(rows()).toEqual([
      { ...whole, runMs: null },
      { ...whole, endMs: 90_110 },
    ]);
    deliver([start(1, T + 100)]);
    expect(rows()).toEqual([whole, { ...whole, endMs: 90_110 }]);
  });

  test('a START belongs to its own environment only', () => {
    deliver([report(1, T + 110)]);
    expect(deliver([start(1, T + 100)], 'another')).toEqual(outcome(1, 0));
    expect(rows()).toEqual([{ ...whole, runMs: null }]);
    expect(
      store.rows('SELECT log_stream FROM pending_start JOIN environment ON environment.id = environment_id'),
    ).toEqual([{ log_stream: 'another' }]);
  });

  test('version and tenant come from whichever line has them', () => {
    deliver([[T + 110, report(1, T + 110)[1]]], 'without-version');
    const pending = { stream: 0, requestId: id(1), startMs: T + 100, version: '7', tenant: 'blue' };
    give({ starts: [pending] }, 'without-version');
    expect(
      store.rows(
        'SELECT label.text, series.version FROM invocation JOIN label ON label.id = tenant_id JOIN series ON series.id = series_id',
      ),
    ).toEqual([{ text: 'blue', version: '7' }]);
    expect(store.rows('SELECT version FROM function')).toEqual([{ version: '7' }]);
  });

  test('a trace that only one copy names is kept', () => {
    const traced = report(1, T + 110, 10, `XRAY TraceId: ${TRACE}\tSegmentId: 5f8d1a23aa89bd66\tSampled: true\t\n`);
    const read = () => store.rows('SELECT hex(trace_id) AS id, segment_id AS segment, sampled FROM invocation');
    const found = [{ id: '643ACA1D02E095F7341508E00B9B6D2B', segment: '5f8d1a23aa89bd66', sampled: 1 }];
    deliver([report(1, T + 110)]);
    expect(read()).toEqual([{ id: '', segment: null, sampled: null }]);
    expect(deliver([traced])).toEqual(outcome(0, 1));
    expect(read()).toEqual(found);
    deliver([report(1, T + 110)]);
    expect(read()).toEqual(found);
    expect(store.rows('SELECT sum(n) AS n FROM rollup_1d')).toEqual([{ n: 1 }]);
  });
});

describe('faults', () => {
  const fault = (change: Partial<FaultEvent> = {}): FaultEvent => ({
    stream: 0,
    kind: 'error',
    atMs: T + 105,
    requestId: id(1),
    errorType: null,
    message: null,
    stack: null,
    ...change,
  });
  const faults = () =>
    store.rows(
      `SELECT at_ms - ${T} AS ms, request_id AS id, error_type AS type, message, stack, environment_id > 0 AS placed
       FROM fault ORDER BY at_ms, request_id`,
    );
  const row = { ms: 105, id: id(1), type: null, message: null, stack: null, placed: 1 };

  test.each([
    ['without a request id, then with it', [{ requestId: null }, {}]],
    ['with a request id, then without', [{}, { requestId: null }]],
  ])('one line, %s', (_, changes) => {
    const outcomes = changes.map((change) => give({ faults: [fault(change)] }));
    expect(outcomes).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect(faults()).toEqual([row]);
  });

  test.each([
    ['another request', { requestId: id(2) }],
    ['another kind', { kind: 'exit' }],
    ['another millisecond', { atMs: T + 106 }],
  ] as const)('%s is another line', (_, change) => {
    give({ faults: [fault()] });
    expect(give({ faults: [fault(change)] })).toEqual(outcome(1, 0));
    expect(faults()).toHaveLength(2);
  });

  test('the more complete copy keeps what the other said', () => {
    const says = { errorType: 'TypeError', message: 'x is no function', stack: 'at f' };
    give({ faults: [fault({ ...says, requestId: null })] });
    give({ faults: [fault()] });
    expect(faults()).toEqual([{ ...row, type: 'TypeError', message: 'x is no function', stack: 'at f' }]);
  });

  test('what it says itself counts more, at most 2,048 characters', () => {
    give({ faults: [fault({ errorType: 'A', message: 'a', stack: 'a', requestId: null })] });
    give({ faults: [fault({ errorType: 'B', message: 'm'.repeat(2049), stack: 's'.repeat(2049) })] });
    expect(faults()).toEqual([{ ...row, type: 'B', message: 'm'.repeat(2048), stack: 's'.repeat(2048) }]);
  });

  test.each([
    ['without its stream, then with it', ['', STREAM]],
    ['with its stream, then without', [STREAM, '']],
  ])('one line, %s', (_, streams) => {
    const outcomes = streams.map((stream) => give({ faults: [fault()] }, stream));
    expect([outcomes, faults()]).toEqual([[outcome(1, 0), outcome(0, 1)], [row]]);
  });

  test.each([
    ['its own attempt', { requestId: id(1) }, [2, 0]],
    ['the other attempt', { requestId: id(2) }, [0, 2]],
    ['the attempt that was open, without a request id', { requestId: null, atMs: T + 105 }, [2, 0]],
    ['no attempt, if none was open', { requestId: null, atMs: T + 150 }, [0, 0]],
  ])('a fault line applies to %s', (_, change, statuses) => {
    deliver([start(1, T + 100), report(1, T + 110), start(2, T + 200), report(2, T + 210)]);
    const atMs = change.requestId === id(2) ? T + 205 : T + 105;
    give({ faults: [fault({ atMs, ...change })] });
    expect(store.rows('SELECT status FROM invocation ORDER BY end_ms').map(({ status }) => status)).toEqual(statuses);
  });
});

describe('inits', () => {
  const init = (change: Partial<InitEvent> = {}): InitEvent => ({
    stream: 0,
    kind: 'init-start',
    atMs: T + 123,
    durationMs: null,
    phase: null,
    status: null,
    errorType: null,
    initializationType: null,
    runtimeVersion: null,
    runtimeVersionArn: null,
    ...change,
  });
  const first = () => environment(`init_start_ms - ${T} AS ms`).map(({ ms }) => ms);

  test.each([
    ['exact after cut', [123, 0], [123]],
    ['cut after exact', [0, 123], [123]],
    ['an earlier one', [5123, 123], [123]],
    ['a later one', [123, 5123], [123]],
  ])('INIT_START: %s', (_, times, expected) => {
    for (const ms of times) give({ inits: [init({ atMs: T + ms })] });
    expect(first()).toEqual(expected);
  });

  test('kinds, durations and milliseconds tell lines apart; a cut time is that of one in its second', () => {
    give({ inits: [init({ kind: 'init-report', durationMs: 10 })] });
    expect(give({ inits: [init({ kind: 'init-report', atMs: T, durationMs: 10 })] })).toEqual(outcome(0, 1));
    for (const change of [
      { kind: 'init-report', atMs: T, durationMs: 11 },
      { kind: 'restore-report', durationMs: 10 },
      { kind: 'init-report', atMs: T + 124, durationMs: 10 },
      { kind: 'init-report', atMs: T + 1123, durationMs: 10 },
    ] as const)
      expect(give({ inits: [init(change)] })).toEqual(outcome(1, 0));
    expect(store.rows('SELECT count(*) AS n FROM init_event')).toEqual([{ n: 5 }]);
  });

  test('of a line without its stream, its environment is found again', () => {
    give({ inits: [init({ kind: 'init-report', durationMs: 10 })] });
    expect(give({ inits: [init({ kind: 'init-report', durationMs: 10 })] }, '')).toEqual(outcome(0, 1));
    expect(store.rows('SELECT environment_id > 0 AS placed FROM init_event')).toEqual([{ placed: 1 }]);
  });

  test('type and runtime of the environment are those of the first line that names them', () => {
    deliver([start(1, T + 200), report(1, T + 210)]);
    give({
      inits: [init({ initializationType: 'provisioned-concurrency', runtimeVersion: 'a', runtimeVersionArn: 'b' })],
    });
    give({
      inits: [init({ atMs: T + 150, initializationType: 'on-demand', runtimeVersion: 'c', runtimeVersionArn: 'd' })],
    });
    expect(environment('initialization_type AS type, runtime_version AS version, runtime_version_arn AS arn')).toEqual([
      { type: 'provisioned-concurrency', version: 'a', arn: 'b' },
    ]);
  });

  test('a late INIT_START tells that an init ran ahead of its invocation', () => {
    // Init of 100 ms, reported with an invocation five minutes later: the environment was prepared before (proactive).
    const first = report(1, T + 300_110);
    const cold: LogLine = [first[0], first[1].replace('\t\n', '\tInit Duration: 100.00 ms\t\n')];
    deliver([start(1, T + 300_100), cold]);
    const felt = () => store.rows('SELECT cold, user_felt AS felt FROM invocation');
    expect(felt()).toEqual([{ cold: 0, felt: 1 }]);
    give({ inits: [init({ atMs: T })] });
    expect(felt()).toEqual([{ cold: 0, felt: 0 }]);
  });
});

describe('extensions', () => {
  const line = (atMs: number, change: object = {}) => ({
    stream: 0,
    kind: 'extension' as const,
    name: 'agent',
    state: 'Ready',
    detail: `at ${atMs - T}`,
    atMs,
    ...change,
  });
  const stored = () =>
    store.rows(`SELECT name, state, at_ms - ${T} AS ms, detail, environment_id > 0 AS placed FROM extension`);
  const row = { name: 'agent', state: 'Ready', ms: 123, detail: 'at 123', placed: 1 };

  test.each([
    ['again', [123, 123]],
    ['later', [123, 456]],
    ['earlier', [456, 123]],
    ['cut after exact', [123, 0]],
    ['exact after cut', [0, 123]],
  ])('the first line of an environment counts, with its exact time: %s', (_, times) => {
    const outcomes = times.map((ms) => give({ extensions: [line(T + ms)] }));
    expect([outcomes, stored()]).toEqual([[outcome(1, 0), outcome(0, 1)], [row]]);
  });

  test('without its stream it is stored until an environment has it', () => {
    expect(give({ extensions: [line(T + 123)] }, '')).toEqual(outcome(1, 0));
    expect(stored()).toEqual([{ ...row, placed: 0 }]);
    expect(give({ extensions: [line(T + 123)] })).toEqual(outcome(0, 1));
    expect(stored()).toEqual([row]);
    expect(give({ extensions: [line(T + 123)] }, '')).toEqual(outcome(0, 1));
    expect(give({ extensions: [line(T + 123, { state: 'Started' })] })).toEqual(outcome(1, 0));
  });

  // 12:00:00 without a fraction may be 12:00:00.123, not 12:00:01.123.
  test.each([
    ['its exact time is kept', 123, 0, 123],
    ['unless it is of another second', 1123, 0, 0],
    ['or this one is exact', 123, 456, 456],
    ['or the first was truncated', 0, 123, 123],
  ])('without its stream, then with it: %s', (_, first, second, expected) => {
    give({ extensions: [line(T + first)] }, '');
    give({ extensions: [line(T + second)] });
    expect(stored().map(({ ms, placed }) => [ms, placed])).toEqual([[expected, 1]]);
  });

  test('a new fact makes every hour of its environment stale, a repeated one none', () => {
    deliver([start(1, T + 100), report(1, T + 110), start(2, T + 2 * HOUR_MS), report(2, T + 2 * HOUR_MS + 10)]);
    const forget = () => store.db.exec('DELETE FROM dirty_slot');
    forget();
    give({ extensions: [line(T + 123)] });
    expect(staleHours()).toEqual([0, 1, 2]);
    forget();
    give({ extensions: [line(T + 123)] });
    give({ extensions: [line(T + 123)] }, '');
    expect(staleHours()).toEqual([]);
  });
});

test('an environment and its function were seen from the first line to the last, in any order', () => {
  for (const ms of [5000, 1000, 3000, 9000, 2000]) deliver([start(ms, T + ms)]);
  const seen = [{ first: 1000, last: 9000 }];
  const columns = `first_seen_ms - ${T} AS first, last_seen_ms - ${T} AS last`;
  expect([environment(columns), store.rows(`SELECT ${columns} FROM function`)]).toEqual([seen, seen]);
});

test('an update makes its hour and the next start of an environment stale, once; one before all lines none', () => {
  deliver([start(1, T), report(1, T + 10)]);
  deliver([start(2, T + 3 * HOUR_MS), report(2, T + 3 * HOUR_MS + 10)], 'next');
  store.db.exec('DELETE FROM dirty_slot');
  const update = (atMs: number) => ({
    kind: 'deploy-event' as const,
    atMs,
    account: '111122223333',
    region: 'us-east-1',
    functionName: 'f',
    event: 'UpdateFunctionCode' as const,
    codeSha256: null,
    architecture: null,
  });
  store.store([update(T - 1), update(T)], T);
  expect(staleHours()).toEqual([]);
  store.store([update(T + HOUR_MS)], T);
  expect(staleHours()).toEqual([1, 3]);
  store.db.exec('DELETE FROM dirty_slot');
  store.store([update(T + HOUR_MS)], T);
  expect(staleHours()).toEqual([]);
  // No environment started after this one.
  store.store([update(T + 5 * HOUR_MS)], T);
  expect(staleHours()).toEqual([5]);
});
