import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { KINDS_RANGE } from '../../../../test/support/kinds-fixture.ts';

test('time to the first byte and size, each response once', async () => {
  expect(await queryBoth('responses', ({ streams }) => ({ ...KINDS_RANGE, functionId: streams }))).toEqual({
    firstByteMs: { n: 2, p50: 80, p95: 120, max: 120 },
    responseMs: { n: 2, p50: 900, p95: 1500, max: 1500 },
    // 20 KiB and 7 MiB: the second has one MiB beyond the free six.
    bytes: { n: 2, p50: 20_480, p95: 7_340_032, max: 7_340_032, sum: 7_360_512 },
    beyondFreeBytes: 1_048_576,
  });
});

test('REPORT of Managed Instances has the times, and no size', async () => {
  expect(await queryBoth('responses', ({ managed }) => ({ ...KINDS_RANGE, functionId: managed }))).toEqual({
    firstByteMs: { n: 2, p50: 50, p95: 50, max: 50 },
    responseMs: { n: 2, p50: 10, p95: 10, max: 10 },
    bytes: { n: 0, p50: null, p95: null, max: null, sum: 0 },
    beyondFreeBytes: 0,
  });
});

test('a function without such lines', async () => {
  const found = await queryBoth('responses', ({ latest }) => ({ ...KINDS_RANGE, functionId: latest }));
  expect(found.firstByteMs).toEqual({ n: 0, p50: null, p95: null, max: null });
});
