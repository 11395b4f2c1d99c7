/** The Memory tab of a function: its sentences, marks and charts, one for each case. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
type Answer<Id extends keyof Answers> = NonNullable<Answers[Id]>;

describe('memory', () => {
  const example: Answer<'getFunctionMemory'> = examples.getFunctionMemory.answer;
  const show = (more: Partial<Answer<'getFunctionMemory'>>, chosen = '') =>
    showTab('memory', { answers: { getFunctionMemory: { ...example, ...more } }, chosen });

  test.each([
    ['optimized', 'optimized', 'badge good'],
    ['over-provisioned', 'over-provisioned', 'badge warm'],
    ['under-provisioned', 'under-provisioned', 'badge bad'],
    ['insufficient-data', 'insufficient data', 'badge '],
    ['inconclusive', 'inconclusive', 'badge '],
  ] as const)('the finding %s', async (finding, text, badge) => {
    const { elements } = await show({ finding, recommendation: null });
    expect(elements('span').find((one) => one.text === text)?.attributes['class']).toBe(badge);
  });

  const recommendation = {
    memoryMb: 512,
    monthlySavingUsd: { value: 12, low: 8, high: 15 },
    latencyChange: { value: -0.2, low: -0.3, high: -0.1 },
    pSaving: 0.97,
  };
  test.each([
    ['under-provisioned', null, '256 MB is not enough memory.'],
    ['optimized', null, 'Keep 256 MB: no other observed size is better.'],
    ['inconclusive', null, 'No recommendation: the evidence does not decide between sizes.'],
    [
      'under-provisioned',
      { ...recommendation, monthlySavingUsd: null, latencyChange: null, pSaving: null },
      'Raise to 512 MB. What it will cost is not known, because the function did not run at that size.',
    ],
    [
      'over-provisioned',
      recommendation,
      '512 MB would save $12.00 a month and be 20 % faster. 95 % interval $8.00 to $15.00 a month; saves with 97 % probability. Duration: -30 % to -10 %.',
    ],
    [
      'over-provisioned',
      { ...recommendation, monthlySavingUsd: { value: 0, low: -1, high: 1 } },
      '512 MB would save $0.00 a month and be 20 % faster. 95 % interval -$1.00 to $1.00 a month; saves with 97 % probability. Duration: -30 % to -10 %.',
    ],
    [
      'under-provisioned',
      {
        ...recommendation,
        monthlySavingUsd: { value: -3, low: -4, high: -2 },
        latencyChange: { value: 0.005, low: 0, high: 0.01 },
      },
      '512 MB would cost $3.00 more a month and be 0.50 % slower. 95 % interval -$4.00 to -$2.00 a month; saves with 97 % probability. Duration: +0 % to +1.0 %.',
    ],
    [
      'over-provisioned',
      { ...recommendation, latencyChange: { value: -0.0049, low: -0.01, high: 0.01 } },
      '512 MB would save $12.00 a month and be equally fast. 95 % interval $8.00 to $15.00 a month; saves with 97 % probability. Duration: -1.0 % to +1.0 %.',
    ],
  ] as const)('%s: %j', async (finding, given, sentence) => {
    const { section } = await show({ finding, currentMb: 256, recommendation: given as never });
    expect(section('Memory size')).toContain(sentence);
  });

  const leak = {
    leaking: false,
    mbPer1k: 0.04,
    interval: { low: -0.1, high: 0.26 },
    environments: 1,
    invocationsToLimit: null,
  };
  test.each([
    ['unknown', { leak: null, leakReason: null }, '–', 'not known'],
    ['unknown for a reason', { leak: null, leakReason: 'Too few environments' }, '–', 'Too few environments'],
    ['steady', { leak }, 'steady', '0.0 MB per 1,000 invocations (95 % interval -0.1 to 0.3 MB, n=1 environment)'],
    [
      'growing',
      { leak: { ...leak, leaking: true, mbPer1k: 12.34, interval: null, environments: 3, invocationsToLimit: 1245 } },
      '+12.3 MB',
      'per 1,000 invocations (no interval, n=3 environments); 1,245 invocations until the limit',
    ],
  ])('growth of memory that is %s', async (_, more, value, note) => {
    const { tile } = await show(more as never);
    expect(tile('Memory growth')).toEqual({ value, note });
  });

  test.each([
    ['none', null, 'none', 'only observed sizes are compared'],
    ['capped', { kind: 'capped', fixedMs: 50, looError: null }, 'single-threaded', '50 ms independent of memory'],
    [
      'another',
      { kind: 'power', fixedMs: 50, looError: 0.07 },
      'multi-threaded',
      '50 ms independent of memory; cross-validation error 7.0 %',
    ],
  ])('the model is %s', async (_, model, value, note) => {
    const { tile } = await show({ model } as never);
    expect(tile('Model')).toEqual({ value, note });
  });

  test('a safe size that is not known says so', async () => {
    const { tile } = await show({ floorMb: null, floorReason: null } as never);
    expect(tile('Minimum safe size')).toEqual({ value: '–', note: 'unknown' });
  });

  const candidate = {
    memoryMb: 512,
    durationMs: 100,
    costPerMillionUsd: 2,
    interval: null,
    basis: 'observed',
    exclusion: null,
  } as const;
  test.each([
    ['observed', 'observed', ['100 ms', '-50 %', '$2.00', 'not known', '$3.00']],
    ['tested', 'tested by Power Tuning', ['100 ms', '-50 %', '$2.00', 'not known', '$3.00']],
    ['fitted', 'fitted model', ['100 ms', '-50 %', '$2.00', 'not known', '$3.00']],
    ['bound', 'bound only', ['at most 100 ms', 'at most -50 %', 'at most $2.00', 'not known', 'at least $3.00']],
  ] as const)('a candidate that is %s', async (basis, words, cells) => {
    // Now 200 ms and $5 a million: a million successes a month cost $3 less.
    const now = { ...candidate, memoryMb: 128, durationMs: 200, costPerMillionUsd: 5 };
    const candidates = [{ ...candidate, basis }, now];
    const { table } = await show({ candidates, currentMb: 128, recommendation: null, successesPerMonth: 1e6 });
    expect(table('Candidates').slice(1, 3)).toEqual([
      ['512 MB', ...cells, words],
      ['128 MB current', '200 ms', '–', '$5.00', 'not known', '–', 'observed'],
    ]);
  });

  test('sizes that are not safe are folded away, each with its reason', async () => {
    const sizes = (['below-minimum', null, 'fails-more', 'duration-unknown', 'too-slow'] as const).map(
      (exclusion, at) => ({ ...candidate, memoryMb: 128 * (at + 1), exclusion }),
    );
    const page = await show({ candidates: sizes, currentMb: null, recommendation: null });
    expect(
      page
        .table('Candidates')
        .map(([size]) => size)
        .slice(0, 3),
    ).toEqual(['Memory', '256 MB', 'Memory']);
    expect(page.section('Candidates')).toContain('4 other sizes, each with its reason');
    expect(page.table('Other sizes').map((row) => [row[0], row.at(-1)])).toEqual([
      ['Memory', 'Why not'],
      ['128 MB', 'below the minimum safe size'],
      ['384 MB', 'more invocations failed'],
      ['512 MB', 'its duration is not known: only bounds are'],
      ['640 MB', 'slower than the page allows'],
    ]);
    const none = await show({ candidates: sizes.slice(0, 1), recommendation: null, floorMb: null });
    expect(none.section('Candidates')).toContain('No size is known to be safe. 1 other size');
    restore();
    // The tile names one that is.
    const other = await show({ candidates: sizes.slice(0, 1), recommendation: null, floorMb: 1024 });
    expect(other.section('Candidates')).toContain('No other size is known to be safe. 1 other size');
  });

  test.each([
    [['observed', 'fitted', 'bound'], 'model'],
    [['observed', 'bound'], 'worst case'],
    [['observed', 'tested'], 'between observed and tested sizes'],
    [['observed'], 'between observed sizes'],
  ] as const)('a line of sizes that are %j is the %s', async (bases, label) => {
    const candidates = bases.map((basis, at) => ({
      ...candidate,
      basis,
      memoryMb: 1024 - at,
      interval: { low: 1, high: 3 },
    }));
    const { charts } = await show({ candidates, observed: [] });
    const cost = charts.get('Cost by memory size')?.series ?? [];
    expect(cost[0]).toEqual({
      label,
      colour: 'chart-1',
      dashed: true,
      // By size, the smallest first.
      points: candidates.toReversed().map(({ memoryMb }) => ({ x: memoryMb, y: 2 })),
      band: candidates.toReversed().map(({ memoryMb }) => ({ x: memoryMb, low: 1, high: 3 })),
    });
    const isTested = (bases as readonly string[]).includes('tested');
    expect(cost.map((one) => one.label)).toEqual([label, 'observed', ...(isTested ? ['tested by Power Tuning'] : [])]);
    const duration = charts.get('Duration by memory size');
    expect(duration?.series[0]).not.toHaveProperty('band');
    expect(duration?.series[0]?.points.map(({ y }) => y)).toEqual(candidates.map(() => 100));
    expect([duration?.formatY(1500), duration?.formatX(512.4), duration?.yTitle]).toEqual([
      '1.50 s',
      '512',
      'duration',
    ]);
  });

  test('dots are the observed sizes, the smallest first: of costs per million, and of billed durations', async () => {
    const [example] = examples.getFunctionMemory.answer.observed;
    if (example === undefined) throw new Error('no example');
    const observed = [1024, 256, 512].map((memorySizeMb) => ({
      ...example,
      memorySizeMb,
      costPerMillionUsd: memorySizeMb / 100,
      meanBilledMs: memorySizeMb / 10,
    }));
    const { charts } = await show({ candidates: [candidate], observed });
    const dots = (chart: string) => charts.get(chart)?.series.find(({ label }) => label === 'observed');
    expect(dots('Cost by memory size')).toEqual({
      label: 'observed',
      colour: 'chart-2',
      dotsOnly: true,
      points: [
        { x: 256, y: 2.56 },
        { x: 512, y: 5.12 },
        { x: 1024, y: 10.24 },
      ],
    });
    expect(dots('Duration by memory size')?.points).toEqual([
      { x: 256, y: 25.6 },
      { x: 512, y: 51.2 },
      { x: 1024, y: 102.4 },
    ]);
  });

  test('without an interval the band has a gap; without sizes there is no chart and no table', async () => {
    const one = await show({ candidates: [candidate], observed: [] });
    expect(one.charts.get('Cost by memory size')?.series[0]?.band).toEqual([{ x: 512, low: null, high: null }]);
    expect(one.text).not.toContain('Observed sizes');
    restore();
    const none = await show({ candidates: [], observed: [], priceAssumed: true });
    expect(none.charts.size).toBe(0);
    expect(none.section('Cost by memory size')).toContain('No memory size has enough invocations for a chart.');
    expect(none.text).not.toContain('Candidates');
    expect(none.text).not.toContain('priced as x86');
  });

  test('without candidates, observed sizes are dots if any has enough invocations', async () => {
    const [size] = example.observed;
    if (size === undefined) throw new Error('no example');
    const one = { ...size, memorySizeMb: 256, costPerMillionUsd: 2.5, meanBilledMs: 40, interval: { low: 2, high: 3 } };
    const show128 = (enough: boolean) =>
      show({
        candidates: [],
        observed: [
          { ...one, enough },
          { ...one, memorySizeMb: 128, enough: false },
        ],
      });
    const page = await show128(true);
    const pointsOf = (label: string) => page.charts.get(label)?.series.map((series) => [series.label, series.points]);
    expect(pointsOf('Cost by memory size')).toEqual([
      [
        'observed',
        [
          { x: 128, y: 2.5 },
          { x: 256, y: 2.5 },
        ],
      ],
    ]);
    expect(pointsOf('Duration by memory size')?.[0]?.[1]).toEqual([
      { x: 128, y: 40 },
      { x: 256, y: 40 },
    ]);
    await page.click('Table');
    expect(page.table('Cost by memory size').slice(1)).toEqual([
      ['128', '2.5', 'observed', '2', '3'],
      ['256', '2.5', 'observed', '2', '3'],
    ]);
    restore();
    expect((await show128(false)).charts.size).toBe(0);
  });

  test('sizes that are current and recommended, and too few invocations, are marked', async () => {
    const [observed] = example.observed;
    if (observed === undefined) throw new Error('no example');
    const sizes = [
      { ...observed, memorySizeMb: 256, enough: true },
      { ...observed, memorySizeMb: 512, enough: false, interval: null, intervalReason: 'too few blocks' },
    ];
    const { table, section } = await show({
      currentMb: 256,
      recommendation: recommendation as never,
      observed: sizes,
      candidates: [candidate],
      priceAssumed: true,
    });
    const rows = table('Observed sizes').slice(1);
    expect(rows.map(([size]) => size)).toEqual(['256 MB current', '512 MB recommended too few invocations']);
    expect(rows[1]?.at(-1)).toContain('No interval: too few blocks');
    expect(section('Candidates')).toContain('512 MB recommended');
    expect(section('Candidates')).toContain('Region or architecture unknown: priced as x86 at the standard rate.');
  });

  test('strategy and slowdown are asked for as chosen, and others are the usual ones', async () => {
    const asked = async (chosen: string) => (await show({}, chosen)).requested.find((one) => one.includes('/memory'));
    expect(await asked('&strategy=fastest&maxSlower=0.5')).toContain('strategy=fastest&maxSlower=0.5');
    restore();
    expect(await asked('&strategy=odd&maxSlower=7')).toContain('strategy=cheapest&maxSlower=0.1');
    restore();
    const page = await show({});
    await page.fill('Optimize for', 'balanced');
    expect(page.address).toContain('strategy=balanced');
    await page.fill('Slower by at most', '0.2');
    expect(page.address).toContain('maxSlower=0.2');
    expect(page.elements('option').map(({ text }) => text)).toEqual([
      ...['cost', 'balance', 'speed', '0 %', '5.0 %', '10 %', '20 %', '50 %', '100 %'],
    ]);
  });

  test('14 days up to the end of the range, whatever its length', async () => {
    const page = await show({ range: { from: '2026-11-13T08:00:00.000Z', to: '2026-11-27T08:00:00.000Z' } } as never);
    expect(page.text).toContain('From the 14 days to 2026-11-27 08:00, whatever the time range above.');
    // The range ends a day before now, 28 November 08:00.
    const asked = page.requested.find((address) => address.includes('/memory'));
    expect(asked).toContain(`?from=${Date.UTC(2026, 10, 13, 8)}&to=now-1d&`);
  });
});
