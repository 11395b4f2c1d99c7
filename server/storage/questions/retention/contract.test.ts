import { expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_MS } from '../../../../test/support/contract-fixture.ts';

test('how far back telemetry reaches', async () => {
  const day = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
  const found = await queryBoth('retention', () => ({}));
  expect(found).toMatchObject({ policy: null, detailSinceMs: day(CHECKOUT_MS), historySinceMs: day(CHECKOUT_MS) });
});
