import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import {
  CHECKOUT_RANGE,
  FLEET_RANGE,
  NOW,
  ORDERS_ID,
  ORDERS_RANGE,
} from '../../../../test/support/contract-fixture.ts';

test('one timeout', async () => {
  const query = { ...CHECKOUT_RANGE, nowMs: NOW, mostFailed: 100 };
  const found = await ask('failures', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found.counts).toMatchObject({ n: 4, timeouts: 1, errors: 0, ooms: 0, exits: 0 });
  expect(found.timedOutMs).toEqual([3000]);
  expect(found.errorTypes).toMatchObject([{ status: 'timeout', n: 1 }]);
  expect(found.truncated).toBe(false);
});

test('an error without a request id, delivered before its invocation, and the attempts of the request', async () => {
  const query = { ...ORDERS_RANGE, nowMs: NOW, mostFailed: 100 };
  const found = await ask('failures', ({ orders }) => ({ ...query, functionId: orders }));
  expect(found.counts).toMatchObject({ n: 3, errors: 1 });
  expect(found.requests).toMatchObject([{ requestId: ORDERS_ID, attempts: 3, failed: 1, errorType: 'KeyError' }]);
  expect(found.examples).toMatchObject([
    { errorMessage: "'order'", errorStack: ['File "/var/task/app.py", line 7, in handler'] },
  ]);
});

test.each(['plain', 'fails'] as const)('failures of %s', async (name) => {
  const query = { ...FLEET_RANGE, nowMs: NOW, mostFailed: 1000 };
  const found = await ask('failures', (ids) => ({ ...query, functionId: ids[name] }));
  expect(found.examples.length > 0).toBe(name === 'fails');
});
