/** What prices assume. Expected texts follow from the regions of AWS's price list and the slices of usage. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { priceAssumptions } from './price-assumptions.ts';

const TODAY = { fromMs: 0, toMs: DAY_MS };
const terms = { plans: [], tier: 1 } as never;
const slice = (region: string, architecture: string | null = 'arm64', invocations = 10) => ({
  region,
  architecture,
  invocations,
});
const sentences = (...usage: ReturnType<typeof slice>[]) => priceAssumptions(usage, TODAY, terms).priceAssumptions;
const OF_THEIR_TIME =
  'Architectures of their time, from the inventory or CloudTrail; before the first known update, the first known one';

test('of a listed region, nothing but the terms is assumed', () => {
  expect(sentences(slice('us-east-1'), slice('eu-west-1'))).toEqual([
    'AWS list prices as read from 2025-10 to 2026-09',
    OF_THEIR_TIME,
    'Duration at the first price tier (up to 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region)',
    'No savings plan is declared for this time',
    'The cost of a function is that of its requests and billed duration; ephemeral storage, provisioned concurrency, SnapStart and logs are priced apart',
    'The monthly free tier of the account is not subtracted, and invocations on provisioned concurrency are priced as on demand',
  ]);
});

test('regions without a price are named once, in order, at most five', () => {
  expect(sentences(slice('xx-2'), slice('us-east-1'), slice('xx-1'), slice('xx-2'))[1]).toBe(
    'No price is listed for xx-1, xx-2: the standard price is assumed',
  );
  expect(sentences(slice(''))[1]).toBe('The region of some invocations is unknown: the standard price is assumed');
  const of = (n: number) => sentences(...Array.from({ length: n }, (_, at) => slice(`xx-${at}`)))[1];
  expect(of(5)).toContain('xx-0, xx-1, xx-2, xx-3, xx-4:');
  expect(of(6)).toContain('xx-0, xx-1, xx-2, xx-3, xx-4 and 1 other region:');
  expect(of(8)).toContain('xx-4 and 3 other regions:');
});

test('invocations of unknown architecture are counted, and are taken for x86_64', () => {
  const usage = [slice('us-east-1', null, 3), slice('us-east-1', 'arm64', 100), slice('eu-west-1', null, 4)];
  expect(sentences(...usage)[1]).toBe('The architecture of 7 invocations is unknown: x86_64 is assumed');
});

test('two periods are compared at list price', () => {
  expect(priceAssumptions([slice('us-east-1')], TODAY, null).priceAssumptions[2]).toBe(
    'Both periods at list price and the first tier: a savings plan or tier that began in between is not a change of the function',
  );
});
