import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, TO } from '../../../../test/support/contract-fixture.ts';
import { TRACED_RANGE } from '../../../../test/support/traced-fixture.ts';

const SINCE = { outOfMemorySinceMs: TO - DAY_MS };

test('mean time in calls of the warm invocations whose trace is stored', async () => {
  const { sizes } = await queryBoth('memory', ({ traced }) => ({ ...TRACED_RANGE, ...SINCE, functionId: traced }));
  // 40 ms and 60 ms.
  expect(sizes.map((size) => size.evidence.remote)).toEqual([{ meanMs: 50, n: 2 }]);
});

test('the hour after has no invocations', async () => {
  const later = { fromMs: TRACED_RANGE.toMs, toMs: TRACED_RANGE.toMs + HOUR_MS };
  expect((await queryBoth('memory', ({ traced }) => ({ ...later, ...SINCE, functionId: traced }))).sizes).toEqual([]);
});

test('unknown without traces', async () => {
  const { sizes } = await queryBoth('memory', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    ...SINCE,
    functionId: checkout,
  }));
  expect(sizes.map((size) => size.evidence.remote)).toEqual([null]);
});
