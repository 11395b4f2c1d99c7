import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import {
  CHECKOUT_MS,
  CHECKOUT_RANGE,
  checkoutId,
  FLEET_RANGE,
  ORDERS_ID,
  ORDERS_RANGE,
} from '../../../../test/support/contract-fixture.ts';

const ORDERS_END_MS = ORDERS_RANGE.fromMs + 600_000 + 60_050;

test('a group of one function: its text, counts, first and last failure', async () => {
  const found = await queryBoth('errorGroups', ({ orders }) => ({ ...ORDERS_RANGE, functionId: orders, limit: 10 }));
  expect(found.range).toEqual({ ...ORDERS_RANGE, widthMs: HOUR_MS });
  expect(found.truncated).toBe(false);
  expect(found.groups).toMatchObject([
    {
      identity: { name: 'orders' },
      kind: 'handler',
      errorType: 'KeyError',
      message: '""',
      frame: 'handler (app.py)',
      attempts: 1,
      invocations: 1,
      initFailures: 0,
      firstMs: ORDERS_END_MS,
      lastMs: ORDERS_END_MS,
      firstVersion: '$LATEST',
      lastVersion: '$LATEST',
      lasts: [{ version: '$LATEST', lastMs: ORDERS_END_MS }],
      versions: [{ version: '$LATEST', attempts: 1, firstMs: ORDERS_END_MS, lastMs: ORDERS_END_MS }],
      series: [1],
    },
  ]);
});

test('a timeout without further lines, in a part of a longer range', async () => {
  const range = { fromMs: CHECKOUT_RANGE.fromMs - 70 * HOUR_MS, toMs: CHECKOUT_RANGE.toMs };
  const found = await queryBoth('errorGroups', ({ checkout }) => ({ ...range, functionId: checkout, limit: 10 }));
  expect(found.range.widthMs).toBe(3 * HOUR_MS);
  expect(found.groups).toMatchObject([
    { kind: 'timeout', errorType: null, message: '', attempts: 1, firstMs: CHECKOUT_MS + 123_000 },
  ]);
  // Seventy hours and one, in parts of three: the last part.
  expect(found.groups[0]?.series).toEqual([...Array.from({ length: 23 }, () => 0), 1]);
});

test('groups of all functions, as many failures as the rollups count', async () => {
  const found = await queryBoth('errorGroups', () => ({ ...FLEET_RANGE, limit: 1000 }));
  expect(found.groups.length).toBeGreaterThan(1);
  const attempts = found.groups.reduce((sum, group) => sum + group.attempts, 0);
  const { functions } = await queryBoth(
    'fleet',
    () => ({ ...FLEET_RANGE, widthMs: null }),
    () => null,
  );
  const failed = functions.reduce(
    (sum, { counts: { timeouts, errors, ooms, exits } }) => sum + timeouts + errors + ooms + exits,
    0,
  );
  expect(attempts).toBe(failed);
});

test('a limit, and the groups of given fingerprints', async () => {
  const all = await queryBoth('errorGroups', () => ({ ...FLEET_RANGE, limit: 1000 }));
  const largest = await queryBoth('errorGroups', () => ({ ...FLEET_RANGE, limit: 1 }));
  expect(largest.truncated).toBe(true);
  expect(largest.groups.map(({ fingerprint }) => fingerprint)).toEqual([all.groups[0]?.fingerprint]);
  const fingerprints = [all.groups.at(-1)?.fingerprint ?? ''];
  const some = await queryBoth('errorGroups', () => ({ ...FLEET_RANGE, fingerprints, limit: 10 }));
  expect(new Set(some.groups.map(({ fingerprint }) => fingerprint))).toEqual(new Set(fingerprints));
});

test('no failures in the range', async () => {
  const found = await queryBoth('errorGroups', ({ orders }) => ({ ...CHECKOUT_RANGE, functionId: orders, limit: 10 }));
  expect(found.groups).toEqual([]);
});

test('the newest failures of groups, with what their lines say', async () => {
  const { groups } = await queryBoth('errorGroups', ({ orders }) => ({
    ...ORDERS_RANGE,
    functionId: orders,
    limit: 10,
  }));
  const fingerprints = groups.map(({ fingerprint }) => fingerprint);
  const found = await queryBoth('errorExamples', ({ orders }) => ({
    ...ORDERS_RANGE,
    functionId: orders,
    fingerprints,
    limit: 5,
  }));
  expect(found).toMatchObject([
    {
      fingerprint: fingerprints[0],
      atMs: ORDERS_END_MS,
      requestId: ORDERS_ID,
      version: '$LATEST',
      status: 'error',
      errorType: 'KeyError',
      message: "'order'",
      stack: ['File "/var/task/app.py", line 7, in handler'],
    },
  ]);
  const none = await queryBoth('errorExamples', ({ orders }) => ({
    ...CHECKOUT_RANGE,
    functionId: orders,
    fingerprints,
    limit: 5,
  }));
  expect(none).toEqual([]);
});

test('of each group as many as asked for, newest first', async () => {
  const { groups } = await queryBoth('errorGroups', ({ fails }) => ({ ...FLEET_RANGE, functionId: fails, limit: 10 }));
  const fingerprints = groups.map(({ fingerprint }) => fingerprint);
  const found = await queryBoth('errorExamples', ({ fails }) => ({
    ...FLEET_RANGE,
    functionId: fails,
    fingerprints,
    limit: 2,
  }));
  for (const { fingerprint, attempts } of groups)
    expect(found.filter((one) => one.fingerprint === fingerprint)).toHaveLength(Math.min(2, attempts));
  expect(found.map(({ atMs }) => atMs)).toEqual(found.map(({ atMs }) => atMs).toSorted((a, b) => b - a));
  expect(found.map(({ requestId }) => requestId)).not.toContain(checkoutId(3));
});
