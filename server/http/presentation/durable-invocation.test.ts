/** The durable execution of a request: found, possible, or not. Expected answers follow from what is known of the function. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { durableOf } from './durable-invocation.ts';

const AT = Date.UTC(2026, 10, 21);
const attempt = (startMs: number | null, endMs: number) => ({
  invocation: { functionId: 7, startMs, endMs, durationMs: 400 },
});

async function durable({ found = null as object | null, features = [] as string[], inventory = [] as object[] }) {
  const queries: unknown[] = [];
  const answer = (value: unknown) => async (query: unknown) => {
    queries.push(query);
    return value;
  };
  const read = { durableInvocation: answer(found), features: answer(features), inventory: answer(inventory) };
  const attempts = [attempt(AT, AT + 500), attempt(null, AT + 9000)];
  const byFunction = await durableOf({ read } as never, 'r-1', { attempts } as never);
  expect([...byFunction.keys()]).toEqual([7]);
  return { queries, answer: byFunction.get(7) };
}

test('its line is looked for from a minute before the first attempt to a minute after the last', async () => {
  const { queries, answer } = await durable({ found: { arn: 'a', position: 2 } });
  expect(queries).toEqual([{ functionId: 7, requestId: 'r-1', fromMs: AT - MINUTE_MS, toMs: AT + 9000 + MINUTE_MS }]);
  expect(answer).toEqual({
    isDurableFunction: true,
    execution: { arn: 'a', position: 2, replay: true },
    reason: null,
  });
  const first = await durable({ found: { arn: 'a', position: 1 } });
  expect(first.answer).toMatchObject({ execution: { replay: false } });
});

test('without a line, lines of others or the inventory say whether the function is durable', async () => {
  const { queries, answer } = await durable({});
  expect(queries.slice(1)).toEqual([{ functionId: 7 }, { functionId: 7, limit: 1 }]);
  expect(answer).toEqual({
    isDurableFunction: null,
    execution: null,
    reason:
      'The function is not known to be durable: none of its lines names a durable execution, and no inventory says whether it is durable',
    reasonCode: { code: 'durable-unknown', parameters: {} },
  });
  const no = await durable({ inventory: [{ facts: { durable: false } }] });
  expect(no.answer).toEqual({
    isDurableFunction: false,
    execution: null,
    reason: 'The inventory says that the function is not durable',
    reasonCode: { code: 'durable-not', parameters: {} },
  });
  for (const known of [{ features: ['durable'] }, { inventory: [{ facts: { durable: true } }] }]) {
    const yes = await durable(known);
    expect(yes.answer).toMatchObject({ isDurableFunction: true, execution: null });
    expect(yes.answer?.reason).toMatch(/^No stored line names a durable execution with this request ID\./);
  }
});
