import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_MS } from '../../../../test/support/contract-fixture.ts';

/** The active hours of checkout at this time; its four invocations end within some minutes. */
async function activityAt(nowMs: number, activityFromMs = CHECKOUT_MS - 27 * DAY_MS) {
  const query = { fromMs: CHECKOUT_MS - DAY_MS, activityFromMs, nowMs };
  const found = await queryBoth(
    'coverage',
    () => query,
    (entries) =>
      entries
        .map((entry) => ({ ...entry, activity: entry.activity.toSorted((a, b) => a.day - b.day) }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
  const checkout = found.find(({ name }) => name === 'checkout');
  expect(checkout).toMatchObject({ invocations: 4 });
  return checkout?.activity;
}

const nextHour = (Math.floor(CHECKOUT_MS / HOUR_MS) + 1) * HOUR_MS;

test('active hours of a function that was silent for a whole hour', async () => {
  const hour = Math.floor(CHECKOUT_MS / HOUR_MS) % 24;
  expect(await activityAt(nextHour + HOUR_MS)).toEqual([{ day: Math.floor(CHECKOUT_MS / DAY_MS), hours: 2 ** hour }]);
});

test('none for a function that logged in the last whole hour, or before the days that are read', async () => {
  expect(await activityAt(nextHour + HOUR_MS - 1)).toEqual([]);
  expect(await activityAt(nextHour + HOUR_MS, nextHour)).toEqual([]);
});
