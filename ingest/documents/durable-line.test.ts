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
