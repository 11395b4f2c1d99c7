import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { ask } from '../../../../test/support/contract.ts';
import { FLEET_RANGE, NOW } from '../../../../test/support/contract-fixture.ts';

test('changes and their marks', async () => {
  const marks = await ask('changeMarks', () => ({ ...FLEET_RANGE, limit: 50 }));
  const found = await ask('changes', () => ({
    ...FLEET_RANGE,
    limit: 50,
    beforeMs: HOUR_MS,
    afterMs: HOUR_MS,
    nowMs: NOW,
  }));
  expect(found.total).toBe(marks.total);
  expect(found.items.map((one) => one.atMs)).toEqual(marks.items.map((one) => one.atMs));
});
