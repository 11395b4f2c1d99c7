/** Sentences of a function's tabs, one for each case: failures, provisioned concurrency, cold starts. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { RANGE, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
type Answer<Id extends keyof Answers> = NonNullable<Answers[Id]>;

describe('failures', () => {
  const example: Answer<'getFunctionFailures'> = examples.getFunctionFailures.answer;
  const show = (more: Partial<Answer<'getFunctionFailures'>>) =>
    showTab('failures', { answers: { getFunctionFailures: { ...example, ...more } } });

  test.each([
    ['too-tight', 'too tight', 'badge bad'],
    ['too-loose', 'too loose', 'badge warm'],
    ['fits', 'fits', 'badge good'],
    ['insufficient-data', 'insufficient data', 'badge '],
  ] as const)('a timeout that is %s', async (verdict, text, badge) => {
    const page = await show({
      timeout: { ...example.timeout, verdict, reason: 'Because', timeoutMs: 3000, source: 'inventory' },
    });
    expect(page.elements('span').find((one) => one.text === text)?.attributes['class']).toBe(badge);
    expect(page.section('Timeout')).toContain(`${text} Because`);
    expect(page.section('Timeout')).toContain('Timeout 3 s, from the inventory.');
  });

  test('a timeout that is not known', async () => {
    const { section } = await show({ timeout: { ...example.timeout, timeoutMs: null } });
    expect(section('Timeout')).toContain(
      'Timeout unknown. Import the inventory, or wait until an invocation times out.',
    );
  });

  test.each([
    ['none', { n: 0, initMs: null, usd: null, unpriced: 0 }, 'environments'],
    ['with cost and time', { n: 2, initMs: 1500, usd: 0.5, unpriced: 0 }, 'environments, 1.50 s of init, $0.50'],
    [
      'none of known cost',
      { n: 2, initMs: 1500, usd: null, unpriced: 2 },
      'environments, 1.50 s of init, cost not known',
    ],
    ['one of unknown cost', { n: 2, initMs: null, usd: 0.5, unpriced: 1 }, 'environments, $0.50, 1 of unknown cost'],
  ])('unused inits: %s', async (_, unusedInits, note) => {
    const { tile } = await show({ cost: { ...example.cost, unusedInits } });
    expect(tile('Unused inits')).toEqual({ value: String(unusedInits.n), note });
  });

  const none = { requests: 100, retried: 0, recovered: 0, unexplained: 0, most: [], poison: [] };
  test('no failures: how rare they are; what is not known is not said to be rare', async () => {
    const quiet = {
      failures: 0,
      initFailures: [],
      suspectedOutOfMemory: 0,
      retries: none,
      examples: [],
      errorTypes: [],
    };
    const rate = { value: 0, low: 0, high: 0.003, n: 1000, failures: 0, unknown: null };
    const page = await show({ ...quiet, rate });
    expect(page.text).toContain(
      'No failures in this time range The failure rate is below 0.30 % with 95 % confidence.',
    );
    expect(page.tile('Recovered by retry').value).toBe('–');
    expect(page.tile('Cost of failures').value).not.toContain('≥');
    restore();
    const unknown = { invocations: 5, reason: 'No lines', remedy: null };
    const dark = await show({ ...quiet, rate: { ...rate, unknown } });
    expect(dark.text).toContain('No failures in this time range');
    expect(dark.text).not.toContain('with 95 % confidence');
    expect(dark.tile('Cost of failures').value).toContain('≥ ');
    for (const more of [
      { initFailures: [{ status: 'timeout', errorType: null, n: 1 }] },
      { suspectedOutOfMemory: 1 },
      { retries: { ...none, retried: 1 } },
    ]) {
      restore();
      expect((await show({ ...quiet, rate, ...more } as never)).text).not.toContain('No failures in this time range');
    }
  });

  test('root causes: none, and each with its number', async () => {
    const page = await show({
      suspectedOutOfMemory: 0,
      doomLoops: [],
      retries: { ...none, retried: 2, unexplained: 0 },
    });
    const causes = page.section('Root causes');
    expect(causes).toContain('No environment disappeared with its memory full.');
    expect(causes).toContain('No crash loops.');
    expect(causes).toContain('No request failed in all attempts.');
    expect(causes).toContain('2 requests ran several times.');
    expect(causes).not.toContain('without an attempt');
    restore();
    const poison = { requestId: '0123456789abcdef', attempts: 3, lastAt: '2026-11-27T10:00:00.000Z', errorType: null };
    const loop = { inits: 4, lastAt: '2026-11-27T11:00:00.000Z' };
    const bad = await show({
      suspectedOutOfMemory: 1,
      doomLoops: [loop, { ...loop, inits: 7, lastAt: '2026-11-26T11:00:00.000Z' }] as never,
      retries: { ...none, retried: 1, unexplained: 1, poison: Array.from({ length: 11 }, () => poison) } as never,
      truncated: true,
    });
    const found = bad.section('Root causes');
    expect(found).toContain(
      '1 environment disappeared after an invocation that used all memory (suspected out of memory).',
    );
    expect(found.replaceAll(/\s+/g, ' ')).toContain(
      '2 environments in a crash loop: failed and re-initialised up to 7 times, most recently at 2026-11-27 11:00:00.',
    );
    expect(found).toContain('11 requests failed in all attempts:');
    expect(found).toContain('1 request ran several times. 1 of them without an attempt that is known to have failed');
    // Ten of them are named.
    expect(found.split('0123456789abc…')).toHaveLength(11);
    expect(bad.link('0123456789abc…')).toBe(`/invocations/0123456789abcdef?${RANGE}`);
    expect(bad.text).toContain('Only the newest failures were analysed one by one.');
  });

  test('the chart has a series for each kind of failure', async () => {
    const { charts } = await show({});
    const chart = charts.get('Failures over time');
    expect(chart).toMatchObject({
      kind: 'bar',
      stacked: true,
      yTitle: 'failed invocations',
      axis: 'time',
      span: example.range,
    });
    expect(chart?.series.map(({ label, colour }) => [label, colour])).toEqual([
      ['timeouts', 'chart-bad'],
      ['out of memory', 'chart-3'],
      ['errors', 'chart-2'],
      ['exits', 'grey'],
    ]);
    const at = (of: (row: (typeof example.series)[number]) => number) =>
      example.series.map((row) => ({ x: Date.parse(row.at), y: of(row) }));
    expect(chart?.series.map(({ points }) => points)).toEqual([
      at((row) => row.timeouts),
      at((row) => row.outOfMemory),
      at((row) => row.errors),
      at((row) => row.exits),
    ]);
  });
});

describe('provisioned concurrency', () => {
  const option = {
    ...{ kept: 1, avoided: 40, avoidedWaitMs: 9000, spilled: 66, utilisation: 0.65, costUsd: 1.9, costChangeUsd: 0.5 },
    ...{ avoidedInterval: null, costChangeInterval: null, costChangePerMonthUsd: 2.14, usdPerAvoided: 0.0125 },
  };
  const show = async (more: object) => {
    const answer = {
      ...examples.getFunctionProvisionedConcurrency.answer,
      reason: null,
      breakEvenUtilisation: 0.6,
      ...more,
    };
    const page = await showTab('provisioned', { answers: { getFunctionProvisionedConcurrency: answer } });
    return page.section('Provisioned concurrency what-if');
  };

  test.each([
    ['more', 0.5, ', 9.00 s of waiting, for $0.50 more ($2.14 a month, $0.01 for each cold start).'],
    ['less', -0.5, ', 9.00 s of waiting, and save $0.50.'],
    ['as much', 0, ', 9.00 s of waiting, and save $0.00.'],
    ['an unknown amount', null, ', 9.00 s of waiting, at an unknown cost.'],
  ])('one that costs %s', async (_, costChangeUsd, words) => {
    expect(await show({ options: [{ ...option, costChangeUsd }] })).toContain(
      `1 would have avoided 40 user-felt cold starts${words}`,
    );
  });

  test.each([
    [0, null, 'Provisioned concurrency does not pay for itself: an environment must be busy for 60 % of the time.'],
    [
      0,
      0.25,
      'Provisioned concurrency does not pay for itself: an environment must be busy for 60 % of the time, and a single one would be busy for 25 %.',
    ],
    [1, 0.7, 'One provisioned environment costs no more than none: an environment must be busy for 60 %'],
    [1200, 0.7, 'Up to 1,200 provisioned environments cost no more than none: an environment must be busy for 60 %'],
    [null, 0.7, 'What provisioned concurrency would cost is not known.'],
  ])('up to %j pay for themselves, the first busy for %j', async (breakEvenKept, utilisation, sentence) => {
    expect(
      await show({
        breakEvenKept,
        options: [
          { ...option, kept: 0 },
          { ...option, utilisation },
        ],
      }),
    ).toContain(sentence);
  });

  test('one cold start, without its waiting; assumed prices; the newest requests alone', async () => {
    const text = await show({
      options: [{ ...option, avoided: 1, avoidedWaitMs: null, avoidedInterval: { low: 0.4, high: 1.5 } }],
      priceAssumed: true,
      truncated: true,
      invocations: 1000,
    });
    expect(text).toContain(
      '1 would have avoided 1 user-felt cold start (95 % interval 0 to 2 in such a time range), for $0.50 more ($2.14 a month, $0.01 for each cold start).',
    );
    expect(text).toContain('Not all prices of this region and architecture are known');
    expect(text).toContain(', only the newest of the time range, ');
    restore();
    const plain = await show({ options: [option], priceAssumed: false, truncated: false });
    expect(plain).not.toContain('Not all prices');
    expect(plain).not.toContain('only the newest');
  });
});

describe('cold starts', () => {
  const example: Answer<'getFunctionColdStarts'> = examples.getFunctionColdStarts.answer;
  const show = (more: Partial<Answer<'getFunctionColdStarts'>>) =>
    showTab('cold-starts', { answers: { getFunctionColdStarts: { ...example, ...more } } });

  test.each([
    ['provisioned', 'provisioned concurrency: no caller waited'],
    ['snap-start', 'restored from a snapshot'],
    ['deploy', 'new version, code, memory size or extension'],
    ['runtime-patch', 'new runtime version, same code'],
    ['crash', 'after a failure'],
    ['proactive', 'initialised ahead of demand'],
    ['scale-out', 'growth: all environments were busy, and none had expired'],
    ['idle-expiry', 'replaces an environment that Lambda terminated because it had been idle too long'],
    ['recycle', 'terminated early by Lambda'],
    ['new-tenant', 'first environment of a tenant'],
    ['unknown', 'not determined by the logs'],
    ['init-timeout', 'an init was stopped at its time limit and ran again inside the invocation'],
  ] as const)('the cause %s is explained', async (cause, words) => {
    const { section } = await show({ byCause: [{ cause, n: 3, share: 0.5 }] as never });
    expect(section('Causes')).toContain(`${cause} ${words} 3 50 %`);
  });

  test('of the kinds, the one that is a term of this product has its definition', async () => {
    const [kind] = example.byKind;
    if (kind === undefined) throw new Error('no example');
    const byKind = (['on-demand', 'suppressed', 'snap-start'] as const).map((name) => ({ ...kind, kind: name }));
    const { section, elements } = await show({ byKind });
    expect(section('Kinds')).toMatch(/ on-demand .* suppressed .* snap-start /);
    const ofKinds = elements('abbr').filter(
      ({ text }) => text === 'suppressed' || byKind.some((one) => one.kind === text),
    );
    expect(ofKinds.map(({ text, attributes }) => [text, attributes['title']])).toEqual([
      [
        'suppressed',
        'An init inside an invocation, after a failure or a timeout of the environment. Its time is part of Duration.',
      ],
    ]);
  });

  test('what is not attributed yet is counted, and no causes have a reason', async () => {
    const [kind] = example.byKind;
    if (kind === undefined) throw new Error('no example');
    const cold = { byKind: [{ ...kind, n: 10 }] };
    expect((await show({ ...cold, judged: 9 })).section('Causes')).toContain('1 cold start not yet attributed.');
    for (const judged of [0, 10]) {
      restore();
      expect((await show({ ...cold, judged })).section('Causes')).not.toContain('not yet attributed');
    }
    restore();
    expect((await show({ ...cold, byCause: [] })).section('Causes')).toContain(
      'Causes are determined about three minutes after the log lines arrive.',
    );
  });

  test('without cold starts their rate is bounded; few invocations are said to be few', async () => {
    const rate = { value: 0, low: 0, high: 0.07, n: 49 };
    const none = await show({ byKind: [], rate, examples: [], taxMsPerDay: null });
    expect(none.text.replaceAll(/\s+/g, ' ')).toContain(
      'No cold starts in this time range All invocations ran in warm environments. The cold-start rate is below 7.0 % with 95 % confidence.',
    );
    expect(none.text).toContain('Fewer than 50 invocations: use the interval rather than the rate.');
    expect(none.text).not.toContain('Latest cold starts');
    expect(none.tile('Cold-start time per day').value).toBe('–');
    expect(none.charts.size).toBe(0);
    restore();
    expect((await show({ rate: { ...rate, n: 50 } })).text).not.toContain('Fewer than 50');
  });

  test.each([
    [0, 'No on-demand inits in this time range.'],
    [1, '1 on-demand init, the longest about 900 ms.'],
    [9, '9 on-demand inits, the longest about 900 ms.'],
    [10, '10 on-demand inits: half took less than 300 ms, 5 % more than 800 ms.'],
  ])('the histogram of %d inits', async (n, words) => {
    const { section } = await show({ initMs: { ...example.initMs, p50: 300, p95: 800, p99: 900, n } });
    expect(section('Init duration')).toContain(words);
  });

  test('without a bin there is no chart of inits', async () => {
    const { charts, section } = await show({ initHistogram: [], initMs: { ...example.initMs, n: 0 } });
    expect(charts.has('Init duration')).toBe(false);
    expect(section('Init duration')).toContain('No on-demand inits in this time range.');
  });

  test('five bins of the histogram make a bar, at the end of its last', async () => {
    // Bins of a sketch: 1.0202 to the power of 5 k to 5 k + 4 make one bar; inits without a duration have their own.
    const at = (power: number): number => 1.020_202_02 ** (power + 0.5);
    const initHistogram = [
      { upToMs: 0, n: 1 },
      { upToMs: at(200), n: 2 },
      { upToMs: at(204), n: 3 },
      { upToMs: at(205), n: 4 },
    ];
    const { charts } = await show({ initHistogram });
    expect(charts.get('Init duration')?.series[0]?.points).toEqual([
      { x: 0, y: 1 },
      { x: at(204), y: 5 },
      { x: at(205), y: 4 },
    ]);
  });
});
