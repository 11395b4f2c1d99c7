import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { checkoutId, ORDERS_ID } from '../../../../test/support/contract-fixture.ts';

test('one request with its environment', async () => {
  const found = await queryBoth('invocation', () => ({ requestId: checkoutId(3) }));
  expect(found?.attempts).toHaveLength(1);
  expect(found?.attempts[0]).toMatchObject({
    invocation: { status: 'timeout', durationMs: 3000 },
    environment: { invocations: 3, failures: 1, initMs: 250 },
  });
});

test('the invocations of the environment right before and after', async () => {
  const neighboursOf = async (n: number) =>
    (await queryBoth('invocation', () => ({ requestId: checkoutId(n) })))?.attempts[0]?.neighbours;
  expect(await neighboursOf(2)).toMatchObject({
    previous: { requestId: checkoutId(1), status: 'success' },
    next: { requestId: checkoutId(3), status: 'timeout', durationMs: 3000 },
  });
  expect(await neighboursOf(1)).toMatchObject({ previous: null, next: { requestId: checkoutId(2) } });
  // The last one of the environment.
  expect(await neighboursOf(3)).toMatchObject({ previous: { requestId: checkoutId(2) }, next: null });
  expect(await neighboursOf(4)).toEqual({ previous: null, next: null });
});

test('faults of a request include those that only name its environment', async () => {
  const found = await queryBoth('invocation', () => ({ requestId: ORDERS_ID }));
  expect(found?.attempts.map(({ invocation }) => invocation.status)).toEqual(['success', 'error', 'success']);
  expect(found?.faults).toMatchObject([{ kind: 'error', errorType: 'KeyError', message: "'order'" }]);
});

test('a request that is not stored', async () => {
  expect(await queryBoth('invocation', () => ({ requestId: '00000000-0000-4000-8000-0000000000ff' }))).toBeNull();
});
