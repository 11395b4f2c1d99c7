/** Envelopes of forwarders that hold more than any queue delivers. */
import { expect, test } from 'vitest';
import { readForwarded } from './forwarded-event.ts';

/** More than a call takes arguments. */
const MANY = 150_000;

test.each([
  ['SQS', (text: string) => ({ body: text })],
  ['SNS', (text: string) => ({ Sns: { Message: text } })],
])('every event of one message of %s', (_, record) => {
  const text = `[${Array.from({ length: MANY }, () => '{"awslogs":{"data":"eA=="}}').join()}]`;
  const items = readForwarded({ Records: [record(text)] });
  expect(items).toHaveLength(MANY);
  expect(items?.at(-1)).toMatchObject({ kind: 'data', data: 'eA==' });
});
