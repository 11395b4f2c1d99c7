/** How an invocation, and the one after it, are stored and classified, whatever arrives first. Expected rows are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { EMPTY_BATCH } from '../../../../ingest/records/batch.ts';
import type { FaultEvent } from '../../../../ingest/records/stream-events.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';
const HEADER = {
  account: '111122223333',
  region: 'us-east-1',
  logGroup: GROUP,
  logStream: STREAM,
  functionName: 'f',
  nameInferred: false,
  version: '3',
};

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (n: number, ms: number): LogLine => [T + ms, `START RequestId: ${id(n)} Version: 3\n`];
const report = (n: number, endMs: number, ms: number, more = ''): LogLine => [
  T + endMs,
  `REPORT RequestId: ${id(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: ${60 + n} MB\t${more}\n`,
];
const run = (n: number, startMs: number, ms: number, more = ''): readonly LogLine[] => [
  start(n, startMs),
  report(n, startMs + ms, ms, more),
];
const TIMEOUT = 'Status: timeout\t';
const ERROR = 'Status: error\tError Type: TypeError\t';
const deliver = (lines: readonly LogLine[]) => store.deliver(GROUP, STREAM, lines, T);
const fault = (change: Partial<FaultEvent>) => {
  const line: FaultEvent = {
    stream: 0,
    kind: 'error',
    atMs: T,
    requestId: null,
    errorType: null,
    message: null,
    stack: null,
    ...change,
  };
  return store.apply({ ...EMPTY_BATCH, streams: [HEADER], faults: [line] }, T);
};

const rows = (columns: string) =>
  store.rows(`SELECT ${columns} FROM invocation ORDER BY end_ms, request_id`).map((row) => Object.values(row));
/** Statuses by their end: 0 success, 1 timeout, 2 error, 3 out of memory, 4 exit. */
const statuses = () => rows('status').flat();
/** Kinds of cold starts by their end: 0 on demand, 1 provisioned, 3 suppressed. */
const kinds = () => rows('cold').flat();
const environment = (columns: string) => Object.values(store.rows(`SELECT ${columns} FROM environment`)[0] ?? {});
const staleHours = () =>
  store.rows('SELECT slot_ms AS ms FROM dirty_slot ORDER BY 1').map(({ ms }) => (Number(ms) - T) / HOUR_MS);

/** Every order of the deliveries. */
function orders<A>(given: readonly A[]): readonly (readonly A[])[] {
  return given.length < 2
    ? [given]
    : given.flatMap((one, at) => orders(given.filter((_, other) => other !== at)).map((rest) => [one, ...rest]));
}

describe('a success after a failure', () => {
  const three = [run(1, 100, 3000, TIMEOUT), run(2, 4000, 10), run(3, 5000, 10)];

  test.each(orders([0, 1, 2]))('a timeout makes the next one cold, and only that: order %d %d %d', (...order) => {
    for (const at of order) deliver(three[at] ?? []);
    expect([statuses(), kinds()]).toEqual([
      [1, 0, 0],
      [null, 3, null],
    ]);
    expect(environment(`invocations, failures, first_end_ms - ${T}, last_end_ms - ${T}, last_status`)).toEqual([
      3, 1, 3100, 5010, 0,
    ]);
    expect(store.rows('SELECT n, timeouts, cold_suppressed AS cold, user_felt AS felt FROM rollup_1d')).toEqual([
      { n: 3, timeouts: 1, cold: 1, felt: 1 },
    ]);
  });

  test.each([
    ['the timeout first', [run(1, 100, 1000, TIMEOUT), run(2, 600, 500)]],
    ['the success first', [run(2, 600, 500), run(1, 100, 1000, TIMEOUT)]],
  ])('of two that end together, the failure decides: %s', (_, deliveries) => {
    for (const lines of deliveries) deliver(lines);
    expect(environment('last_status')).toEqual([1]);
    deliver(run(3, 2000, 10));
    expect(kinds()).toEqual([null, null, 3]);
  });

  test('two that end together after a failure are both cold', () => {
    deliver(run(1, 100, 1000, TIMEOUT));
    deliver(run(2, 2000, 500));
    deliver(run(3, 2100, 400));
    expect(kinds()).toEqual([null, 3, 3]);
  });

  test.each([
    ['it comes last', [run(2, 2000, 500), run(3, 2100, 400), run(1, 100, 1000, TIMEOUT)]],
    ['it comes between', [run(3, 2100, 400), run(1, 100, 1000, TIMEOUT), run(2, 2000, 500)]],
  ])('and so they are if %s', (_, deliveries) => {
    for (const lines of deliveries) deliver(lines);
    expect(kinds()).toEqual([null, 3, 3]);
  });

  // An error that the handler reports keeps the environment. What ran ahead of START, but counts in Duration, was an init if it
  // took more than 5 ms: Duration 60, START to END 10, so 50 ms of init.
  test.each([
    ['50 ms before START', 60, 3, 50_000],
    ['6 ms before START', 16, 3, 6000],
    ['5 ms before START', 15, null, null],
  ])('after an error, an init shows in Duration: %s', (_, durationMs, cold, hiddenUs) => {
    const next = [start(2, 1000), report(2, 1010, durationMs)];
    deliver([...run(1, 100, 50, ERROR), ...next]);
    expect(rows('cold, user_felt, hidden_init_us')[1]).toEqual([cold, cold === null ? null : 1, hiddenUs]);
  });

  test('and shows once START has come', () => {
    deliver([...run(1, 100, 50, ERROR), report(2, 1010, 60)]);
    expect(kinds()).toEqual([null, null]);
    deliver([start(2, 1000)]);
    expect(rows('cold, user_felt, hidden_init_us')[1]).toEqual([3, 1, 50_000]);
    expect(store.rows('SELECT n, with_start, cold_suppressed AS cold, user_felt AS felt FROM rollup_5m')).toEqual([
      { n: 2, with_start: 2, cold: 1, felt: 1 },
    ]);
  });

  test('after a success such a Duration is no init, whatever failed before', () => {
    deliver([...run(1, 100, 50), start(2, 1000), report(2, 1010, 60)]);
    expect(kinds()).toEqual([null, null]);
    store.clear();
    deliver([...run(1, 100, 50, ERROR), ...run(2, 1000, 10), start(3, 2000), report(3, 2010, 60)]);
    expect(kinds()).toEqual([null, null, null]);
  });

  test('one that comes late and changes nothing of the next leaves the hours of the next as they are', () => {
    deliver(run(1, 100, 3000, TIMEOUT));
    deliver(run(2, HOUR_MS, 10));
    deliver(run(4, 3 * HOUR_MS, 10));
    store.db.exec('DELETE FROM dirty_slot');
    deliver(run(3, 2 * HOUR_MS, 10));
    expect([kinds(), staleHours()]).toEqual([[null, 3, null, null], [2]]);
  });
});

describe('INIT_REPORT of an init inside an invocation', () => {
  const init = (ms: number, status = 'success'): LogLine => [
    T + ms,
    `INIT_REPORT Init Duration: 500.00 ms\tPhase: invoke\tStatus: ${status}\n`,
  ];
  const two = [...run(1, 0, 1000), ...run(2, 2000, 1000)];

  // The first ends at 1000, the second at 3000.
  test.each([
    ['of the first, at its end', 1000, [3, null]],
    ['of the second, right after the first', 1001, [null, 3]],
    ['of the second, at its end', 3000, [null, 3]],
    ['of one that is still to come', 3001, [null, null]],
  ])('%s', (_, ms, expected) => {
    deliver([init(ms)]);
    deliver(two);
    expect(kinds()).toEqual(expected);
    store.clear();
    deliver(two);
    deliver([init(ms)]);
    expect(kinds()).toEqual(expected);
  });

  test('its time is kept, and whether it was stopped', () => {
    deliver([init(2500), ...two]);
    expect(rows('hidden_init_us, init_timed_out')).toEqual([
      [null, null],
      [500_000, null],
    ]);
    store.clear();
    deliver(two);
    deliver([init(2500, 'timeout')]);
    expect(rows('hidden_init_us, init_timed_out')).toEqual([
      [null, null],
      [500_000, 1],
    ]);
  });

  test('a success that follows the newest one is looked at again, although no invocation failed', () => {
    deliver([...two, init(3500)]);
    deliver(run(3, 4000, 10));
    deliver(run(4, 5000, 10));
    expect(kinds()).toEqual([null, null, 3, null]);
  });

  test('what is known of a cold start already is completed', () => {
    deliver([...run(1, 0, 1000, TIMEOUT), ...run(2, 2000, 1000)]);
    const second = () => rows('cold, hidden_init_us, init_timed_out')[1];
    expect(second()).toEqual([3, null, null]);
    // The init that it repeats was stopped: how long its own took is not known.
    deliver([[T + 1500, 'INIT_REPORT Init Duration: 9000.00 ms\tPhase: init\tStatus: timeout\n']]);
    expect(second()).toEqual([3, null, 1]);
    deliver([init(2500)]);
    expect(second()).toEqual([3, 500_000, 1]);
  });

  test('several of one invocation add up', () => {
    deliver([init(2100, 'timeout'), init(2700), ...two]);
    expect(rows('hidden_init_us, init_timed_out')[1]).toEqual([1_000_000, 1]);
  });
});

describe('a fault line changes a stored invocation', () => {
  test('that succeeded: it counts as a failure, and the next one is cold', () => {
    deliver([...run(1, 100, 3000), ...run(2, 4000, 10), ...run(3, 5000, 10)]);
    fault({ kind: 'timeout', atMs: T + 3100, requestId: id(1) });
    expect([statuses(), kinds()]).toEqual([
      [1, 0, 0],
      [null, 3, null],
    ]);
    expect(environment('failures, last_status')).toEqual([1, 0]);
    expect(store.rows('SELECT timeouts, billed_ms AS billed, failed_billed_ms AS failed FROM rollup_1h')).toEqual([
      // 3000 + 10 + 10
      { timeouts: 1, billed: 3020, failed: 3000 },
    ]);
  });

  test('that is the newest: the next to come is cold', () => {
    deliver(run(1, 100, 3000));
    fault({ kind: 'timeout', atMs: T + 3100, requestId: id(1) });
    expect(environment('failures, last_status')).toEqual([1, 1]);
    deliver(run(2, 4000, 10));
    expect(kinds()).toEqual([null, 3]);
  });

  test('that failed already: it stays one failure, of the more specific kind', () => {
    deliver(run(1, 100, 3000, ERROR));
    fault({ kind: 'oom', atMs: T + 3100, requestId: id(1) });
    fault({ kind: 'error', atMs: T + 3090, requestId: id(1) });
    expect([statuses(), environment('failures, last_status')]).toEqual([[3], [1, 3]]);
    expect(store.rows('SELECT n, errors, ooms FROM rollup_1d')).toEqual([{ n: 1, errors: 0, ooms: 1 }]);
  });

  test('of two that end together, the status that ends the environment stays', () => {
    deliver([...run(1, 100, 900), ...run(2, 200, 800)]);
    fault({ kind: 'timeout', atMs: T + 1000, requestId: id(1) });
    fault({ kind: 'error', atMs: T + 1000, requestId: id(2) });
    expect([statuses(), environment('failures, last_status')]).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  test('its type is that of the invocation, in the hours that it touches', () => {
    deliver([...run(1, 100, 10, ERROR.replace('\tError Type: TypeError', ''))]);
    store.db.exec('DELETE FROM dirty_slot');
    fault({ kind: 'error', atMs: T + 110, requestId: id(1), errorType: 'RangeError' });
    expect(rows('(SELECT text FROM label WHERE id = error_type_id)')).toEqual([['RangeError']]);
    expect(staleHours()).toEqual([0]);
    store.db.exec('DELETE FROM dirty_slot');
    // A further line changes no row, but may say more about the failure.
    fault({ kind: 'error', atMs: T + 109, requestId: id(1) });
    expect(rows('(SELECT text FROM label WHERE id = error_type_id)')).toEqual([['RangeError']]);
    expect(staleHours()).toEqual([0]);
  });

  // The first runs from 100 to 200, the second from 200 to 300.
  test.each([
    ['before both', 99, [0, 0]],
    ['as the first starts', 100, [2, 0]],
    ['while the first runs', 199, [2, 0]],
    ['as the first ends and the second starts', 200, [2, 2]],
    ['while the second runs', 201, [0, 2]],
    ['as the second ends', 300, [0, 2]],
    ['after both', 301, [0, 0]],
  ])('without a request id, it is of the invocation that was open: %s', (_, ms, expected) => {
    deliver([...run(1, 100, 100), ...run(2, 200, 100)]);
    fault({ atMs: T + ms });
    expect(statuses()).toEqual(expected);
    store.clear();
    fault({ atMs: T + ms });
    deliver([...run(1, 100, 100), ...run(2, 200, 100)]);
    expect(statuses()).toEqual(expected);
  });

  test('without a request id, it is of both that were open and end together', () => {
    deliver([...run(1, 100, 100), ...run(2, 150, 50)]);
    fault({ atMs: T + 180 });
    expect(statuses()).toEqual([2, 2]);
  });
});

describe('what is known of the environment as a whole', () => {
  const withInit = 'Init Duration: 100.00 ms\t';
  const initStart: LogLine = [
    T + 10,
    `${JSON.stringify({
      time: new Date(T + 10).toISOString(),
      type: 'platform.initStart',
      record: { initializationType: 'provisioned-concurrency', phase: 'init' },
    })}\n`,
  ];

  test('its type, which comes late, is that of each of its inits', () => {
    deliver([...run(1, 1000, 3000, `${withInit}${TIMEOUT}`), ...run(2, 5000, 10, withInit), ...run(3, 6000, 10)]);
    expect(kinds()).toEqual([0, 0, null]);
    deliver([initStart]);
    expect([kinds(), rows('user_felt').flat()]).toEqual([
      [1, 1, null],
      [0, 0, null],
    ]);
    expect(store.rows('SELECT cold_on_demand AS d, cold_provisioned AS p, user_felt AS felt FROM rollup_5m')).toEqual([
      { d: 0, p: 2, felt: 0 },
    ]);
  });

  test('its type is stored also where nobody waited before it was known', () => {
    // INIT_START five minutes ahead: prepared before a request came.
    const at = 300_000;
    deliver([[T + 10, 'INIT_START Runtime Version: nodejs:22.v35\tRuntime Version ARN: arn:x\n']]);
    deliver(run(1, at, 10, withInit));
    expect(rows('cold, user_felt')).toEqual([[0, 0]]);
    const record = { initializationType: 'provisioned-concurrency', phase: 'init', metrics: { durationMs: 100 } };
    deliver([
      [T + 110, JSON.stringify({ time: new Date(T + 110).toISOString(), type: 'platform.initReport', record })],
    ]);
    expect(rows('cold, user_felt')).toEqual([[1, 0]]);
    expect(store.rows('SELECT cold_on_demand AS d, cold_provisioned AS p FROM rollup_1d')).toEqual([{ d: 0, p: 1 }]);
  });

  test('without a log stream it is not known whether a caller waited', () => {
    const batch = delivery(GROUP, STREAM, run(1, 1000, 10, withInit));
    store.apply({ ...batch, streams: [{ ...HEADER, logStream: '' }] }, T);
    expect(rows('cold, user_felt')).toEqual([[0, null]]);
    expect(
      store.rows('SELECT cold_on_demand AS n, user_felt AS felt, unplaced_cold AS unplaced FROM rollup_1d'),
    ).toEqual([{ n: 1, felt: 0, unplaced: 1 }]);
  });

  test('its bounds and its most memory are those of all invocations, in any order', () => {
    for (const [n, startMs] of [
      [2, 2000],
      [5, 1000],
      [3, 9000],
      [1, 4000],
    ] as const)
      deliver(run(n, startMs, 10));
    // Request n used 60 + n MB.
    expect(environment(`invocations, first_end_ms - ${T}, last_end_ms - ${T}, max_memory_mb`)).toEqual([
      4, 1010, 9010, 65,
    ]);
  });

  test('its init is that of the newest REPORT that names one', () => {
    deliver([...run(1, 1000, 10, withInit), ...run(2, 2000, 10)]);
    expect(environment('init_us')).toEqual([100_000]);
  });
});

describe('an exact END replaces one truncated to the second', () => {
  test('bounds, sums and failures are those of the exact times', () => {
    deliver([...run(1, 100, 100), [T + 2000, report(2, 0, 150, TIMEOUT)[1]]]);
    expect(environment(`first_end_ms - ${T}, last_end_ms - ${T}`)).toEqual([200, 2000]);
    expect(deliver([report(2, 2450, 150, TIMEOUT)])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(environment(`invocations, failures, first_end_ms - ${T}, last_end_ms - ${T}, last_status`)).toEqual([
      2, 1, 200, 2450, 1,
    ]);
    expect(store.rows('SELECT n, timeouts, billed_ms AS billed FROM rollup_5m')).toEqual([
      // 100 + 150
      { n: 2, timeouts: 1, billed: 250 },
    ]);
  });

  test('also of the first one', () => {
    deliver([[T, report(1, 0, 150)[1]], ...run(2, 1100, 100)]);
    deliver([report(1, 450, 150)]);
    expect(environment(`invocations, failures, first_end_ms - ${T}, last_end_ms - ${T}, last_status`)).toEqual([
      2, 0, 450, 1200, 0,
    ]);
  });

  test('and of one in the middle, the neighbours stay as they are', () => {
    deliver([...run(1, 100, 100), [T + 2000, report(2, 0, 150, TIMEOUT)[1]], ...run(3, 4100, 100)]);
    deliver([report(2, 2450, 150, TIMEOUT)]);
    expect(environment(`invocations, failures, first_end_ms - ${T}, last_end_ms - ${T}, last_status`)).toEqual([
      3, 1, 200, 4200, 0,
    ]);
    expect(kinds()).toEqual([null, null, 3]);
  });
});
