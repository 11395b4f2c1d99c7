/** Keep-alive and provisioned concurrency on the page of a function, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const show = (answers: Answers, from = 'now-7d', tab = 'keep-alive') =>
  showPage(h(FunctionPage, { id: 'a:r:checkout' }), {
    path: '/functions/a%3Ar%3Acheckout',
    search: `?from=${from}&to=now&tab=${tab}`,
    answers,
  });

describe('keep-alive', () => {
  const answer: NonNullable<Answers['getFunctionKeepAlive']> = {
    n: 3451,
    deaths: 32,
    medianMs: 594_000,
    p10Ms: 526_000,
    p90Ms: 670_000,
    medianInterval: { low: 520_000, high: 825_000 },
    curve: [{ idleMs: 1000, survival: 1, low: 0.99, high: 1 }],
    method: 'survival',
    evidence: { invocations: 3749, environments: 36, truncated: true, youngOnly: true },
    reason: null,
  };
  const title = 'Keep-alive of idle environments';

  test('the median with its interval, n and evidence, over 7 days', async () => {
    const { section, requested } = await show({ getFunctionKeepAlive: answer });
    expect(requested).toContain('/api/v1/functions/a%3Ar%3Acheckout/keep-alive?from=now-7d&to=now');
    const text = section(title);
    expect(text).toContain(
      'Half of the idle environments end within 9.90 min (95 % interval 8.67–13.8 min, n=3,451), 10 % after 8.77 min and 90 % after 11.2 min.',
    );
    expect(text).toContain('3,451 idle periods, of which 32 ended with the environment; 3,749 invocations in 36');
    expect(text).toContain('only environments younger than two hours');
    expect(text).toContain('only the newest invocations of the time range.');
    expect(section('Idle environments still alive')).toContain('pointwise 95 % interval');
  });

  test('what is not known has its reason', async () => {
    const unknown = { medianMs: null, p10Ms: null, p90Ms: null, medianInterval: null };
    const evidence = { ...answer.evidence, truncated: false, youngOnly: false };
    const none = { ...answer, ...unknown, evidence, curve: [], reason: 'Insufficient data: 3 environments.' };
    const { section, text } = await show({ getFunctionKeepAlive: none }, 'now-24h');
    expect(section(title)).toContain('How long Lambda keeps idle environments of this function is not known.');
    expect(section(title)).toContain('Insufficient data: 3 environments.');
    // The page has 24 hours.
    expect(section(title)).toContain('From 7 days, whatever the time range above');
    expect(text).not.toContain('still alive');
    restore();
    const open = { ...answer, medianInterval: null, reason: 'Interval not known: it reaches beyond 2 h.' };
    const shown = (await show({ getFunctionKeepAlive: open })).section(title);
    expect(shown).toContain('end within 9.90 min (no interval, n=3,451)');
    expect(shown).toContain('Interval not known: it reaches beyond 2 h.');
  });
});

describe('provisioned concurrency', () => {
  const none = {
    ...{ kept: 0, avoided: 0, avoidedWaitMs: 0, spilled: 0, utilisation: null, costUsd: 2, costChangeUsd: 0 },
    ...{ avoidedInterval: { low: 0, high: 0 }, costChangeInterval: { low: 0, high: 0 } },
    ...{ costChangePerMonthUsd: 0, usdPerAvoided: null },
  };
  const one = {
    ...{ ...none, kept: 1, avoided: 40, avoidedWaitMs: 9000, spilled: 66, utilisation: 0.65, costUsd: 1.9 },
    ...{ avoidedInterval: { low: 31.4, high: 48.6 }, costChangeInterval: { low: -0.3, high: 0.1 } },
  };
  const two = {
    ...{ ...one, kept: 2, avoided: 50, avoidedWaitMs: 13_400, spilled: 1, utilisation: 0.4, costUsd: 2.5 },
    avoidedInterval: { low: 37.6, high: 62.4 },
  };
  const answer: NonNullable<Answers['getFunctionProvisionedConcurrency']> = {
    ...examples.getFunctionProvisionedConcurrency.answer,
    range: { from: '2026-11-21T00:00:00.000Z', to: '2026-11-28T00:00:00.000Z', bucketMs: 1 },
    invocations: 3749,
    options: [
      none,
      { ...one, costChangeUsd: -0.1 },
      {
        ...{ ...two, costChangeUsd: 0.5, costChangeInterval: { low: 0.498, high: 0.502 } },
        ...{ costChangePerMonthUsd: 2.14, usdPerAvoided: 0.01 },
      },
      { ...two, kept: 3, spilled: 0, utilisation: 0.27, costUsd: 3.5, costChangeUsd: 1.5 },
    ],
    breakEvenKept: 1,
    // Monday 09:00 to 11:00 one, 11:00 to 12:00 and 13:00 to 14:00 two; Monday 23:00 to Tuesday 01:00 one.
    schedule: Array.from({ length: 168 }, (_, at) => ({ 9: 1, 10: 1, 11: 2, 13: 2, 23: 1, 24: 1 })[at] ?? 0),
    priceAssumed: false,
  };
  const title = 'Provisioned concurrency what-if';

  test('what pays for itself, what avoids most, and from how many requests', async () => {
    const { section, table } = await show({ getFunctionProvisionedConcurrency: answer }, 'now-7d', 'provisioned');
    const text = section(title);
    expect(text).toContain(
      'One provisioned environment costs no more than none: an environment must be busy for 60 % of the time to pay for itself.',
    );
    // Two are the fewest that avoid all 50.
    expect(text).toContain(
      '2 would have avoided 50 user-felt cold starts (95 % interval 38 to 62 in such a time range), 13.4 s of waiting, for $0.50 more ($2.14 a month, $0.01 for each cold start).',
    );
    expect(text).toContain('Replay of n=3,749 requests over 7.00 days, 256 MB. Intervals contain how much');
    expect(table('Numbers of provisioned environments').slice(1, 3)).toEqual([
      ['0', '0', '0 ms', '–', '–', '$2.00', '$0.00'],
      ['1', '40 (31 – 49)', '9.00 s', '66 invocations', '65 %', '$1.90', '-$0.10 (-$0.30 – +$0.10)'],
    ]);
    // The ends of the interval are half a cent apart.
    expect(table('Numbers of provisioned environments')[3]).toEqual([
      ...['2', '50 (38 – 62)', '13.4 s', '1 invocation', '40 %', '$2.50', '+$0.50'],
    ]);
    expect(table('Schedule').slice(1)).toEqual([
      ['Monday', '09:00–11:00', '1'],
      ['Monday', '11:00–12:00', '2'],
      ['Monday', '13:00–14:00', '2'],
      ['Monday', '23:00–24:00', '1'],
      ['Tuesday', '00:00–01:00', '1'],
    ]);
  });

  test('nothing pays for itself', async () => {
    const options = [
      none,
      { ...one, avoided: 0, avoidedInterval: null, avoidedWaitMs: 0, utilisation: 0.002, costChangeUsd: 0.4 },
    ];
    const never = { ...answer, options, breakEvenKept: 0, schedule: [0, 0] };
    const { section } = await show({ getFunctionProvisionedConcurrency: never }, 'now-7d', 'provisioned');
    expect(section(title)).toContain(
      'Provisioned concurrency does not pay for itself: an environment must be busy for 60 % of the time, and a single one would be busy for 0.20 %.',
    );
    expect(section(title)).toContain('No number of them would have avoided a user-felt cold start.');
    expect(section('Schedule')).toContain('In no hour of the week');
  });

  test('what is not known is not 0, and has its reason', async () => {
    const unknown = {
      ...{ avoided: null, avoidedWaitMs: null, costUsd: null, costChangeUsd: null },
      ...{ avoidedInterval: null, costChangeInterval: null },
    };
    const reason = 'The memory size is unknown, and with it all costs.';
    const options = [
      { ...none, costUsd: null, costChangeUsd: null },
      { ...one, ...unknown },
    ];
    const part = { ...answer, options, memoryMb: null, breakEvenKept: null, reason };
    const { section, table } = await show({ getFunctionProvisionedConcurrency: part }, 'now-7d', 'provisioned');
    expect(section(title)).toContain('What provisioned concurrency would cost is not known.');
    expect(section(title)).not.toContain('would have avoided');
    expect(section(title)).toContain(reason);
    expect(section('Cost compared with none')).toContain(reason);
    expect(section('Cold starts avoided')).toContain(reason);
    expect(table('Numbers of provisioned environments')[2]).toEqual([
      ...['1', 'unknown', 'unknown', '66 invocations', '65 %', 'unknown', 'unknown'],
    ]);
    restore();
    const empty = { ...answer, options: [], breakEvenKept: null, reason: 'Insufficient data: no invocations.' };
    const shown = await show({ getFunctionProvisionedConcurrency: empty }, 'now-7d', 'provisioned');
    expect(shown.section(title)).toContain('is unknown. Insufficient data: no invocations.');
  });
});
