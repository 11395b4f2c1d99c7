import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_MS, CHECKOUT_RANGE } from '../../../../test/support/contract-fixture.ts';

/** Newest invocations as the estimate of keep-alive reads them. */
function newest(query: object) {
  const usual = { ...CHECKOUT_RANGE, maxRuns: 100, seed: 1 };
  return queryBoth('keepAlive', ({ checkout }) => ({ ...usual, functionId: checkout, ...query }));
}

// checkout ends, newest first: 3 (first environment), 4 (second environment), 2 and 1 (first environment).
test('at most maxRuns, the newest', async () => {
  expect(await newest({ maxRuns: 1 })).toMatchObject({ invocations: 1, environments: 1, truncated: true });
  expect(await newest({ maxRuns: 2 })).toMatchObject({ invocations: 2, environments: 2, truncated: true });
  expect(await newest({ maxRuns: 4 })).toMatchObject({ invocations: 4, environments: 2, truncated: false });
});

test('a range includes its begin and excludes its end', async () => {
  const [endOf4, endOf3] = [CHECKOUT_MS + 121_120, CHECKOUT_MS + 123_000];
  expect(await newest({ fromMs: endOf4, toMs: endOf3 })).toMatchObject({ invocations: 1, environments: 1 });
  expect(await newest({ fromMs: endOf4, toMs: endOf3 + 1 })).toMatchObject({ invocations: 2, environments: 2 });
  expect(await newest({ fromMs: endOf4 + 1, toMs: endOf3 })).toMatchObject({ invocations: 0, environments: 0 });
});

test.each([
  [{ version: '$LATEST' }, 4],
  [{ version: '7' }, 0],
  [{ memoryMb: 512 }, 4],
  [{ memoryMb: 1024 }, 0],
  [{ architecture: 'arm64' }, 0],
])('narrowed to %j', async (filter, n) => {
  expect(await newest(filter)).toMatchObject({ invocations: n });
});
