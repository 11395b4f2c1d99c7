/** Access logs of API Gateway. Names of `$context` variables and the console's CLF are those of its documentation. */
import { describe, expect, test } from 'vitest';
import { readRawLogs } from '../formats/raw-logs.ts';
import {
  ACCESS_LOG_NAMES,
  accessLogLineTime,
  accessLogTime,
  CLF_FORMAT,
  compileFormat,
  looksLikeAccessLog,
  readAccessLog,
} from './access-log.ts';
import type { Json } from './json.ts';

/** Every value differs. */
const REQUEST = {
  requestId: 'S0vJ2h5FoAMEPFg=',
  requestTimeEpoch: 1_700_000_000_250,
  routeKey: 'GET /orders',
  status: 502,
  integrationRequestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
  integrationLatency: 33,
  responseLatency: 35,
};
const requestOf = (record: Json) => {
  const read = readAccessLog(record, ACCESS_LOG_NAMES);
  if (!read.ok) throw new Error(read.reason);
  return read.records[0];
};

test('each member', () => {
  expect(requestOf(REQUEST)).toEqual({
    kind: 'gateway-request',
    requestId: 'S0vJ2h5FoAMEPFg=',
    atMs: 1_700_000_000_250,
    route: 'GET /orders',
    status: 502,
    lambdaRequestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
    integrationLatencyMs: 33,
    responseLatencyMs: 35,
  });
});

test.each([
  ['requestId', 'request_id', 'x=', { requestId: 'x=' }],
  ['requestId', 'extendedRequestId', 'x=', { requestId: 'x=' }],
  ['requestTimeEpoch', 'requestTime', '09/Feb/2024:08:42:44 +0000', { atMs: Date.UTC(2024, 1, 9, 8, 42, 44) }],
  ['requestTimeEpoch', 'request_time', '2024-02-09T08:42:44Z', { atMs: Date.UTC(2024, 1, 9, 8, 42, 44) }],
  ['routeKey', 'resourcePath', '/a', { route: '/a' }],
  ['routeKey', 'route', '/b', { route: '/b' }],
  ['routeKey', 'path', '/c', { route: '/c' }],
  ['status', 'statusCode', 404, { status: 404 }],
  ['integrationRequestId', 'integration.requestId', 'i', { lambdaRequestId: 'i' }],
  ['integrationRequestId', 'awsEndpointRequestId', 'i', { lambdaRequestId: 'i' }],
  ['integrationRequestId', 'awsEndpointRequestId2', 'i', { lambdaRequestId: 'i' }],
  ['integrationRequestId', 'lambdaRequestId', 'i', { lambdaRequestId: 'i' }],
  ['integrationLatency', 'integration.latency', '41', { integrationLatencyMs: 41 }],
  ['integrationLatency', 'integration_latency', 42, { integrationLatencyMs: 42 }],
  ['responseLatency', 'response_latency', 43, { responseLatencyMs: 43 }],
  ['responseLatency', 'latency', 44, { responseLatencyMs: 44 }],
] as const)('%s may be named %s', (usual, name, value, expected) => {
  const { [usual]: _, ...rest } = REQUEST;
  expect(requestOf({ ...rest, [name]: value })).toMatchObject(expected);
});

test.each([
  ['epoch milliseconds', 1_700_000_000_250, 1_700_000_000_250],
  ['epoch seconds', 1_700_000_000, 1_700_000_000_000],
  ['milliseconds in quotes', '1700000000250', 1_700_000_000_250],
  ['CLF', '09/Feb/2024:08:42:44 +0000', Date.UTC(2024, 1, 9, 8, 42, 44)],
  ['CLF with an offset', '09/Feb/2024:08:42:44 -0530', Date.UTC(2024, 1, 9, 14, 12, 44)],
  ['CLF in December', '31/Dec/2023:23:59:59 +0000', Date.UTC(2023, 11, 31, 23, 59, 59)],
  ['CLF in an unknown month', '09/Feu/2024:08:42:44 +0000', null],
  ['ISO 8601', '2024-02-09T08:42:44Z', Date.UTC(2024, 1, 9, 8, 42, 44)],
  ['a dash', '-', null],
  ['CLF behind a day of the week', 'Fri 09/Feb/2024:08:42:44 +0000', null],
  ['CLF with its brackets', '[09/Feb/2024:08:42:44 +0000]', null],
  ['CLF with a fraction', '09/Feb/2024:08:42:44 +0000.5', null],
  ['nonsense', 'today', null],
  ['an object', {}, null],
])('a time as %s', (_, time, atMs) => {
  const { requestTimeEpoch: _time, ...rest } = REQUEST;
  expect(requestOf({ ...rest, requestTime: time })).toMatchObject({ atMs });
});

test('of several names the first counts, in the order of the documentation', () => {
  const record = {
    extendedRequestId: 'c',
    request_id: 'b',
    requestId: 'a',
    request_time: '2024-02-09T08:42:44Z',
    requestTime: '2024-02-09T08:42:43Z',
    requestTimeEpoch: 1_700_000_000_250,
    path: 'd',
    route: 'c',
    resourcePath: 'b',
    routeKey: 'a',
    statusCode: 2,
    status: 1,
    lambdaRequestId: 'e',
    awsEndpointRequestId2: 'd',
    awsEndpointRequestId: 'c',
    'integration.requestId': 'b',
    integrationRequestId: 'a',
    integration_latency: 3,
    'integration.latency': 2,
    integrationLatency: 1,
    latency: 3,
    response_latency: 2,
    responseLatency: 1,
  };
  expect(requestOf(record)).toMatchObject({
    requestId: 'a',
    atMs: 1_700_000_000_250,
    route: 'a',
    status: 1,
    lambdaRequestId: 'a',
    integrationLatencyMs: 1,
    responseLatencyMs: 1,
  });
  const second = Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, value === 1 || value === 'a' ? '-' : value]),
  );
  expect(requestOf({ ...second, requestTimeEpoch: '-' })).toMatchObject({
    requestId: 'b',
    atMs: Date.UTC(2024, 1, 9, 8, 42, 43),
    route: 'b',
    status: 2,
    lambdaRequestId: 'b',
    integrationLatencyMs: 2,
    responseLatencyMs: 2,
  });
});

test.each([
  ['seconds up to 1e11', 1e11, 1e14],
  ['milliseconds above', 1e11 + 1, 1e11 + 1],
  ['twelve digits in quotes', '170000000025', null],
  ['fourteen digits in quotes', '17000000002500', null],
  ['letters before the digits', 'x1700000000250', null],
  ['letters after the digits', '1700000000250x', null],
  ['the first month in CLF', '01/Jan/2024:00:00:00 +0000', Date.UTC(2024, 0, 1)],
  ['October in CLF', '10/Oct/2024:00:00:00 +0000', Date.UTC(2024, 9, 10)],
])('the bounds of times: %s', (_, time, atMs) => {
  expect(requestOf({ requestId: 'a', requestTimeEpoch: time })).toMatchObject({ atMs });
});

test('each month of CLF', () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  for (const [at, month] of months.entries())
    expect(requestOf({ requestId: 'a', requestTime: `07/${month}/2024:01:02:03 +0000` })).toMatchObject({
      atMs: Date.UTC(2024, at, 7, 1, 2, 3),
    });
});

test('the time of a record outside of CloudWatch is that of an access log, or none', () => {
  expect(accessLogTime(REQUEST)).toBe(1_700_000_000_250);
  const { integrationRequestId: _, integrationLatency: _latency, ...application } = REQUEST;
  expect(accessLogTime(application)).toBeNull();
});

test('a text line has the time in its brackets, up to 16,384 characters', () => {
  const line = '1.2.3.4 - - [09/Feb/2024:08:42:44 +0000] "GET /orders HTTP/1.1" 200 12 S0vJ2h5FoAMEPFg=';
  expect(accessLogLineTime(line)).toBe(Date.UTC(2024, 1, 9, 8, 42, 44));
  expect(accessLogLineTime(line.padEnd(16_384))).toBe(Date.UTC(2024, 1, 9, 8, 42, 44));
  expect(accessLogLineTime(line.padEnd(16_385))).toBeNull();
  expect(accessLogLineTime(line.replace('[', '').replace(']', ''))).toBeNull();
});

test('API Gateway prints a dash for what it does not know', () => {
  expect(requestOf({ requestId: 'a', routeKey: '-', status: '-', integrationRequestId: '-' })).toMatchObject({
    route: null,
    status: null,
    lambdaRequestId: null,
    integrationLatencyMs: null,
    responseLatencyMs: null,
  });
  // A name without a value does not hide one that has a value.
  expect(requestOf({ ...REQUEST, requestId: '-', request_id: 'b=' })).toMatchObject({ requestId: 'b=' });
  expect(readAccessLog({ ...REQUEST, requestId: '-' }, ACCESS_LOG_NAMES)).toEqual({
    ok: false,
    reason: 'access-log-without-request-id',
  });
});

test.each([
  ['with latency', { requestId: 'a', status: 200, integrationLatency: 1 }, true],
  ['with a request of Lambda', { requestId: 'a', status: 200, integrationRequestId: 'b' }, true],
  ['with both unknown', { requestId: 'a', status: 200, integrationLatency: '-', integrationRequestId: '-' }, false],
  ['an application’s line', { requestId: 'a', status: 200 }, false],
  ['without a status', { requestId: 'a', integrationLatency: 1 }, false],
  ['without a request', { status: 200, integrationLatency: 1 }, false],
])('a record %s', (_, record, expected) => {
  expect(looksLikeAccessLog(record, ACCESS_LOG_NAMES)).toBe(expected);
});

describe('text formats', () => {
  const parse = (format: string, line: string) => compileFormat(format)?.(line) ?? null;

  test('CLF gives each of its variables', () => {
    const line = '203.0.113.7 - arn [09/Feb/2024:08:42:44 +0000] "GET /items HTTP/1.1" 200 34 S0vJ2h5FoAMEPFg=\n';
    expect({ ...parse(CLF_FORMAT, line) }).toEqual({
      'identity.sourceIp': '203.0.113.7',
      'identity.caller': '-',
      'identity.user': 'arn',
      requestTime: '09/Feb/2024:08:42:44 +0000',
      httpMethod: 'GET',
      resourcePath: '/items',
      protocol: 'HTTP/1.1',
      status: '200',
      responseLength: '34',
      requestId: 'S0vJ2h5FoAMEPFg=',
    });
  });

  test.each([
    ['another beginning', '[$context.status]', '(200]'],
    ['a separator that is missing', '$context.status|$context.path', '200 /a'],
    ['more after its end', '[$context.status]', '[200] and more'],
  ])('a line with %s does not match', (_, format, line) => {
    expect(parse(format, line)).toBeNull();
  });

  test.each([
    ['adjacent variables', '$context.status$context.path'],
    ['no variable', 'status'],
  ])('a format with %s is refused', (_, format) => {
    expect(compileFormat(format)).toBeNull();
  });

  test.each([
    [
      'names with dots, digits and underscores',
      '$context.authorizer.claims.user_2;',
      'x;',
      { 'authorizer.claims.user_2': 'x' },
    ],
    ['words between', 'a $context.status b $context.path c', 'a 200 b /x c', { status: '200', path: '/x' }],
    ['empty values', '[$context.status][$context.path]', '[][]', { status: '', path: '' }],
    ['a name that begins with a digit', '$context.2 $context.status', '$context.2 200', { status: '200' }],
    ['81 characters of a name', `$context.${'a'.repeat(81)}!`, 'x!', { ['a'.repeat(81)]: 'x' }],
    ['82 characters of a name', `$context.${'a'.repeat(82)}!`, 'xa!', { ['a'.repeat(81)]: 'x' }],
    ['blanks after the line', '$context.status', '200 \r\n', { status: '200' }],
  ])('%s', (_, format, line, expected) => {
    expect({ ...parse(format, line) }).toEqual(expected);
  });

  test.each([
    ['a line that ends before its last word', '$context.status end', '200 en'],
    ['blanks before the line', '[$context.status]', ' [200]'],
  ])('%s does not match', (_, format, line) => {
    expect(parse(format, line)).toBeNull();
  });

  test('the last variable takes the rest', () => {
    expect({ ...parse('$context.status $context.path', '200 /a b') }).toEqual({ status: '200', path: '/a b' });
  });
});

describe('access logs in files, whose lines have only their own time', () => {
  const lambda = 'd661f7cf-9208-46b9-85b0-213b04a91065';
  const members = { requestId: 'JKJaXmPLvHcESHA=', routeKey: 'GET /items', status: 200, integrationRequestId: lambda };
  const clf = '192.0.2.1 - - [09/Feb/2024:08:42:44 +0000] "GET /items HTTP/1.1" 200 12 JKJaXmPLvHcESHA=';
  const atMs = Date.UTC(2024, 1, 9, 8, 42, 44);
  const read = (text: string, logGroup = 'api-access') => {
    const logs = readRawLogs(Buffer.from(text), { account: '', region: '', logGroup, logStream: '' });
    if (!logs.ok) throw new Error(logs.message);
    return logs;
  };

  test.each([
    ['$context.requestTimeEpoch', JSON.stringify({ ...members, requestTimeEpoch: atMs })],
    ['$context.requestTimeEpoch as text', JSON.stringify({ ...members, requestTimeEpoch: `${atMs}` })],
    ['$context.requestTime', JSON.stringify({ ...members, requestTime: '09/Feb/2024:08:42:44 +0000' })],
    ['CLF', clf],
  ])('%s', (_name, line) => {
    const logs = read(`${line}\n${line}\n`);
    const event = { timestampMs: atMs, message: line };
    expect(logs.streams.flatMap(({ events }) => events)).toMatchObject([event, event]);
    expect(logs.unreadable).toEqual([]);
  });

  test.each([
    ['no time', JSON.stringify(members), 'not-a-log-event'],
    [
      'an unreadable time',
      JSON.stringify({ ...members, requestTime: '30/Feb/2024:08:42:44 +0000' }),
      'not-a-log-event',
    ],
    ['a time that is none of Lambda’s', JSON.stringify({ ...members, requestTimeEpoch: 12 }), 'not-a-log-event'],
    ['no access log', JSON.stringify({ requestTimeEpoch: atMs, user: 'a' }), 'not-a-log-event'],
    ['CLF with an impossible time', clf.replace('09/Feb', '09/Fex'), 'line-without-time'],
    ['CLF of more than 16 KiB', clf + 'x'.repeat(16_384), 'line-without-time'],
  ])('%s goes to quarantine', (_name, line, reason) => {
    const logs = read(line);
    expect(logs.streams).toEqual([]);
    expect(logs.unreadable.map((one) => one.reason)).toEqual([reason]);
  });
});
