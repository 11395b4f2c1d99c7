import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('init time without extensions; text logs do not contain when the runtime was done', async () => {
  const { causes } = await queryBoth('coldStarts', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    examples: 0,
  }));
  // Inits of 250 and 200 ms; of an even number, the median is the lower one.
  expect(causes.byExtensions).toEqual([
    { extensions: [], n: 2, initMedianMs: 200, afterRuntimeMs: { n: 0, median: null } },
  ]);
});

test('JSON logs contain the time after the runtime', async () => {
  const { causes } = await queryBoth('coldStarts', ({ json }) => ({ ...FLEET_RANGE, functionId: json, examples: 0 }));
  expect(causes.byExtensions.map(({ extensions }) => extensions)).toEqual([[]]);
  expect(causes.byExtensions[0]?.afterRuntimeMs.n).toBeGreaterThan(0);
});

test.each(['plain', 'fails', 'snap'] as const)('extensions of %s', async (name) => {
  await queryBoth('coldStarts', (ids) => ({ ...FLEET_RANGE, functionId: ids[name], examples: 0 }));
});
