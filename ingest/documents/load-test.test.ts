/** Output of hey. Forms are those of its documentation, with figures worked out by hand, and published summaries. */
import { expect, test } from 'vitest';
import { published } from '../../test/support/published-data.ts';
import { HeyCsvReader, looksLikeHey, looksLikeHeyCsv, readHeySummary } from './load-test.ts';

function readHeyCsv(rows: readonly (readonly string[])[], functionName: string | null) {
  const reader = new HeyCsvReader();
  for (const row of rows) reader.add(row);
  return reader.finish(functionName);
}

const SUMMARY = `
Summary:
  Total:\t2.5000 secs
  Slowest:\t1.2500 secs
  Fastest:\t0.0500 secs
  Average:\t0.2000 secs
  Requests/sec:\t40.0000

Response time histogram:
  0.050 [1]\t|
  0.650 [90]\t|■■■■■■
  1.250 [5]\t|■

Latency distribution:
  10% in 0.0600 secs
  99.9% in 1.2400 secs

Status code distribution:
  [200]\t90 responses
  [502]\t6 responses

Error distribution:
  [3]\tGet "http://x": EOF
  [1]\tGet "http://x": context deadline exceeded
`;

test('each figure of hey’s summary, seconds as milliseconds', () => {
  expect(readHeySummary(SUMMARY, 'f')).toEqual({
    ok: true,
    records: [
      {
        kind: 'load-test',
        tool: 'hey',
        functionName: 'f',
        atMs: null,
        name: 'hey',
        // 96 answers and 4 errors
        requests: 100,
        failures: 4,
        totalMs: 2500,
        fastestMs: 50,
        slowestMs: 1250,
        averageMs: 200,
        requestsPerSecond: 40,
        histogram: [
          { upToMs: 50, n: 1 },
          { upToMs: 650, n: 90 },
          { upToMs: 1250, n: 5 },
        ],
        quantiles: [
          { q: 0.1, ms: 60 },
          { q: 0.999, ms: 1240 },
        ],
        statuses: [
          { status: 200, n: 90 },
          { status: 502, n: 6 },
        ],
      },
    ],
  });
});

test('a summary without errors has no failures; without its slowest request, or without answers, it is refused', () => {
  const [healthy = ''] = SUMMARY.split('Error distribution');
  expect(readHeySummary(healthy, null)).toMatchObject({ records: [{ requests: 96, failures: 0, functionName: null }] });
  const refused = { ok: false, reason: 'load-test-unreadable' };
  expect(readHeySummary(SUMMARY.replace('Slowest', 'Slow'), null)).toEqual(refused);
  expect(readHeySummary(SUMMARY.replaceAll(/\[\d+\]\t\|/g, '[0]\t|'), null)).toEqual(refused);
  expect(readHeySummary(SUMMARY.replace('Total:', 'Totals'), null)).toMatchObject({ records: [{ totalMs: null }] });
});

test('the last line of a summary without errors is a status, not a number of errors', () => {
  const [healthy = ''] = SUMMARY.split('Error distribution');
  for (const text of [healthy.trimEnd(), `${healthy.trimEnd()}\n`])
    expect(readHeySummary(text, null)).toMatchObject({ records: [{ requests: 96, failures: 0 }] });
});

test('hey prints small bounds with an exponent, older versions two percent signs; words that only resemble its lines are skipped', () => {
  const lines = [
    'Summary:',
    '  Total:\t1e+01 secs',
    '  Slowest:\t0.5 secs',
    '  5e-05 [2]\t|',
    '  0.5 [3]|',
    'at 0.5 [4]\t|',
    '  50%% in 5e-05 secs',
    '  100% in 0.5 secs',
    '  75% of 0.5 secs',
    '  [2001]\t3 responses',
    '  [204]\t2 responses',
    '[3]\tnot an error: before their heading',
    'Error distribution:',
    '  [4]\t',
    '  [x]\tunknown',
    '  [12]\tEOF',
  ];
  expect(readHeySummary(lines.join('\n'), null)).toMatchObject({
    records: [
      {
        requests: 14,
        failures: 12,
        totalMs: 10_000,
        fastestMs: null,
        averageMs: null,
        requestsPerSecond: null,
        histogram: [{ upToMs: 0.05, n: 2 }],
        quantiles: [{ q: 0.5, ms: 0.05 }],
        statuses: [{ status: 204, n: 2 }],
      },
    ],
  });
});

test.each([
  ['a summary', SUMMARY, true],
  ['one after blanks and line ends of Windows', ' \n\tSummary: \r\n  Total:\t2 secs', true],
  ['one after 200 characters', `${' '.repeat(200)}${SUMMARY}`, false],
  ['words before it', `Hello\n${SUMMARY}`, false],
  ['another summary', 'Summary:\n  Count: 3', false],
])('%s is recognised: %s', (_, text, expected) => {
  expect(looksLikeHey(text)).toBe(expected);
});

const HEY = ['response-time', 'DNS+dialup', 'status-code', 'offset'];

test('a time beyond all numbers has no bins of its own, and its bounds count nothing', () => {
  const read = readHeyCsv([HEY, ['1', '0', '200', '0'], ['1e308', '0', '200', '0']], null);
  const [run] = read.ok ? read.records : [];
  // The first bound is infinity times 0, no number; the others are infinite.
  expect(run).toMatchObject({ requests: 2, fastestMs: 1000, totalMs: null });
  expect(run?.kind === 'load-test' ? run.histogram.map(({ n }) => n) : []).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('the requests of hey -o csv', () => {
  const rows = [
    ['0.1000', '0', '200', '0.0000'],
    ['0.2000', '0', '200', '0.1000'],
    ['1.1000', '0', '502', '0.4000'],
    ['', '0', '200', '9'],
    ['-1', '0', '200', '9'],
    ['x', '0', '200', '9'],
  ];
  expect(readHeyCsv([HEY, ...rows], 'f')).toEqual({
    ok: true,
    records: [
      {
        kind: 'load-test',
        tool: 'hey',
        functionName: 'f',
        atMs: null,
        name: 'hey',
        requests: 3,
        failures: 0,
        // The last request began after 0.4 s and took 1.1 s.
        totalMs: 1500,
        fastestMs: 100,
        slowestMs: 1100,
        averageMs: 466.666667,
        requestsPerSecond: 2,
        // Ten steps of 100 ms from 100 ms to 1,100 ms.
        histogram: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1].map((n, at) => ({ upToMs: 100 + 100 * at, n })),
        // The smallest value with that share at or below it: of three, the first up to a third, the second up to two thirds.
        quantiles: [
          { q: 0.1, ms: 100 },
          { q: 0.25, ms: 100 },
          { q: 0.5, ms: 200 },
          { q: 0.75, ms: 1100 },
          { q: 0.9, ms: 1100 },
          { q: 0.95, ms: 1100 },
          { q: 0.99, ms: 1100 },
        ],
        statuses: [
          { status: 200, n: 2 },
          { status: 502, n: 1 },
        ],
      },
    ],
  });
});

test('a run of more requests than a call takes arguments', () => {
  const rows = Array.from({ length: 300_000 }, (_, at) => ['0.1', '0', '200', at === 7 ? '0.4' : '0']);
  // 0.1 s after the request at 0.4 s began.
  expect(readHeyCsv([HEY, ...rows], 'f')).toMatchObject({ records: [{ requests: 300_000, totalMs: 500 }] });
});

test('hey’s CSV without offsets has no total time and no rate; without times it is refused', () => {
  const [time, , status] = HEY;
  expect(
    readHeyCsv(
      [
        [time ?? '', status ?? ''],
        ['0.5', '200'],
      ],
      null,
    ),
  ).toMatchObject({
    records: [{ totalMs: null, requestsPerSecond: null, averageMs: 500 }],
  });
  const refused = { ok: false, reason: 'load-test-unreadable' };
  expect(readHeyCsv([HEY], null)).toEqual(refused);
  expect(readHeyCsv([['status-code'], ['200']], null)).toEqual(refused);
  expect(readHeyCsv([], null)).toEqual(refused);
});

test('a request that has no offset makes the total unknown; statuses that are no numbers are not listed', () => {
  const rows = [
    ['0.2', '0', '200', '0'],
    ['0.1', '0', 'error', ''],
    ['0.3', '0', '0', '0.1'],
    ['0.3', '0', '500', '0.1'],
  ];
  expect(readHeyCsv([HEY, ...rows], null)).toMatchObject({
    records: [
      {
        requests: 4,
        totalMs: null,
        requestsPerSecond: null,
        averageMs: 225,
        statuses: [
          { status: 200, n: 1 },
          { status: 500, n: 1 },
        ],
      },
    ],
  });
});

test('quantiles of twenty requests are those of ranks 2, 5, 10, 15, 18, 19 and 20', () => {
  // Shuffled: 7 has no divisor in common with 20.
  const rows = Array.from({ length: 20 }, (_, at) => [`${(((at * 7) % 20) + 1) / 10}`, '0', '200', '0']);
  const [test] = [readHeyCsv([HEY, ...rows], null)].flatMap((read) => (read.ok ? read.records : []));
  expect(test).toMatchObject({
    fastestMs: 100,
    slowestMs: 2000,
    quantiles: [200, 500, 1000, 1500, 1800, 1900, 2000].map((ms) => ({ ms })),
    // From 100 to 2,000 ms in steps of 190 ms: 290, 480, 670, 860, 1,050, 1,240, 1,430, 1,620, 1,810.
    histogram: [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2].map((n, at) => ({ upToMs: 100 + 190 * at, n })),
  });
});

test('a request that took no time; a request without a status', () => {
  expect(readHeyCsv([HEY, ['0', '0', '0', '0']], null)).toMatchObject({
    records: [{ requests: 1, fastestMs: 0, slowestMs: 0, totalMs: 0, requestsPerSecond: null, statuses: [] }],
  });
});

test.each([
  [['response-time', 'status-code'], true],
  [['response-time'], false],
  [['status-code', 'response-time'], false],
])('header %j of hey', (header, expected) => {
  expect(looksLikeHeyCsv(header)).toBe(expected);
});

test.each([
  ['2019-05-29-vpc-c50-n500.txt', 500, 13_046, 19.4, 37.1433, 50],
  ['2019-10-20-vpc-c50-n500.txt', 500, 547, null, null, 0],
  ['2019-10-20-vpc-sleep2s-c500-n10000.txt', 10_000, 3404.2, 2022.3, 458.4892, 0],
] as const)('%s', (file, requests, slowestMs, fastestMs, rate, above10s) => {
  const result = readHeySummary(published.text(`hey/${file}`), 'f');
  if (!result.ok || result.records[0]?.kind !== 'load-test') throw new Error('not read');
  const [test] = result.records;
  expect(test.requests).toBe(requests);
  expect(test.slowestMs).toBe(slowestMs);
  if (fastestMs !== null) expect(test.fastestMs).toBe(fastestMs);
  if (rate !== null) expect(test.requestsPerSecond).toBe(rate);
  const over = test.histogram.filter((bar) => bar.upToMs > 10_000).reduce((sum, bar) => sum + bar.n, 0);
  expect(over).toBe(above10s);
});

test('hey -o csv', () => {
  const header = 'response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset';
  const rows = [header, '0.5000,0,0,0,0,0,200,0.0', '1.5000,0,0,0,0,0,200,0.5', '0.1000,0,0,0,0,0,502,1.0'];
  const result = readHeyCsv(
    rows.map((row) => row.split(',')),
    null,
  );
  expect(result.ok && result.records[0]).toMatchObject({
    requests: 3,
    slowestMs: 1500,
    fastestMs: 100,
    averageMs: 700,
    totalMs: 2000,
    statuses: [
      { status: 200, n: 2 },
      { status: 502, n: 1 },
    ],
  });
});

test('a summary without its histogram is refused', () => {
  expect(readHeySummary('Summary:\n  Total: 1 secs\n', null)).toEqual({ ok: false, reason: 'load-test-unreadable' });
});
