/** Rows as the API states them. Expected amounts were worked out by hand from AWS's list prices. */
import { expect, test } from 'vitest';
import { workedFunction as aggregate, NOON, workedInvocation as row } from '../../../test/support/worked-rows.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FunctionAggregate } from '../../storage/ports.ts';
import { costGap, environmentOf, invocationOf, summaryOf } from './present.ts';

const none = { hours: 24, functions: [] };
const summary = (change: Partial<FunctionAggregate> = {}, nowMs = Date.UTC(2026, 5, 1)) =>
  summaryOf({ ...aggregate, ...change }, nowMs, none, AT_LIST_PRICE);
const counts = (change: Partial<FunctionAggregate['counts']>) => ({ counts: { ...aggregate.counts, ...change } });

test('the summary of a function: counts, rates, seconds and dollars', () => {
  const found = summary();
  expect(found).toMatchObject({
    id: '123456789012:us-east-1:checkout',
    runtime: 'nodejs22.x',
    // All of its usage was on arm64, whatever the inventory says today.
    architecture: 'arm64',
    invocations: 1000,
    errors: 10,
    coldStartSeconds: 15,
    coverage: 1,
    firstSeenAt: '2026-11-21T11:59:00.000Z',
    lastSeenAt: '2026-11-21T12:00:00.000Z',
    spark: [200, 300, 500],
    costBasis: 'report',
    costReason: null,
  });
  expect(found.errorRate.value).toBe(0.01);
  expect(found.coldStartRate).toMatchObject({ value: 0.04, n: 1000 });
  expect(found.userFeltColdStartRate).toMatchObject({ value: 0.03, n: 1000 });
  // 1,000 requests at $0.0000002, and 100 s of 1 GB at $0.0000133334.
  expect(found.costUsd).toBeCloseTo(0.0002 + 0.00133334, 10);
  // 10 requests, and 30 s.
  expect(found.wastedUsd).toBeCloseTo(0.000002 + 0.000400002, 10);
});

test('the rate of cold starts that callers waited for is that of invocations whose environment is known', () => {
  expect(summary(counts({ unplaced: 400 })).userFeltColdStartRate).toMatchObject({ value: 0.05, n: 600 });
  expect(summary(counts({ unplaced: 1000 }))).toMatchObject({ coldStartSeconds: null });
});

test('rates of functions whose cold starts and errors come in bursts have wider intervals', () => {
  const even = [250, 250, 250, 250];
  const bursts = { n: even, placed: even, errors: [10, 0, 0, 0], coldStarts: [40, 0, 0, 0], userFelt: [30, 0, 0, 0] };
  const found = summary({ blocks: bursts });
  for (const rate of ['errorRate', 'coldStartRate', 'userFeltColdStartRate'] as const) {
    const { value, low, high, n } = found[rate];
    const independent = wilson(Math.round((value ?? 0) * n), n);
    expect(found[rate].blocks).toBe(4);
    expect(low).toBeLessThan((independent.low ?? 0) / 2);
    expect(high).toBeGreaterThan(2 * (independent.high ?? 0));
  }
});

test('of parts that do not add up, rates say that they assume independent invocations', () => {
  const blocks = { ...aggregate.blocks, n: [1, 1, 1, 1], placed: [1, 1, 1, 1] };
  expect(summary({ blocks }).coldStartRate).toEqual(wilson(40, 1000));
  expect(summary({ blocks }).coldStartRate.blocks).toBeUndefined();
});

test('an architecture that changed within the range is that of today', () => {
  const [slice] = aggregate.usage;
  const usage = slice === undefined ? [] : [slice, { ...slice, architecture: 'x86_64' }];
  expect(summary({ usage }).architecture).toBe('x86_64');
});

test('without billed durations the cost is unknown, with the reason', () => {
  expect(summary({ usage: [] })).toMatchObject({ costUsd: null, costBasis: null, wastedUsd: null });
  expect(summary({ usage: [] }).costReason).toMatch(/^No REPORT line states billed duration and memory size/);
});

const identity = (change: Partial<FunctionAggregate['identity']>) => ({
  identity: { ...aggregate.identity, ...change },
});
const quiet = counts({ ooms: 0, timeouts: 0 });

test.each<[string, Partial<FunctionAggregate>, readonly string[]]>([
  ['nothing', quiet, []],
  ['an out of memory', counts({ ooms: 1, timeouts: 0 }), ['out-of-memory']],
  ['a timeout', counts({ ooms: 0, timeouts: 1 }), ['timeouts']],
  ['95 % of the memory', { ...quiet, memoryUse: { share: 0.95, usedMb: 973, sizeMb: 1024 } }, ['memory-near-limit']],
  ['less than 95 % of it', { ...quiet, memoryUse: { share: 0.949, usedMb: 972, sizeMb: 1024 } }, []],
  ['unknown use of memory', { ...quiet, memoryUse: null }, []],
  ['an inferred name', { ...quiet, ...identity({ nameInferred: true }) }, ['function-name-unknown']],
  ['no region', { ...quiet, ...identity({ region: '' }) }, ['region-unknown', 'price-assumed']],
  ['a region without a price', { ...quiet, ...identity({ region: 'xx-1' }) }, ['price-assumed']],
  ['an unknown log stream', counts({ ooms: 0, timeouts: 0, unplaced: 1 }), ['log-streams-unknown']],
  ['98.9 % of the STARTs', counts({ ooms: 0, timeouts: 0, with_start: 989 }), ['starts-missing']],
  ['99 % of the STARTs', counts({ ooms: 0, timeouts: 0, with_start: 990 }), []],
  ['unknown errors', counts({ ooms: 0, timeouts: 0, errors_unknown: 1 }), ['errors-unknown']],
])('%s: warnings', (_, change, warnings) => {
  expect(summary(change).warnings).toEqual(warnings);
});

test.each([
  ['2026-10-31', []],
  ['2026-11-01', ['runtime-ending']],
  ['2027-04-30', ['runtime-deprecated']],
  ['2027-07-01', ['runtime-deprecated']],
])('nodejs22.x, which AWS deprecates on 30 April 2027, on %s', (day, warnings) => {
  expect(summary(quiet, Date.parse(day)).warnings).toEqual(warnings);
});

test('what a cost leaves out', () => {
  expect(costGap(0, 10)).toBeNull();
  expect(costGap(3, 10)?.text).toMatch(
    /^The cost leaves out 3 of 10 invocations\. No REPORT line states billed duration/,
  );
  expect(costGap(10, 10)?.text).toMatch(/^No REPORT line states billed duration/);
});

const terms = { plans: [], tier: 1 } as never;

test('an invocation: times, cost, and why its stream is unknown', () => {
  expect(invocationOf(row, terms)).toMatchObject({
    function: { id: '1:us-east-1:f', name: 'f' },
    startedAt: '2026-11-21T11:59:59.500Z',
    endedAt: '2026-11-21T12:00:00.000Z',
    errorStack: ['a', 'b'],
    logStreamReason: null,
    attributes: {},
  });
  // One request, and half a second of 2 GB at $0.0000166667.
  expect(invocationOf(row, terms).costUsd).toBeCloseTo(2e-7 + 1.66667e-5, 12);
  expect(invocationOf({ ...row, billedDurationMs: null }, terms).costUsd).toBeNull();
  expect(invocationOf({ ...row, startMs: null }, terms).startedAt).toBeNull();
  expect(invocationOf({ ...row, logStream: null }, terms).logStreamReason).not.toBeNull();
  expect(invocationOf({ ...row, attributes: '{"stage":"prod"}' }, terms).attributes).toEqual({ stage: 'prod' });
});

test('an environment: sizes in MB, times in ISO 8601', () => {
  const facts = {
    environmentId: 9,
    memoryMb: 512,
    initStartMs: null,
    initMs: 120.5,
    firstSeenMs: NOON,
    lastSeenMs: NOON + 1,
  };
  expect(environmentOf(facts as never)).toMatchObject({
    id: 9,
    memorySizeMb: 512,
    initStartedAt: null,
    initDurationMs: 120.5,
    firstSeenAt: '2026-11-21T12:00:00.000Z',
    lastSeenAt: '2026-11-21T12:00:00.001Z',
  });
  expect(environmentOf({ ...facts, initStartMs: NOON } as never).initStartedAt).toBe('2026-11-21T12:00:00.000Z');
});

test('the id of a function names account, region and name', () => {
  expect(functionIdOf({ account: 'a', region: 'r', name: 'n' })).toBe('a:r:n');
});
