/** Load generators. Forms are those of hey's and Locust's documentation, with figures worked out by hand, and published summaries. */
import { expect, test } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { published } from '../../test/support/published-data.ts';
import {
  looksLikeHey,
  looksLikeHeyCsv,
  looksLikeLocust,
  readHeyCsv,
  readHeySummary,
  readLocustCsv,
} from './load-test.ts';

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

test.each([
  ['a summary', SUMMARY, true],
  ['words before it', `Hello\n${SUMMARY}`, false],
  ['another summary', 'Summary:\n  Count: 3', false],
])('%s is recognised: %s', (_, text, expected) => {
  expect(looksLikeHey(text)).toBe(expected);
});

const HEY = ['response-time', 'DNS+dialup', 'status-code', 'offset'];

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

const LOCUST =
  'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Requests/s,50%,99.9%,100%'.split(
    ',',
  );

test('each column of Locust', () => {
  const row = ['POST', '/orders', '100', '2', '31', '40.5', '10', '900', '12.5', '30', '800', '901'];
  expect(readLocustCsv([LOCUST, row], 'f')).toEqual({
    ok: true,
    records: [
      {
        kind: 'load-test',
        tool: 'locust',
        functionName: 'f',
        atMs: null,
        name: 'POST /orders',
        requests: 100,
        failures: 2,
        totalMs: null,
        fastestMs: 10,
        slowestMs: 900,
        averageMs: 40.5,
        requestsPerSecond: 12.5,
        histogram: [],
        quantiles: [
          { q: 0.5, ms: 30 },
          { q: 0.999, ms: 800 },
          { q: 1, ms: 901 },
        ],
        statuses: [],
      },
    ],
  });
});

test('Locust prints N/A for what it did not measure; the aggregate counts only alone', () => {
  const idle = ['GET', '/a', '3', '', 'N/A', 'N/A', 'x', 'N/A', 'N/A', 'N/A', 'N/A', 'N/A'];
  const all = ['', 'Aggregated', '3', '1', '1', '1', '1', '1', '1', '1', '1', '1'];
  const none = ['GET', '/b', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'];
  expect(readLocustCsv([LOCUST, idle, none, all], null)).toMatchObject({
    records: [{ name: 'GET /a', failures: 0, averageMs: null, fastestMs: null, quantiles: [] }],
  });
  expect(readLocustCsv([LOCUST, none, all], null)).toMatchObject({ records: [{ name: 'Aggregated', failures: 1 }] });
  expect(readLocustCsv([LOCUST, none], null)).toEqual({ ok: false, reason: 'load-test-unreadable' });
});

test('more names of requests than a test of Locust has', () => {
  const row = ['GET', '/a', '1', '0'];
  expect(readLocustCsv([LOCUST, ...Array.from({ length: 1000 }, () => row)], 'f')).toMatchObject({ ok: true });
  expect(readLocustCsv([LOCUST, ...Array.from({ length: 1001 }, () => row)], 'f')).toEqual({
    ok: false,
    reason: 'load-test-too-many-names',
  });
});

const NO_NUMBERS = [
  '0x10',
  '1.2.3',
  '12 microseconds',
  '1_000',
  '+5',
  '-5',
  '５',
  'Infinity',
  'NaN',
  '1,000',
  ' ',
  '1e999',
];

test.each<readonly [text: string, expected: number | null]>([
  ['12', 12],
  ['0.5', 0.5],
  ['1e-05', 0.00001],
  ...['.5', '1.', ...NO_NUMBERS].map((text) => [text, null] as const),
])('the number %j of a cell', (text, expected) => {
  const read = readLocustCsv([LOCUST, ['GET', '/a', '1', '0', '', text]], 'f');
  expect(read).toMatchObject({ records: [{ averageMs: expected }] });
  const hey = readHeyCsv([HEY, [text, '0', '200', '0'], ['7', '0', '200', '0']], 'f');
  expect(hey).toMatchObject({ records: [{ requests: expected === null ? 1 : 2 }] });
});

test('rows of Locust cost their own cells, whatever the width of the header', () => {
  const wide = [...LOCUST, ...Array.from({ length: 4000 }, (_, at) => `10.${at}%`)];
  const body = Array.from({ length: 1000 }, () => ['GET', '/a', '1', '0']);
  const read = (header: readonly string[]) => readLocustCsv([header, ...body], 'f');
  expect(read(wide)).toMatchObject({ ok: true });
  // A search of the header for each of its columns in each row: 16 × 10⁹ comparisons.
  expect(
    leastCpuRatio(
      () => read(wide),
      () => read(LOCUST),
      20,
    ),
  ).toBeLessThan(20);
});

test.each([
  [['Type', 'Name', 'Request Count'], true],
  [['Type', 'Name'], false],
  [['Type', 'Request Count', 'Name'], false],
  [['Method', 'Name', 'Request Count'], false],
])('header %j of Locust', (header, expected) => {
  expect(looksLikeLocust(header)).toBe(expected);
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

test('Locust statistics: one test a request name, without the aggregate', () => {
  const header =
    'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,99%,100%';
  const rows = [
    'GET,/a,100,2,30,40.5,10,900,5,12.5,0.1,30,800,900',
    ',Aggregated,100,2,30,40.5,10,900,5,12.5,0.1,30,800,900',
  ];
  const result = readLocustCsv(
    [header, ...rows].map((row) => row.split(',')),
    'f',
  );
  expect(result.ok && result.records).toHaveLength(1);
  expect(result.ok && result.records[0]).toMatchObject({
    name: 'GET /a',
    requests: 100,
    failures: 2,
    quantiles: [
      { q: 0.5, ms: 30 },
      { q: 0.99, ms: 800 },
      { q: 1, ms: 900 },
    ],
  });
});

test('a summary without its histogram is refused', () => {
  expect(readHeySummary('Summary:\n  Total: 1 secs\n', null)).toEqual({ ok: false, reason: 'load-test-unreadable' });
});
