/** Bounds of the error rate where error lines do not arrive; intervals are Wilson's (statistics.test.ts). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wilson } from '../statistics/rate.ts';
import { errorRateOf } from './error-rate.ts';

const counts = { n: 100, timeouts: 2, errors: 0, ooms: 0, exits: 1, errors_unknown: 0 };

test('is a Wilson rate where every error would have been received', () => {
  expect(errorRateOf(counts)).toEqual({ ...wilson(3, 100), failures: 3, unknown: null });
});

test('has no value where errors are unknown, and reaches from the known faults to all unknown invocations', () => {
  const rate = errorRateOf({ ...counts, errors_unknown: 40 });
  expect(rate).toMatchObject({ value: null, low: wilson(3, 100).low, high: wilson(43, 100).high, n: 100, failures: 3 });
  expect(rate.unknown).toMatchObject({ invocations: 40, remedy: expect.stringContaining('thermocline subscribe') });
});

test('the remedy prints the filter pattern of the deployment kits', () => {
  const kit = readFileSync(new URL('../../../deploy/cloudformation/firehose.yaml', import.meta.url), 'utf8');
  const pattern = errorRateOf({ ...counts, errors_unknown: 40 }).unknown?.remedy?.split('The filter pattern: ')[1];
  expect(pattern).toContain('?"Invoke Error" ');
  expect(kit).toContain(pattern);
});

test('cannot exceed one', () => {
  expect(errorRateOf({ ...counts, errors_unknown: 100 }).high).toBe(1);
});

test('the sentence counts the invocations of which it is unknown', () => {
  const reason = (unknown: number) => errorRateOf({ ...counts, errors_unknown: unknown }).unknown?.reason;
  const rest =
    'only timeouts, crashes and other faults that Lambda itself reports are known: no line of the application or its runtime was received with them, so a handler that throws looks like a success.';
  expect(reason(40)).toBe(`For 40 of 100 invocations, ${rest}`);
  expect(reason(100)).toBe(`For these invocations, ${rest}`);
});
