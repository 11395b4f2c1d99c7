/**
 * The same event in another form: many at once, with its time truncated to the second as consoles and Logs Insights print it, without a
 * log stream, or after its day was deleted. Each counts once, with what the best copy says.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { Retention } from './retention.ts';

const MIDNIGHT = Date.UTC(2026, 10, 20);
const T = MIDNIGHT + 12 * 60 * MINUTE_MS;
const GROUP = '/aws/lambda/f';
const STREAM = '2026/11/20/[3]0123456789abcdef0123456789abcdef';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (n: number, atMs: number): LogLine => [atMs, `START RequestId: ${id(n)} Version: 3\n`];
const report = (n: number, endMs: number, ms = 10): LogLine => [
  endMs,
  `REPORT RequestId: ${id(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: ${40 + (n % 9)} MB\t\n`,
];
const deliver = (lines: readonly LogLine[], nowMs = T) => store.deliver(GROUP, STREAM, lines, nowMs);
const withoutStream = (lines: readonly LogLine[]) => {
  const batch = delivery(GROUP, STREAM, lines);
  return store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, logStream: '' })) }, T);
};
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });

describe('many warm invocations at once', () => {
  const many = Array.from({ length: 70 }, (_, n) => [start(n, T + 100 * n), report(n, T + 100 * n + 10 + n, 10 + n)]);
  const rows = () =>
    store.rows(
      `SELECT hex(request_id) AS id, end_ms, run_ms, duration_us, billed_ms, invocation.max_memory_mb AS mb, status, log_stream
       FROM invocation JOIN environment ON environment.id = environment_id ORDER BY end_ms`,
    );
  const expected = many.map((_, n) => ({
    id: id(n).replaceAll('-', '').toUpperCase(),
    end_ms: T + 100 * n + 10 + n,
    run_ms: 10 + n,
    duration_us: (10 + n) * 1000,
    billed_ms: 10 + n,
    mb: 40 + (n % 9),
    status: 0,
    log_stream: STREAM,
  }));

  test('each is stored in full', () => {
    expect(deliver(many.flat())).toEqual(outcome(140, 0));
    expect(rows()).toEqual(expected);
    expect(deliver(many.flat())).toEqual(outcome(0, 140));
    expect(rows()).toEqual(expected);
    // 70 × 10 + (0 + 1 + … + 69).
    expect(store.rows('SELECT sum(n) AS n, sum(billed_ms) AS billed FROM rollup_5m')).toEqual([
      { n: 70, billed: 3115 },
    ]);
  });

  test('one that is known already does not keep the others out', () => {
    expect(deliver(many[5] ?? [])).toEqual(outcome(2, 0));
    expect(deliver(many.flat())).toEqual(outcome(138, 2));
    expect(rows()).toEqual(expected);
    expect(store.rows('SELECT sum(n) AS n FROM rollup_5m')).toEqual([{ n: 70 }]);
  });

  test('each is of its own series where the memory size changes among them', () => {
    const resized = many.map((lines, n) =>
      lines.map(
        ([atMs, text]): LogLine => [atMs, n < 36 ? text : text.replace('Memory Size: 128', 'Memory Size: 256')],
      ),
    );
    deliver(resized.flat());
    expect(
      store.rows(
        'SELECT memory_mb AS mb, count(*) AS n, max(end_ms) AS last FROM invocation JOIN series ON series.id = series_id GROUP BY mb',
      ),
    ).toEqual([
      { mb: 128, n: 36, last: T + 3545 },
      { mb: 256, n: 34, last: T + 6979 },
    ]);
  });

  test('with their times to the second, then exactly, each counts once', () => {
    const at = (ms: number) => many.map((_, n) => report(n, T + 1000 * n + ms));
    expect([deliver(at(0)), deliver(at(250)), deliver(at(0))]).toEqual([
      outcome(70, 0),
      outcome(0, 70),
      outcome(0, 70),
    ]);
    expect(store.rows('SELECT end_ms FROM invocation ORDER BY 1').map(({ end_ms: ms }) => Number(ms) - T)).toEqual(
      many.map((_, n) => 1000 * n + 250),
    );
  });

  test('the environment counts all of them', () => {
    deliver(many.flat());
    expect(
      store.rows('SELECT invocations, failures, first_end_ms, last_end_ms, max_memory_mb FROM environment'),
    ).toEqual([{ invocations: 70, failures: 0, first_end_ms: T + 10, last_end_ms: T + 6979, max_memory_mb: 48 }]);
    // From the first START on.
    const seen = [{ first_seen_ms: T, last_seen_ms: T + 6979 }];
    expect(store.rows('SELECT first_seen_ms, last_seen_ms FROM environment')).toEqual(seen);
    expect(store.rows('SELECT first_seen_ms, last_seen_ms FROM function')).toEqual(seen);
    expect(store.rows('SELECT latest_ms, memory_mb, version FROM function')).toEqual([
      { latest_ms: T + 6979, memory_mb: 128, version: '3' },
    ]);
  });
});

test('a START that waited and comes again with its REPORT is a duplicate; the REPORT is new', () => {
  expect(deliver([start(1, T)])).toEqual(outcome(1, 0));
  expect(deliver([start(1, T), report(1, T + 10)])).toEqual(outcome(1, 1));
  expect(store.rows('SELECT run_ms FROM invocation')).toEqual([{ run_ms: 10 }]);
  expect(store.rows('SELECT pending_starts FROM environment')).toEqual([{ pending_starts: 0 }]);
});

test('the number of waiting STARTs is kept', () => {
  deliver([start(1, T), start(2, T + 5), start(2, T + 5)]);
  expect(store.rows('SELECT pending_starts FROM environment')).toEqual([{ pending_starts: 2 }]);
  deliver([report(1, T + 10)]);
  expect(store.rows('SELECT pending_starts FROM environment')).toEqual([{ pending_starts: 1 }]);
});

describe('times truncated to the second', () => {
  const exact: readonly LogLine[] = [start(1, T + 100), report(1, T + 250, 150)];
  const cut: readonly LogLine[] = [start(1, T), report(1, T, 150)];

  test.each([
    ['exact first', [exact, cut]],
    ['cut first', [cut, exact]],
  ])('an invocation, %s', (_, [first = [], second = []]) => {
    expect(deliver(first)).toEqual(outcome(2, 0));
    expect(deliver(second)).toEqual(outcome(0, 2));
    expect(store.rows('SELECT end_ms, run_ms, billed_ms FROM invocation')).toEqual([
      { end_ms: T + 250, run_ms: 150, billed_ms: 150 },
    ]);
    expect(store.rows('SELECT n, billed_ms FROM rollup_1h')).toEqual([{ n: 1, billed_ms: 150 }]);
  });

  const init = 'INIT_REPORT Init Duration: 300.00 ms\tPhase: init\tStatus: timeout\n';
  const inits = () =>
    store.rows('SELECT at_ms, duration_us, status, environment_id > 0 AS placed FROM init_event ORDER BY at_ms');
  const one = { at_ms: T + 123, duration_us: 300_000, status: 'timeout', placed: 1 };

  test.each([
    ['exact, then cut', [() => deliver([[T + 123, init]]), () => deliver([[T, init]])]],
    ['cut, then exact', [() => deliver([[T, init]]), () => deliver([[T + 123, init]])]],
    ['without a stream, then with it', [() => withoutStream([[T + 123, init]]), () => deliver([[T + 123, init]])]],
    ['with a stream, then without', [() => deliver([[T + 123, init]]), () => withoutStream([[T + 123, init]])]],
    ['cut and without a stream, then both', [() => withoutStream([[T, init]]), () => deliver([[T + 123, init]])]],
  ] as const)('an init: %s', (_, [first, second]) => {
    expect(first()).toEqual(outcome(1, 0));
    expect(second()).toEqual(outcome(0, 1));
    expect(inits()).toEqual([one]);
  });

  test('another init in the same second is another one', () => {
    deliver([[T + 123, init]]);
    expect(deliver([[T + 456, init]])).toEqual(outcome(1, 0));
    expect(inits()).toEqual([one, { ...one, at_ms: T + 456 }]);
  });

  const timeout = `2026-11-20T12:00:03.100Z ${id(1)} Task timed out after 3.00 seconds\n`;

  test.each([
    ['exact, then cut', [T + 3100, T + 3000]],
    ['cut, then exact', [T + 3000, T + 3100]],
  ])('a fault: %s', (_, times) => {
    deliver([start(1, T + 100), report(1, T + 3101, 3000)]);
    expect(times.map((atMs) => deliver([[atMs, timeout]]))).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect(store.rows('SELECT at_ms, request_id FROM fault')).toEqual([{ at_ms: T + 3100, request_id: id(1) }]);
  });

  test('faults of two requests in one second are two', () => {
    deliver([[T + 3100, timeout]]);
    expect(deliver([[T + 3100, timeout.replace(id(1), id(2))]])).toEqual(outcome(1, 0));
    expect(store.rows('SELECT request_id FROM fault ORDER BY request_id')).toEqual([
      { request_id: id(1) },
      { request_id: id(2) },
    ]);
  });
});

describe('events of a day that retention has deleted', () => {
  const POLICY = { rawMs: DAY_MS, detailMs: 10 * DAY_MS, historyMs: 30 * DAY_MS, quarantineMs: 30 * DAY_MS };
  const LATER = MIDNIGHT + 11 * DAY_MS;
  const scope = { account: '111122223333', region: 'us-east-1', functionName: 'f', requestId: id(1) };
  const response = {
    kind: 'response' as const,
    ...scope,
    atMs: T + 5,
    firstByteMs: 1,
    responseMs: 2,
    bytes: 3,
  };
  const durable = { kind: 'durable-line' as const, ...scope, execution: 'a/b', operation: '' };

  beforeEach(() => {
    deliver([start(1, T), report(1, T + 10)]);
    store.store([response, durable], T, { atMs: T });
    const retention = new Retention(store.db, POLICY, () => store.writer.forget());
    for (let n = 0; retention.step(LATER); n += 1) if (n > 1000) throw new Error('does not end');
  });

  test('no row comes back, and a dead letter says how many events of which function and day', () => {
    const late = deliver([start(2, T + 50), report(2, T + 60)], LATER);
    expect(late).toMatchObject({ accepted: 0, duplicates: 0, ignored: 2, expired: 2 });
    expect(late.expiredReason).toContain('listed among the dead letters');
    const [{ detail, ...letter } = {}] = store.rows('SELECT reason, detail, seen FROM reject');
    expect(letter).toEqual({ reason: 'day-expired', seen: 2 });
    expect(String(detail)).toMatch(/^f, 2026-11-20: /);
    expect(store.rows("SELECT n FROM counter WHERE name = 'expired'")).toEqual([{ n: 2 }]);
    expect(store.rows('SELECT end_ms FROM invocation')).toEqual([]);
  });

  const record = (type: string, more: object) =>
    JSON.stringify({ time: new Date(T + 5).toISOString(), type, record: more });
  test.each([
    ['START', start(2, T + 5)[1], 'invocation'],
    ['REPORT', report(2, T + 5)[1], 'invocation'],
    ['INIT_START', 'INIT_START Runtime Version: nodejs:20.v1\tRuntime Version ARN: arn:x\n', 'init_event'],
    ['EXTENSION', 'EXTENSION\tName: otel\tState: Ready\tEvents: [INVOKE]\n', 'extension'],
    ['a timeout', `2026-11-20T12:00:00.005Z ${id(2)} Task timed out after 3.00 seconds\n`, 'fault'],
    [
      'runtimeDone',
      record('platform.runtimeDone', { requestId: id(2), status: 'success', metrics: { durationMs: 9 } }),
      'runtime_done',
    ],
  ])('%s alone stays away, and is counted', (_, line, table) => {
    expect(deliver([[T + 5, line]], LATER)).toMatchObject({ accepted: 0, duplicates: 0, expired: 1 });
    expect(store.rows(`SELECT * FROM ${table}`)).toEqual([]);
    expect(store.rows('SELECT * FROM invocation')).toEqual([]);
  });

  test('response times and lines of durable executions are deleted with the day, and stay away', () => {
    const left = () =>
      store.rows('SELECT (SELECT count(*) FROM response) AS response, (SELECT count(*) FROM durable_line) AS durable');
    expect(left()).toEqual([{ response: 0, durable: 0 }]);
    // A response belongs to a line that is counted by itself.
    expect(store.store([response, durable], LATER, { atMs: T })).toMatchObject({ accepted: 0, expired: 1 });
    expect(left()).toEqual([{ response: 0, durable: 0 }]);
    expect(store.rows('SELECT detail FROM reject').map(({ detail }) => String(detail).split(':')[0])).toEqual([
      'records of kind durable-line',
    ]);
  });

  test('the next day is taken', () => {
    expect(deliver([start(3, MIDNIGHT + DAY_MS), report(3, MIDNIGHT + DAY_MS + 10)], LATER)).toEqual(outcome(2, 0));
  });
});
