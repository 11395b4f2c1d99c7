/** docs/api.md: to a restricted caller, alerts are those of permitted functions. */
import { expect, test } from 'vitest';
import type { RestrictedFunction, Restriction } from '../../storage/restriction.ts';
import { mayRead, restrictionOf } from '../../storage/restriction.ts';
import { mayReadAlert } from './alerts-of.ts';

const permitted = {
  permits: (restriction: Restriction | null, owner: RestrictedFunction) => mayRead(restriction, owner, () => undefined),
};
const reads = (entries: readonly string[] | null, labels: Readonly<Record<string, string>>): boolean =>
  mayReadAlert(permitted, entries === null ? null : restrictionOf(entries), { labels });
const CHECKOUT = { function: 'checkout', account: '111122223333', region: 'eu-west-1' };

test('without a restriction every alert is read, also those of the fleet', () => {
  expect([reads(null, CHECKOUT), reads(null, {}), reads(null, { account: 'x' })]).toEqual([true, true, true]);
});

test.each<[readonly string[], boolean]>([
  [['function:check*'], true],
  [['function:pay*'], false],
  [['account:111122223333'], true],
  [['account:999999999999'], false],
  [['region:eu-*'], true],
  [['region:us-*'], false],
  [['function:checkout', 'account:111122223333', 'region:eu-west-1'], true],
  [['function:checkout', 'account:111122223333', 'region:eu-west-2'], false],
])('by %j an alert of checkout is read: %s', (entries, expected) => {
  expect(reads(entries, CHECKOUT)).toBe(expected);
});

test('with a restriction, an alert that names no function is not read, whatever its other labels', () => {
  expect(reads(['function:*'], {})).toBe(false);
  expect(reads(['account:111122223333'], { account: '111122223333', region: 'eu-west-1' })).toBe(false);
});

test('a function whose account is not known is of none', () => {
  expect(reads(['account:?*'], { function: 'checkout' })).toBe(false);
  expect(reads(['region:?*'], { function: 'checkout' })).toBe(false);
  expect(reads(['function:checkout'], { function: 'checkout' })).toBe(true);
});
