/** The sentences that say why a metric of two periods cannot be compared. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { errorsNotKnown, noPrice, tooFew, tooFewBlocks, tooFewIndependent } from './reasons.ts';

test.each([
  [
    [12, 3456] as const,
    false,
    'Too few: 12 invocations before and 3,456 after; at least 1,000 are required on each side.',
  ],
  [
    [0, 999] as const,
    true,
    'Too few: 0 invocations before and 999 after in the hours of the day that both periods have; at least 1,000 are required on each side.',
  ],
  // Sums of weights: 199.999 999 9 are 200, 199.9 are not.
  [
    [199.999_999_9, 199.9] as const,
    false,
    'Too few: 200 invocations before and 199 after; at least 1,000 are required on each side.',
  ],
])('too few: %j', (sizes, inSharedHours, sentence) => {
  expect(tooFew('invocations', sizes, 1000, inSharedHours).text).toBe(sentence);
});

test('bursts and blocks name their length', () => {
  expect(tooFewIndependent('invocations', HOUR_MS).text).toBe(
    'The invocations came in too few bursts: those of the same 1 h resemble each other, so that they are worth fewer independent ones than are required. Compare longer periods.',
  );
  expect(tooFewBlocks('inits', HOUR_MS).text).toBe(
    'The inits come from too few blocks of 1 h to know how much they vary from one to the next. Compare longer periods.',
  );
});

test('errors that are not known are counted', () => {
  expect(errorsNotKnown(12_345).text).toBe('Of 12,345 invocations it is not known whether the handler threw.');
});

test.each([
  [true, true, 'either period'],
  [true, false, 'the period before'],
  [false, true, 'the period after'],
])('without a price before: %s, after: %s', (before, after, side) => {
  expect(noPrice([before, after]).text).toBe(
    `The cost of ${side} is not known: its price or its memory size is not known.`,
  );
});
