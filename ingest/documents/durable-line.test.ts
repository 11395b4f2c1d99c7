/** Lines as the SDKs' loggers write them: camel case for JavaScript, snake case for Python. */
import { expect, test } from 'vitest';
import { readDurableLine } from './durable-line.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:workflow:7/durable-execution/order-17/5f2c7b1e-7c7d';
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const FOUND = {
  kind: 'durable-line',
  account: '123456789012',
  region: 'eu-west-1',
  functionName: 'workflow',
  execution: 'order-17/5f2c7b1e-7c7d',
  requestId: ID,
};

test.each([
  ['JavaScript', { requestId: ID, executionArn: ARN, operationId: 'a1b2', attempt: 1 }, 'a1b2'],
  ['the root context', { requestId: ID, executionArn: ARN, message: 'begins' }, ''],
  ['Python', { request_id: ID, execution_arn: ARN, operation_name: 'charge' }, 'charge'],
  ['Powertools', { function_request_id: ID, execution_arn: ARN, operation_id: 'c3' }, 'c3'],
])('%s', (_, fields, operation) => {
  expect(readDurableLine(JSON.stringify(fields))).toEqual({ ok: true, records: [{ ...FOUND, operation }] });
});

test.each([
  ['executionArn', 'requestId', 'operationId'],
  ['execution_arn', 'request_id', 'operation_id'],
  ['durableExecutionArn', 'function_request_id', 'operationName'],
  ['durable_execution_arn', 'AWSRequestId', 'operation_name'],
  ['executionArn', 'aws_request_id', 'operationId'],
])('members named %s, %s and %s', (arn, request, operation) => {
  const line = JSON.stringify({ [arn]: ARN, [request]: ID, [operation]: 'charge' });
  expect(readDurableLine(line)).toEqual({ ok: true, records: [{ ...FOUND, operation: 'charge' }] });
});

test('of several names the first counts: the id of an operation before its name', () => {
  const line = {
    executionArn: ARN,
    durable_execution_arn: ARN.replace('order-17', 'other'),
    requestId: ID,
    aws_request_id: 'other',
    operation_name: 'charge',
    operationId: 'a1b2',
  };
  expect(readDurableLine(JSON.stringify(line))).toEqual({ ok: true, records: [{ ...FOUND, operation: 'a1b2' }] });
});

test('names of up to 140 characters; ids and operations are cut off after 256', () => {
  const of = (name: string, id: string) => ARN.replace('order-17/5f2c7b1e-7c7d', `${name}/${id}`);
  const [longest, ...rest] = ['n'.repeat(140), 'n'.repeat(141)];
  const read = (executionArn: string) => readDurableLine(JSON.stringify({ executionArn, requestId: ID }));
  expect(read(of(longest, longest))).toMatchObject({ records: [{ execution: `${longest}/${longest}` }] });
  for (const longer of rest) expect([read(of(longer, 'a')), read(of('a', longer))]).toEqual([null, null]);
  const line = { executionArn: ARN, requestId: 'r'.repeat(300), operationId: 'o'.repeat(300) };
  expect(readDurableLine(JSON.stringify(line))).toMatchObject({
    records: [{ requestId: 'r'.repeat(256), operation: 'o'.repeat(256) }],
  });
});

test('lines of up to 262,144 characters, the largest event of CloudWatch Logs', () => {
  const line = JSON.stringify({ executionArn: ARN, requestId: ID });
  expect(readDurableLine(line.padEnd(262_144))).toMatchObject({ records: [FOUND] });
  expect(readDurableLine(line.padEnd(262_145))).toBeNull();
});

test('a text line has a time and a level before the JSON', () => {
  const line = `2026-11-19T00:10:00.000Z\t${ID}\tINFO\t${JSON.stringify({ requestId: ID, executionArn: ARN })}\n`;
  expect(readDurableLine(line)).toMatchObject({ records: [FOUND] });
});

test.each([
  ['no JSON', `see ${ARN}`],
  ['broken JSON', `{"executionArn":"${ARN}"`],
  ['no ARN in a member that the SDKs write', JSON.stringify({ requestId: ID, message: `started ${ARN}` })],
  ['no request id', JSON.stringify({ executionArn: ARN })],
  [
    'another ARN',
    JSON.stringify({ requestId: ID, executionArn: 'arn:aws:states:eu-west-1:1:x/durable-execution/a/b' }),
  ],
  ['an ARN without an id', JSON.stringify({ requestId: ID, executionArn: ARN.slice(0, -15) })],
  ['markup in the name', JSON.stringify({ requestId: ID, executionArn: ARN.replace('order-17', '<b>') })],
  ['a line of the application', JSON.stringify({ requestId: ID, message: 'hello' })],
])('%s: not a line of an execution', (_, line) => {
  expect(readDurableLine(line)).toBeNull();
});
