/** The referee's own generator against scenarios worked by hand. */
import { describe, expect, it } from 'vitest';
import { burstArrivals, drawFactors, fanOutArrivals } from '../../bench/referee/lambda/arrivals.ts';
import { trailRecords } from '../../bench/referee/lambda/cloudtrail.ts';
import { damaged, UNDAMAGED } from '../../bench/referee/lambda/damage.ts';
import { listFunctions } from '../../bench/referee/lambda/inventory.ts';
import { medianIdleMs } from '../../bench/referee/lambda/keep-alive.ts';
import { logEvents } from '../../bench/referee/lambda/log-event.ts';
import type { Configuration, FunctionPlan } from '../../bench/referee/lambda/plan.ts';
import { seeded } from '../../bench/referee/lambda/random.ts';
import { simulate } from '../../bench/referee/lambda/simulate.ts';
import { STANDARD_CONFIGURATION, STANDARD_PLAN } from '../../bench/referee/lambda/standard.ts';
import { subscriptionMessages } from '../../bench/referee/lambda/subscription.ts';
import { traceAnswers } from '../../bench/referee/lambda/traces.ts';
import { holds, linesOf, NO_ANSWER, relativeError } from '../../bench/referee/scenario.ts';
import { parsePlatformLine } from '../../ingest/lines/platform-line.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';

const START_MS = Date.UTC(2026, 0, 5);

/** No chance at all: placement 90 ms, init 180 ms, handler 100 ms. */
const EXACT: Configuration = {
  ...STANDARD_CONFIGURATION,
  initSigma: 0,
  work: { cpuMs: 0, waitMs: 100, threads: 1, sigma: 0, tail: null, perKilobyte: 0 },
};

function plan(atSeconds: readonly number[], changes: Partial<FunctionPlan> = {}): FunctionPlan {
  return {
    ...STANDARD_PLAN,
    name: 'orders',
    seed: '1',
    placement: { ...STANDARD_PLAN.placement, sigma: 0 },
    configurations: [EXACT],
    routing: [{ fromMs: 0, weights: [{ configuration: 'latest', weight: 1 }], why: 'deploy' }],
    requests: atSeconds.map((seconds) => ({ atMs: START_MS + seconds * 1000, payloadBytes: 0 })),
    ...changes,
  };
}

const causesOf = (made: FunctionPlan) => simulate(made).invocations.map(({ causes }) => causes?.[0] ?? 'warm');

describe('environments', () => {
  it('prints what AWS documents for one cold and one warm invocation', () => {
    const made = plan([0, 10]);
    const outcome = simulate(made);
    const [cold, warm] = outcome.invocations;
    expect(cold).toMatchObject({ startMs: START_MS + 270, endMs: START_MS + 370, durationMs: 100, initMs: 180 });
    // From August 2025 on, Billed Duration holds the init: 100 + 180.
    expect(cold?.billedMs).toBe(280);
    expect(warm).toMatchObject({ durationMs: 100, billedMs: 100, initMs: null, causes: null });
    const lines = logEvents(made, outcome).map(({ timestampMs, message }) => [timestampMs - START_MS, message]);
    expect(lines.slice(0, 4)).toEqual([
      [
        90,
        expect.stringMatching(
          /^INIT_START Runtime Version: nodejs:22\.v48\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
        ),
      ],
      [270, `START RequestId: ${cold?.requestId} Version: $LATEST\n`],
      [370, `END RequestId: ${cold?.requestId}\n`],
      [
        370,
        `REPORT RequestId: ${cold?.requestId}\tDuration: 100.00 ms\tBilled Duration: 280 ms\tMemory Size: 512 MB\t` +
          `Max Memory Used: ${cold?.memoryUsedMb} MB\tInit Duration: 180.00 ms\t\n`,
      ],
    ]);
  });

  it('names growth, expiry and the first environment', () => {
    // Three at once; 300 s later one of them serves; 361 s after its end nothing is left.
    expect(causesOf(plan([0, 0, 0, 300, 662]))).toEqual(['first', 'scale-out', 'scale-out', 'warm', 'idle-expiry']);
  });

  it('calls a long expired environment beside busy ones either expiry or growth', () => {
    const slow = { ...EXACT, work: { ...EXACT.work, waitMs: 1000 } };
    const made = plan([0, 0, 8000, 8000], { configurations: [slow] });
    expect(simulate(made).invocations.at(-1)?.causes).toEqual(['idle-expiry', 'scale-out']);
    expect(simulate(made).invocations.at(-2)?.causes).toEqual(['idle-expiry']);
  });

  it('starts the runtime again inside the invocation after an exit', () => {
    const crashing = { ...EXACT, faults: { ...EXACT.faults, exit: 1 } };
    const { invocations, environments } = simulate(plan([0, 10], { configurations: [crashing] }));
    expect(environments).toHaveLength(1);
    // The handler ran half of its 100 ms; the second Duration holds 180 ms of init as well, and START comes after it.
    expect(invocations[1]).toMatchObject({ durationMs: 230, hiddenInitMs: 180, initMs: null, causes: ['crash'] });
    expect((invocations[1]?.endMs ?? 0) - (invocations[1]?.startMs ?? 0)).toBeCloseTo(50, 5);
    expect(invocations[1]?.startMs).toBeGreaterThan(START_MS + 10_180);
  });

  it('ends $LATEST at a deploy, and keeps the old version beside a new one', () => {
    const next = { ...EXACT, id: 'next', codeSha256: 'other' };
    const routing = [
      { fromMs: 0, weights: [{ configuration: 'latest', weight: 1 }], why: 'deploy' },
      { fromMs: START_MS + 5000, weights: [{ configuration: 'next', weight: 1 }], why: 'deploy' },
    ] as const;
    const latest = plan([0, 0, 10, 10, 10], { configurations: [EXACT, next], routing });
    expect(causesOf(latest)).toEqual(['first', 'scale-out', 'deploy', 'deploy', 'scale-out']);
    expect(simulate(latest).environments.map(({ endReason }) => endReason)).toEqual([
      'deploy',
      'deploy',
      null,
      null,
      null,
    ]);
    const versions = [
      { ...EXACT, version: '1' },
      { ...next, version: '2' },
    ];
    const published = plan([0, 10, 10], { configurations: versions, routing });
    expect(causesOf(published)).toEqual(['first', 'deploy', 'scale-out']);
    expect(simulate(published).environments[0]?.endReason).toBeNull();
  });

  it('calls the growth of a new version beside idle old environments either deploy or growth', () => {
    const versions = [
      { ...EXACT, id: 'old', version: '1' },
      { ...EXACT, id: 'new', version: '2' },
    ];
    const routing = [
      { fromMs: 0, weights: [{ configuration: 'old', weight: 1 }], why: 'deploy' },
      { fromMs: START_MS + 5000, weights: [{ configuration: 'new', weight: 1 }], why: 'deploy' },
    ] as const;
    const { invocations } = simulate(plan([0, 0, 10, 10, 10], { configurations: versions, routing }));
    expect(invocations.slice(2).map(({ causes }) => causes)).toEqual([
      ['deploy'],
      ['deploy', 'scale-out'],
      ['scale-out'],
    ]);
  });

  it('uses provisioned environments first and spills over', () => {
    const versioned = { ...EXACT, version: '7' };
    const provisioned = { fromMs: START_MS, toMs: START_MS + HOUR_MS, count: 2, configuration: 'latest' };
    const made = plan([120, 120, 120, 130], { configurations: [versioned], provisioned });
    const outcome = simulate(made);
    expect(outcome.invocations.map(({ causes, userFelt }) => [causes?.[0] ?? 'warm', userFelt])).toEqual([
      ['provisioned', false],
      ['provisioned', false],
      ['scale-out', true],
      ['warm', false],
    ]);
    const reports = logEvents(made, outcome).filter(({ message }) => message.startsWith('INIT_REPORT'));
    expect(reports.map(({ message }) => message)).toEqual([
      'INIT_REPORT Init Duration: 180.00 ms\n',
      'INIT_REPORT Init Duration: 180.00 ms\n',
    ]);
  });

  it('evicts all idle environments at once', () => {
    const made = plan([0, 0, 20, 20], { evictionsMs: [START_MS + 10_000] });
    expect(simulate(made).invocations.map(({ causes }) => causes)).toEqual([
      ['first'],
      ['scale-out'],
      ['idle-expiry', 'recycle'],
      ['idle-expiry', 'recycle'],
    ]);
  });

  it('keeps the environments of tenants apart', () => {
    const requests = ['a', 'b', 'a'].map((tenant, index) => ({
      atMs: START_MS + index * 10_000,
      payloadBytes: 0,
      tenant,
    }));
    const outcome = simulate(plan([], { requests }));
    expect(outcome.environments.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
    expect(outcome.invocations[2]?.causes).toBeNull();
  });

  it('restores snapshots', () => {
    const snap = { ...EXACT, version: '3', snapStart: true };
    const made = plan([0], { configurations: [snap] });
    const messages = logEvents(made, simulate(made)).map(({ message }) => message);
    expect(messages[0]).toMatch(/^RESTORE_START Runtime Version: /);
    expect(messages[1]).toBe('RESTORE_REPORT Restore Duration: 180.00 ms\n');
    expect(messages.at(-1)).toContain('\tRestore Duration: 180.00 ms\tBilled Restore Duration: 180 ms\t\n');
    expect(messages.at(-1)).toContain('\tBilled Duration: 280 ms\t');
  });
});

describe('what is emitted', () => {
  it('is read by the product as it was written, in both formats', () => {
    for (const format of ['text', 'json'] as const) {
      const made = plan([0, 0, 10, 500], { format, tracedShare: 1 });
      const outcome = simulate(made);
      const lines = logEvents(made, outcome).map(({ message }) => parsePlatformLine(message));
      const unread = lines.filter((line) => !line.ok);
      expect(unread).toEqual([]);
    }
  });

  it('joins function segments to requests by parent_id alone', () => {
    const made = plan([0], { tracedShare: 1 });
    const outcome = simulate(made);
    const [trace] = traceAnswers(made, outcome, seeded('trace'));
    const [service, ofFunction] = (trace?.Segments ?? []).map(({ Document }) => JSON.parse(Document));
    expect(service).toMatchObject({
      origin: 'AWS::Lambda',
      aws: { request_id: outcome.invocations[0]?.requestId },
      start_time: START_MS / 1000,
    });
    expect(ofFunction).toMatchObject({ origin: 'AWS::Lambda::Function', parent_id: service.id });
    expect(ofFunction.aws).not.toHaveProperty('request_id');
    const [initialization] = ofFunction.subsegments;
    expect(initialization).toMatchObject({ name: 'Initialization', start_time: START_MS / 1000 + 0.09 });
    expect(initialization.end_time).toBeLessThanOrEqual(ofFunction.start_time);
  });

  it('loses and repeats the stated shares', () => {
    const made = plan(Array.from({ length: 2000 }, (_, index) => index));
    const events = logEvents(made, simulate(made));
    expect(damaged(events, UNDAMAGED, seeded('d'))).toEqual(events);
    const arriving = damaged(events, { ...UNDAMAGED, lostStarts: 0.1, repeated: 0.05 }, seeded('d'));
    const starts = new Set(arriving.filter(({ message }) => message.startsWith('START')).map(({ id }) => id));
    // Binomial: 2,000 × 0.9 = 1,800, standard deviation 13.4; four of them.
    expect(Math.abs(starts.size - 1800)).toBeLessThan(54);
    expect(new Set(arriving.map(({ id }) => id)).size).toBe(events.length - (2000 - starts.size));
    const messages = subscriptionMessages(made, arriving);
    expect(messages.reduce((sum, { logEvents: { length } }) => sum + length, 0)).toBe(arriving.length);
  });

  it('lists the configuration of a time, with every version', () => {
    const versions = [
      { ...EXACT, id: 'a', version: '1', memoryMb: 256 },
      { ...EXACT, id: 'b', version: '2', memoryMb: 512 },
    ];
    const routing = [
      { fromMs: START_MS, weights: [{ configuration: 'a', weight: 1 }], why: 'deploy' },
      { fromMs: START_MS + 1000, weights: [{ configuration: 'b', weight: 1 }], why: 'deploy' },
    ] as const;
    const made = plan([], { configurations: versions, routing });
    expect(listFunctions([made], START_MS + 500).Functions).toMatchObject([
      { Version: '1', MemorySize: 256 },
      { Version: '$LATEST', MemorySize: 256 },
    ]);
    expect(listFunctions([made], START_MS + 2000).Functions).toMatchObject([
      { Version: '1', MemorySize: 256 },
      { Version: '2', MemorySize: 512 },
      { Version: '$LATEST', MemorySize: 512 },
    ]);
  });

  it('records the changes of the user in CloudTrail, and not those of Lambda', () => {
    const states = [EXACT, { ...EXACT, id: 'code', codeSha256: 'b' }, { ...EXACT, id: 'patched', codeSha256: 'b' }];
    const routing = states.map(({ id }, index) => ({
      fromMs: START_MS + index * HOUR_MS,
      weights: [{ configuration: id, weight: 1 }],
      why: index === 2 ? ('runtime-patch' as const) : ('deploy' as const),
    }));
    expect(trailRecords(plan([], { configurations: states, routing }), seeded('t'))).toMatchObject([
      { eventName: 'UpdateFunctionCode20150331v2', eventTime: '2026-01-05T01:00:00Z' },
    ]);
  });
});

describe('chance', () => {
  const week = { fromMs: START_MS, toMs: START_MS + 7 * DAY_MS };

  it('bursts, yet keeps the mean rate', () => {
    const flat = drawFactors({}, week, seeded('f'));
    const times = burstArrivals(100, { branching: 0.5, delayMs: 2000 }, flat, week, seeded('a'));
    // Mean 16,800; the variance of a Hawkes count is mean / (1 - 0.5)² = 4 × mean: standard deviation 259.
    expect(Math.abs(times.length - 16_800)).toBeLessThan(4 * 259);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(burstArrivals(100, { branching: 0.5, delayMs: 2000 }, flat, week, seeded('a'))).toEqual(times);
  });

  it('follows the day and the week', () => {
    const factors = drawFactors({ daily: 0.8, weekend: 0.3 }, week, seeded('f'));
    // 2026-01-05 is a Monday. Peak at 15:00, trough at 03:00; Saturday has three tenths.
    expect(factors.at(START_MS + 15 * HOUR_MS)).toBeCloseTo(1.8, 10);
    expect(factors.at(START_MS + 3 * HOUR_MS)).toBeCloseTo(0.2, 10);
    expect(factors.at(START_MS + 5 * DAY_MS + 15 * HOUR_MS)).toBeCloseTo(0.54, 10);
  });

  it('fans out at the stated times', () => {
    const times = fanOutArrivals(3, HOUR_MS, 100, { fromMs: 0, toMs: 2 * HOUR_MS }, seeded('a'));
    expect(times.map((ms) => Math.floor(ms / HOUR_MS))).toEqual([0, 0, 0, 1, 1, 1]);
    expect(times.every((ms) => ms % HOUR_MS < 100)).toBe(true);
  });

  it('plants the stated median idle windows', () => {
    const near = (low: number, high = low) => ({ low: expect.closeTo(low, -1), high: expect.closeTo(high, -1) });
    expect(medianIdleMs({ shape: 'fixed', ms: 360_000 })).toEqual(near(360_000));
    expect(medianIdleMs({ shape: 'steps', everyMs: 380_000, endShare: 0.6 })).toEqual(near(380_000));
    // Exactly half is kept between the first and the second step: any of these times is a median.
    expect(medianIdleMs({ shape: 'steps', everyMs: 380_000, endShare: 0.5 })).toEqual(near(380_000, 760_000));
    expect(medianIdleMs({ shape: 'lognormal', medianMs: 600_000, sigma: 0.4 })).toEqual(near(600_000));
    // No window of its own, evictions once an hour: ln 2 hours, which is 2,495 s.
    expect(medianIdleMs({ shape: 'fixed', ms: 48 * HOUR_MS }, 1)).toEqual(near(2_495_330));
  });

  it('splits a weighted alias by its weights', () => {
    const routing = [
      {
        fromMs: 0,
        weights: [
          { configuration: 'a', weight: 0.9 },
          { configuration: 'b', weight: 0.1 },
        ],
        why: 'deploy',
      },
    ] as const;
    const configurations = [
      { ...EXACT, id: 'a', version: '1' },
      { ...EXACT, id: 'b', version: '2' },
    ];
    const made = plan(
      Array.from({ length: 5000 }, (_, index) => index),
      { configurations, routing },
    );
    const canary = simulate(made).invocations.filter(({ configuration }) => configuration.version === '2');
    // Binomial: mean 500, standard deviation 21.2; four of them.
    expect(Math.abs(canary.length - 500)).toBeLessThan(85);
  });
});

describe('rows', () => {
  it('compare observations with their bounds', () => {
    const rows = [
      { kind: 'share', note: 'hit', what: 'hits', atLeast: 0.9 },
      { kind: 'rare', note: 'miss', what: 'misses', atMost: 0.05 },
      { kind: 'error', note: 'error', what: 'errors', q: 0.9, atMost: 0.1 },
      { kind: 'seconds', note: 'time', what: 'time', atMost: 60 },
      { kind: 'figure', note: 'hit', what: 'figure', as: 'share' },
    ] as const;
    const good = { hit: [1, 1, 1, 1, 1, 1, 1, 1, 1, 0], miss: [0, 0], error: [0.02, 0.1], time: [12, 59] };
    expect(linesOf(rows, good).map(({ answer, pass }) => [answer, pass])).toEqual([
      ['90.0 % of 10', true],
      ['0.0 % of 2', true],
      ['median 2.0 % off', true],
      ['59.0 s', true],
      ['90.0 %', true],
    ]);
    const unanswered = { ...good, error: [NO_ANSWER, NO_ANSWER] };
    expect(linesOf(rows, unanswered)[2]).toMatchObject({ answer: 'no answer', error: 'no answer', pass: false });
    const bad = { hit: [1, 0], miss: [1, 0], error: [0.02, 0.2], time: [61] };
    expect(linesOf(rows, bad).map(({ pass }) => pass)).toEqual([false, false, false, false, true]);
  });

  it('do not take a missing answer for a right one', () => {
    expect(relativeError(null, 100)).toBe(NO_ANSWER);
    expect(relativeError(90, 100)).toBeCloseTo(0.1, 10);
    expect(holds({ low: null, high: 2 }, 1)).toBe(false);
    expect(holds(null, 1)).toBe(false);
    expect(holds({ low: 1, high: 2 }, 2)).toBe(true);
  });
});
