/** Statistics of Locust, in the form of its documentation, and numbers in the cells of load tests. */
import { expect, test } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { HeyCsvReader, looksLikeLocust, readLocustCsv } from './load-test.ts';

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

test('the first column of a name counts, and quantiles are columns of two or three digits', () => {
  const header = [
    'Type',
    'Name',
    'Request Count',
    'Request Count',
    '50%',
    '50%',
    '9%',
    '1000%',
    '99.99%',
    'p95%',
    '95%x',
  ];
  const row = ['GET', ` /${'a'.repeat(600)}`, '3', '4', '10', '11', '12', '13', '14', '15', '16'];
  const [test] = [readLocustCsv([header, row], null)].flatMap((read) => (read.ok ? read.records : []));
  expect(test).toMatchObject({
    requests: 3,
    // 512 characters: `GET`, two blanks, a slash and the letters.
    name: `GET  /${'a'.repeat(506)}`,
    fastestMs: null,
    slowestMs: null,
    requestsPerSecond: null,
    quantiles: [
      { q: 0.5, ms: 10 },
      { q: 0.9999, ms: 14 },
    ],
  });
});

test('a number of up to 64 characters; the name of a request without a type', () => {
  const read = (n: string) => readLocustCsv([LOCUST, ['', '/a ', '1', '0', '', n]], null);
  const digits = `0.5${'0'.repeat(61)}`;
  expect(read(digits)).toMatchObject({ records: [{ name: '/a', averageMs: 0.5 }] });
  expect(read(`${digits}0`)).toMatchObject({ records: [{ averageMs: null }] });
});

test('more names of requests than a test of Locust has', () => {
  const row = ['GET', '/a', '1', '0'];
  expect(readLocustCsv([LOCUST, ...Array.from({ length: 1000 }, () => row)], 'f')).toMatchObject({ ok: true });
  expect(readLocustCsv([LOCUST, ...Array.from({ length: 1001 }, () => row)], 'f')).toEqual({
    ok: false,
    reason: 'load-test-too-many-names',
  });
});

const HEY = ['response-time', 'DNS+dialup', 'status-code', 'offset'];
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
  const reader = new HeyCsvReader();
  for (const row of [HEY, [text, '0', '200', '0'], ['7', '0', '200', '0']]) reader.add(row);
  const hey = reader.finish('f');
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
