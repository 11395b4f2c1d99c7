/** Which REPORT and START lines are copies of one attempt, and what the stored row takes from each. Times are worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../../../test/support/telemetry-writer.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const T = Date.UTC(2026, 10, 20, 12);
const GROUP = '/aws/lambda/f';
const STREAM = 'a';

const store = useTelemetryWriter('test');

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = (ms: number, version = '3'): LogLine => [T + ms, `START RequestId: ${id(1)} Version: ${version}\n`];
const report = (endMs: number, ms = 150, more = '', n = 1): LogLine => [
  T + endMs,
  `REPORT RequestId: ${id(n)}\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t${more}\n`,
];
/** Stores a delivery of a log stream; '' is an unknown one. */
const deliver = (lines: readonly LogLine[], logStream = STREAM) => {
  const batch = delivery(GROUP, 'named-below', lines);
  return store.apply({ ...batch, streams: batch.streams.map((one) => ({ ...one, logStream })) }, T);
};
const outcome = (accepted: number, duplicates: number) => ({ accepted, duplicates, ignored: 0, rejected: 0 });
/** End and run of each row, ms after T, and its log stream. */
const rows = () =>
  store
    .rows(
      `SELECT end_ms - ${T} AS endMs, run_ms AS runMs, log_stream AS stream FROM invocation
       JOIN environment ON environment.id = environment_id ORDER BY end_ms, log_stream`,
    )
    .map(Object.values);
const sums = () =>
  store.rows('SELECT sum(n) AS n, sum(with_start) AS started, sum(unplaced) AS unplaced FROM rollup_5m');
const invocations = () =>
  Object.fromEntries(
    store.rows('SELECT log_stream AS stream, invocations AS n FROM environment').map(({ stream, n }) => [stream, n]),
  );

describe('REPORT', () => {
  // A time without milliseconds may be any of its second: of 12:00:01, 1,000 to 1,999.
  test.each([
    ['to the second, then exactly', [1000, 1250], 1250],
    ['exactly, then to the second', [1250, 1000], 1250],
    ['the last millisecond of its second', [1000, 1999], 1999],
    ['without a fraction, twice', [1000, 1000], 1000],
  ])('is one line: %s', (_, [first = 0, second = 0], expected) => {
    expect([deliver([report(first)]), deliver([report(second)])]).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect([rows(), sums()]).toEqual([[[expected, null, STREAM]], [{ n: 1, started: 0, unplaced: 0 }]]);
    expect(invocations()).toEqual({ [STREAM]: 1 });
  });

  test.each([
    ['the next second', 2000, report(2000), STREAM],
    ['the second before', 999, report(999), STREAM],
    ['another Duration', 1250, report(1250, 160), STREAM],
    ['another environment', 1250, report(1250), 'b'],
    ['another request', 1250, report(1250, 150, '', 2), STREAM],
  ] as const)('is another line: %s', (_, ms, line, stream) => {
    deliver([report(1000)]);
    expect(deliver([line], stream)).toEqual(outcome(1, 0));
    expect(rows()).toEqual(
      [
        [1000, null, STREAM],
        [ms, null, stream],
      ].toSorted((a, b) => Number(a[0]) - Number(b[0])),
    );
    expect(sums()).toEqual([{ n: 2, started: 0, unplaced: 0 }]);
  });

  // The JSON format has thousandths of a millisecond. The collector of OpenTelemetry writes hundredths, and does not know the log stream.
  const rounded = (ms: string): LogLine => [T + 1251, report(1251)[1].replace('150.00', ms)];
  test.each([
    ['146.541', '146.54', 1, 146_541],
    ['146.545', '146.55', 1, 146_550],
    ['146.541', '146.55', 2, 146_541],
    ['146.541', '146.542', 2, 146_541],
  ])('%s ms with a log stream and %s ms without are of %d invocations', (exact, other, n, durationUs) => {
    for (const first of [true, false]) {
      const base = first ? 0 : 60_000;
      const at = ([ms, text]: LogLine): LogLine => [ms + base, text];
      const both = [() => deliver([at(rounded(exact))]), () => deliver([at(rounded(other))], '')];
      for (const step of first ? both : both.toReversed()) step();
      const found = store.rows(
        `SELECT duration_us AS durationUs FROM invocation WHERE end_ms = ${T + 1251 + base} ORDER BY duration_us`,
      );
      expect(found.map((row) => row['durationUs'])).toEqual(n === 1 ? [durationUs] : [durationUs, expect.any(Number)]);
    }
    expect(sums()).toMatchObject([{ n: 2 * n }]);
  });

  test('exact times a millisecond apart are two lines', () => {
    deliver([report(1250)]);
    expect(deliver([report(1251)])).toEqual(outcome(1, 0));
    expect(rows()).toHaveLength(2);
  });

  test.each([
    [
      'without its log stream, then with it',
      [
        ['', 1250],
        [STREAM, 1250],
      ],
    ],
    [
      'with its log stream, then without',
      [
        [STREAM, 1250],
        ['', 1250],
      ],
    ],
    [
      'without it and to the second, then with it',
      [
        ['', 1000],
        [STREAM, 1250],
      ],
    ],
    [
      'with it to the second, then without it exactly',
      [
        [STREAM, 1000],
        ['', 1250],
      ],
    ],
    [
      'without it exactly, then with it to the second',
      [
        ['', 1250],
        [STREAM, 1000],
      ],
    ],
  ] as const)('is one line, of its environment, at its exact time: %s', (_, [first, second]) => {
    expect([first, second].map(([stream, ms]) => deliver([report(ms)], stream))).toEqual([
      outcome(1, 0),
      outcome(0, 1),
    ]);
    expect([rows(), sums()]).toEqual([[[1250, null, STREAM]], [{ n: 1, started: 0, unplaced: 0 }]]);
    expect(invocations()).toEqual({ '': 0, [STREAM]: 1 });
  });

  test('is one line without its log stream, to the second and exactly', () => {
    expect([deliver([report(1000)], ''), deliver([report(1250)], '')]).toEqual([outcome(1, 0), outcome(0, 1)]);
    expect([rows(), sums()]).toEqual([[[1250, null, '']], [{ n: 1, started: 0, unplaced: 1 }]]);
  });

  test('of another function is another line', () => {
    deliver([report(1000)]);
    store.deliver('/aws/lambda/g', 'b', [report(1250)], T);
    expect(rows()).toHaveLength(2);
  });
});

describe('both copies say something', () => {
  const both = [
    ['the one with its log stream first', [STREAM, '']],
    ['the one with its log stream second', ['', STREAM]],
  ] as const;
  const read = (columns: string) => Object.values(store.rows(`SELECT ${columns} FROM invocation`)[0] ?? {});

  test.each(both)('the error type of the one with its log stream counts: %s', (_, streams) => {
    for (const stream of streams)
      deliver([report(1250, 150, `Status: error\tError Type: ${stream === '' ? 'Other' : 'TypeError'}\t`)], stream);
    expect(read('status, (SELECT text FROM label WHERE id = error_type_id)')).toEqual([2, 'TypeError']);
  });

  test.each(both)('the error type that only the other has is kept: %s', (_, streams) => {
    for (const stream of streams)
      deliver(
        [report(1250, 150, stream === '' ? 'Status: error\tError Type: TypeError\t' : 'Status: error\t')],
        stream,
      );
    expect(read('(SELECT text FROM label WHERE id = error_type_id)')).toEqual(['TypeError']);
  });

  test.each(both)('a failure that one of them states is one: %s', (_, streams) => {
    deliver([report(1250, 150, 'Status: timeout\t')], streams[0]);
    deliver([report(1250)], streams[1]);
    expect(read('status')).toEqual([1]);
    store.clear();
    deliver([report(1250)], streams[0]);
    deliver([report(1250, 150, 'Status: timeout\t')], streams[1]);
    expect(read('status')).toEqual([1]);
    expect(store.rows('SELECT n, timeouts FROM rollup_1d')).toEqual([{ n: 1, timeouts: 1 }]);
    expect(store.rows('SELECT failures FROM environment ORDER BY id')).toEqual([{ failures: 0 }, { failures: 1 }]);
  });

  // Status error with a type of the runtime is that of a process that exited.
  test.each([
    ['error and timeout', ['error', 'timeout'], 1],
    ['timeout and error', ['timeout', 'error'], 1],
  ])('of two failures the more specific counts: %s', (_, [first, second], expected) => {
    deliver([report(1250, 150, `Status: ${first}\t`)], STREAM);
    deliver([report(1250, 150, `Status: ${second}\t`)], '');
    expect(read('status')).toEqual([expected]);
  });

  test.each(both)('the trace of the one with its log stream counts: %s', (_, streams) => {
    const traces = {
      '': ['1-643aca1d-02e095f7341508e00b9b6d2b', '5f8d1a23aa89bd66', 'false'],
      [STREAM]: ['1-643aca1d-12e095f7341508e00b9b6d2b', '6f8d1a23aa89bd66', 'true'],
    };
    for (const stream of streams) {
      const [trace, segment, sampled] = traces[stream];
      deliver([report(1250, 150, `\nXRAY TraceId: ${trace}\tSegmentId: ${segment}\tSampled: ${sampled}\t`)], stream);
    }
    expect(read('hex(trace_id), segment_id, sampled')).toEqual([
      '643ACA1D12E095F7341508E00B9B6D2B',
      '6f8d1a23aa89bd66',
      1,
    ]);
  });

  test.each(both)('the version that one of them names is that of the row and of the function: %s', (_, streams) => {
    for (const stream of streams) deliver(stream === '' ? [start(1100, '7'), report(1250)] : [report(1250)], stream);
    expect(store.rows('SELECT version, memory_mb FROM invocation JOIN series ON series.id = series_id')).toEqual([
      { version: '7', memory_mb: 128 },
    ]);
    expect(store.rows('SELECT version, memory_mb FROM function')).toEqual([{ version: '7', memory_mb: 128 }]);
    expect(sums()).toEqual([{ n: 1, started: 1, unplaced: 0 }]);
  });

  test.each([
    [
      'exact START, END to the second, then the reverse',
      [start(1100), report(2000, 1350), start(1000), report(2450, 1350)],
    ],
    [
      'START to the second, exact END, then the reverse',
      [start(1000), report(2450, 1350), start(1100), report(2000, 1350)],
    ],
    ['both ENDs, then both STARTs', [report(2000, 1350), report(2450, 1350), start(1000), start(1100)]],
    ['both STARTs, then both ENDs', [start(1100), start(1000), report(2450, 1350), report(2000, 1350)]],
  ])('START and END are taken from the copy in which each is exact: %s', (_, lines) => {
    // START is 1,100 exactly and END 2,450: 1,350 ms apart.
    const outcomes = lines.map((line) => deliver([line]));
    expect(outcomes.filter(({ accepted }) => accepted === 1)).toHaveLength(2);
    expect([rows(), sums()]).toEqual([[[2450, 1350, STREAM]], [{ n: 1, started: 1, unplaced: 0 }]]);
  });

  test('a START that only the second copy has is new', () => {
    deliver([report(2450, 1350)]);
    expect(deliver([start(1000), report(2000, 1350)])).toEqual(outcome(1, 1));
    expect(rows()).toEqual([[2450, 1450, STREAM]]);
    expect(deliver([start(1000), report(2000, 1350)])).toEqual(outcome(0, 2));
  });

  test('a START that only the first copy has stays', () => {
    expect(deliver([start(1000), report(2000, 1350)])).toEqual(outcome(2, 0));
    expect(deliver([report(2450, 1350)])).toEqual(outcome(0, 1));
    expect(rows()).toEqual([[2450, 1450, STREAM]]);
  });
});

describe('a START that comes after its REPORT', () => {
  // END 100,123, Duration 10: the attempt started after 100,123 − 10 − 45,000 = 55,113 and not after its END.
  const END = 100_123;

  test.each([
    ['with its END', 100_123, 0],
    ['Duration before it', 100_113, 10],
    ['as early as it can', 55_114, 45_009],
  ])('completes the row: it started %s', (_, ms, runMs) => {
    for (const stream of [STREAM, '']) {
      store.clear();
      deliver([report(END, 10)], stream);
      expect(deliver([start(ms)])).toEqual(outcome(1, 0));
      expect([rows(), sums()]).toEqual([[[END, runMs, STREAM]], [{ n: 1, started: 1, unplaced: 0 }]]);
      expect(deliver([start(ms)])).toEqual(outcome(0, 1));
      expect(store.rows('SELECT * FROM pending_start')).toEqual([]);
    }
  });

  test.each([
    ['after its END', 100_124],
    ['too early', 55_113],
  ])('waits, because it is of another attempt: it started %s', (_, ms) => {
    for (const stream of [STREAM, '']) {
      store.clear();
      deliver([report(END, 10)], stream);
      expect(deliver([start(ms)])).toEqual(outcome(1, 0));
      expect(rows()).toEqual([[END, null, stream]]);
      expect(store.rows(`SELECT start_ms - ${T} AS ms FROM pending_start`)).toEqual([{ ms }]);
    }
  });

  test('without its log stream it completes a row that has one', () => {
    deliver([report(END, 10)]);
    expect(deliver([start(100_113)], '')).toEqual(outcome(1, 0));
    expect(deliver([start(100_113)], '')).toEqual(outcome(0, 1));
    expect(rows()).toEqual([[END, 10, STREAM]]);
  });

  test('says where a row ran whose START is known without its log stream', () => {
    deliver([start(100_113), report(END, 10)], '');
    expect(deliver([start(100_113)])).toEqual(outcome(0, 1));
    expect([rows(), sums()]).toEqual([[[END, 10, STREAM]], [{ n: 1, started: 1, unplaced: 0 }]]);
    expect(invocations()).toEqual({ '': 0, [STREAM]: 1 });
  });

  test('at another time it does not', () => {
    deliver([start(100_113), report(END, 10)], '');
    expect(deliver([start(100_112)])).toEqual(outcome(1, 0));
    expect(rows()).toEqual([[END, 10, '']]);
  });

  test('exactly, where it was known to the second', () => {
    // END 1,900; START 1,000 truncated, then 1,880.
    deliver([start(1000), report(1900, 20)]);
    expect(rows()).toEqual([[1900, 900, STREAM]]);
    expect(deliver([start(1880)])).toEqual(outcome(0, 1));
    expect(rows()).toEqual([[1900, 20, STREAM]]);
    expect(deliver([start(1000)])).toEqual(outcome(0, 1));
    expect(rows()).toEqual([[1900, 20, STREAM]]);
  });

  test.each([
    ['the first attempt came first', [110, 45_050]],
    ['the retry came first', [45_050, 110]],
  ])('of an attempt and its retry, it is of the earlier, which fits both: %s', (_, ends) => {
    // 45,050 − 10 − 45,000 = 40, so START 100 could be of the retry as well.
    for (const ms of ends) deliver([report(ms, 10)]);
    deliver([start(100)]);
    expect(rows()).toEqual([
      [110, 10, STREAM],
      [45_050, null, STREAM],
    ]);
    deliver([start(45_040)]);
    expect(rows()).toEqual([
      [110, 10, STREAM],
      [45_050, 10, STREAM],
    ]);
  });

  test('in the second of an END that is truncated, it waits for the exact one', () => {
    for (const stream of [STREAM, '']) {
      store.clear();
      deliver([report(0, 150)], stream);
      expect(deliver([start(600)])).toEqual(outcome(1, 0));
      expect(rows()).toEqual([[0, 0, STREAM]]);
      expect(deliver([report(750, 150)])).toEqual(outcome(0, 1));
      expect(rows()).toEqual([[750, 150, STREAM]]);
      expect(store.rows('SELECT * FROM pending_start')).toEqual([]);
    }
  });

  test('its version is that of the row and of the function', () => {
    deliver([report(END, 10)]);
    deliver([start(100_113, '9')]);
    expect(store.rows('SELECT version, memory_mb FROM invocation JOIN series ON series.id = series_id')).toEqual([
      { version: '9', memory_mb: 128 },
    ]);
    expect(store.rows('SELECT version, memory_mb FROM function')).toEqual([{ version: '9', memory_mb: 128 }]);
  });
});
