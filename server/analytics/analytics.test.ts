import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import type { EnvironmentEvidence, InvocationEvidence, PrecedingEvidence } from './cold-starts/classify.ts';
import { classifyColdStart } from './cold-starts/classify.ts';
import { costOf, totalCost } from './cost/cost.ts';
import { AT_LIST_PRICE } from './cost/terms.ts';
import { concurrency, mostAtOnce } from './metrics/concurrency.ts';
import { wilson } from './statistics/rate.ts';

describe('Wilson interval', () => {
  test.each([
    // Published figures: Newcombe 1998, table I.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (hits, n, low, high) => {
    const rate = wilson(hits, n);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
  });

  test('has no value without observations', () => {
    expect(wilson(0, 0)).toEqual({ value: null, low: null, high: null, n: 0 });
  });

  test('contains the rate and stays within [0, 1]', () => {
    law(
      fc.property(fc.nat(1000), fc.nat(1000), (hits, misses) => {
        fc.pre(hits + misses > 0);
        const { value, low, high } = wilson(hits, hits + misses);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value ?? -1);
        expect(high).toBeGreaterThanOrEqual(value ?? 2);
      }),
    );
  });
});

type Evidence = InvocationEvidence & EnvironmentEvidence & PrecedingEvidence;

describe('cold starts', () => {
  const warm: Evidence = {
    startMs: 1000,
    endMs: 1100,
    durationUs: 100000,
    initUs: null,
    restoreUs: null,
    initializationType: null,
    initStartMs: null,
    previousFailed: false,
    previousReset: false,
    reinitialised: false,
    reportedInitUs: null,
    initTimedOut: false,
    proactiveThresholdMs: 1000,
  };
  test.each<[string, Partial<Evidence>, ReturnType<typeof classifyColdStart>]>([
    ['a warm invocation', {}, null],
    ['Init Duration', { initUs: 200000 }, { kind: 'on-demand', userFelt: true }],
    ['an init right before START', { initUs: 200000, initStartMs: 790 }, { kind: 'on-demand', userFelt: true }],
    [
      'a proactive init, long before START',
      { initUs: 200000, startMs: 60_000, endMs: 60_100, initStartMs: 790 },
      { kind: 'on-demand', userFelt: false },
    ],
    [
      'an init below the proactive threshold of a function with slow handovers',
      { initUs: 200000, startMs: 60_000, endMs: 60_100, initStartMs: 790, proactiveThresholdMs: 60_000 },
      { kind: 'on-demand', userFelt: true },
    ],
    ['a restore', { restoreUs: 300000 }, { kind: 'snap-start', userFelt: true }],
    [
      'provisioned concurrency',
      { initUs: 200000, initializationType: 'provisioned-concurrency' },
      { kind: 'provisioned', userFelt: false },
    ],
    [
      'a managed instance',
      { initUs: 200000, initializationType: 'lambda-managed-instances' },
      { kind: 'managed-instance', userFelt: false },
    ],
    [
      'INIT_REPORT Phase: invoke',
      { reinitialised: true, reportedInitUs: 90_000 },
      { kind: 'suppressed', userFelt: true, hiddenInitUs: 90_000, initTimedOut: false },
    ],
    [
      'an init that was stopped at its time limit, and no line says how long it took',
      { reinitialised: true, initTimedOut: true },
      { kind: 'suppressed', userFelt: true, hiddenInitUs: null, initTimedOut: true },
    ],
    [
      'after a failure, Duration longer than START to END',
      { previousFailed: true, durationUs: 1100000 },
      // 1,100 ms of Duration, 100 ms from START to END.
      { kind: 'suppressed', userFelt: true, hiddenInitUs: 1_000_000, initTimedOut: false },
    ],
    ['after an error that the handler reported, without a suppressed init', { previousFailed: true }, null],
    [
      // A reset is certain after a timeout, exit or out of memory; its time is unknown if neither line shows it.
      'after a reset, with Duration as long as START to END',
      { previousFailed: true, previousReset: true },
      { kind: 'suppressed', userFelt: true, hiddenInitUs: null, initTimedOut: false },
    ],
    [
      'after a reset, START lost',
      { previousFailed: true, previousReset: true, startMs: null, durationUs: 1_100_000 },
      { kind: 'suppressed', userFelt: true, hiddenInitUs: null, initTimedOut: false },
    ],
    [
      'an environment that serves several requests at a time has no next invocation to initialise it again',
      { previousFailed: true, previousReset: true, initializationType: 'lambda-managed-instances' },
      null,
    ],
    [
      // INIT_START at 790 ms, ready at 990 ms; END − Duration = 60,100 − 100 = 60,000 ms.
      'a proactive init, START lost',
      { initUs: 200_000, startMs: null, endMs: 60_100, initStartMs: 790 },
      { kind: 'on-demand', userFelt: false },
    ],
    [
      // END − Duration = 1100 − 100 = 1000 ms, 10 ms after the init ended.
      'an init right before a START that was lost',
      { initUs: 200_000, startMs: null, initStartMs: 790 },
      { kind: 'on-demand', userFelt: true },
    ],
    ['Duration longer than START to END without a failure (clock noise)', { durationUs: 1100000 }, null],
    ['after a failure, START unknown', { previousFailed: true, startMs: null, durationUs: 1100000 }, null],
  ])('%s', (_name, evidence, expected) => {
    const all = { ...warm, ...evidence };
    expect(classifyColdStart(all, all, all)).toEqual(expected);
  });
});

describe('concurrency', () => {
  const interval = fc
    .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 300 }))
    .map(([startMs, length]) => ({ startMs, endMs: startMs + length }));

  test('the peak equals the maximum over all instants', () => {
    law(
      fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
        const answer = concurrency(intervals, 0, 1400, 100);
        let peak = 0;
        for (let at = 0; at < 1400; at += 1)
          peak = Math.max(peak, intervals.filter((entry) => entry.startMs <= at && at < entry.endMs).length);
        expect(answer.peak).toBe(peak);
        expect(Math.max(0, ...answer.buckets.map((bucket) => bucket.max))).toBe(peak);
        const area = intervals.reduce((sum, entry) => sum + entry.endMs - entry.startMs, 0);
        expect(answer.buckets.reduce((sum, bucket) => sum + bucket.mean * 100, 0)).toBeCloseTo(area, 6);
      }),
    );
  });

  test('detects overlapping runs in an environment, with a tolerance for clock noise', () => {
    const run = (startMs: number, endMs: number) => ({ startMs, endMs });
    expect(mostAtOnce([run(0, 100), run(96, 200), run(200, 210)])).toBe(1);
    expect(mostAtOnce([run(0, 100), run(94, 200)])).toBe(2);
    // The first run is still in progress when the last one starts.
    expect(mostAtOnce([run(0, 1000), run(998, 999), run(980, 990)].toSorted((a, b) => a.startMs - b.startMs))).toBe(2);
    expect(mostAtOnce([])).toBe(0);
  });

  test('processes ends before starts at the same time', () => {
    expect(
      concurrency(
        [
          { startMs: 0, endMs: 10 },
          { startMs: 10, endMs: 20 },
        ],
        0,
        20,
        20,
      ).peak,
    ).toBe(1);
  });
});

describe('cost', () => {
  test('prices a million runs of 100 ms at 1 GB in eu-west-1, x86', () => {
    const cost = costOf(
      {
        region: 'eu-west-1',
        memoryMb: 1024,
        architecture: 'x86_64',
        invocations: 1e6,
        billedMs: 1e8,
      },
      AT_LIST_PRICE,
    );
    expect(cost?.usd).toBeCloseTo(0.2 + 1e5 * 1.66667e-5, 6);
    expect(cost?.assumed).toBe(false);
  });
  test('flags an assumed region or architecture', () => {
    expect(
      costOf(
        { region: 'xx-nowhere-1', memoryMb: 128, architecture: 'arm64', invocations: 1, billedMs: 1 },
        AT_LIST_PRICE,
      )?.assumed,
    ).toBe(true);
    expect(
      costOf({ region: 'eu-west-1', memoryMb: 128, architecture: null, invocations: 1, billedMs: 1 }, AT_LIST_PRICE)
        ?.assumed,
    ).toBe(true);
  });
  test('returns null, not zero, for unknown memory', () => {
    expect(
      totalCost(
        [{ region: 'eu-west-1', memoryMb: null, architecture: null, invocations: 1, billedMs: 1 }],
        AT_LIST_PRICE,
      ),
    ).toBeNull();
  });
});
