/** Intervals of cold-start rates and costs of bursty functions, against the long-run values of the same process. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import type { Span } from '../lambda/arrivals.ts';
import { burstArrivals, drawFactors } from '../lambda/arrivals.ts';
import type { FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { simulate } from '../lambda/simulate.ts';
import type { Row, Scenario } from '../scenario.ts';
import { holds } from '../scenario.ts';
import { idOf, sendSimulated } from '../send.ts';
import { daysBefore, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

/** Ten functions a seed: two hundred in twenty seeds. */
const FUNCTIONS = 10;
const DAYS = 2;
const LONG_RUN_DAYS = 150;

interface LongRun {
  readonly coldRate: number;
  readonly feltRate: number;
  readonly usdPerMillion: number;
  readonly durationMs: Quantiles;
  readonly initMs: Quantiles;
}

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;
type Quantiles = Readonly<Record<(typeof QUANTILES)[number][0], number>>;

/** us-east-1, x86: dollars for each GB-second and each request (AWS Lambda pricing, November 2026). */
const GB_SECOND_USD = 0.0000166667;
const REQUEST_USD = 2e-7;

let longRun: LongRun | null = null;

export const ratesScenario: Scenario = {
  name: 'rates',
  title: 'Intervals of bursty functions',
  async run(stage, seed, notes, scale) {
    longRun ??= longRunOf(planFor('long-run', 'rates/long-run', spanOf(LONG_RUN_DAYS)));
    const truth = longRun;
    const count = Math.max(1, Math.round(FUNCTIONS * scale));
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const span = daysBefore(DAYS);
      const plans = Array.from({ length: count }, (_, at) => planFor(`bursty-${at}`, `rates/${seed}/${at}`, span));
      const simulated = await sendSimulated(subject, plans);
      await subject.derive();
      const { items: listed } = await getJson<{ items: readonly Listed[] }>(
        subject,
        `/api/v1/functions?${rangeQuery(span)}`,
      );
      for (const { coldStartRate, userFeltColdStartRate } of listed) {
        notes.note('listed cold rate', holds(coldStartRate, truth.coldRate));
        notes.note('listed felt rate', holds(userFeltColdStartRate, truth.feltRate));
      }
      for (const { plan, outcome } of simulated) {
        const path = `/api/v1/functions/${idOf(plan)}`;
        const cold = await getJson<ColdStarts>(subject, `${path}/cold-starts?${rangeQuery(span)}`);
        notes.note('cold rate', holds(cold.rate, truth.coldRate));
        notes.note('felt rate', holds(cold.userFeltRate, truth.feltRate));
        const summary = await getJson<{ durationMs: WithIntervals }>(subject, `${path}?${rangeQuery(span)}`);
        for (const [name] of QUANTILES) {
          const quantile = summary.durationMs.intervals[name];
          const { low, high } = quantile;
          if (name === 'p50') notes.note('duration answered', low !== null && high !== null);
          if (low === null) continue;
          // An upper end that is not known excludes no value.
          const held = holds({ low, high: high ?? Number.POSITIVE_INFINITY }, truth.durationMs[name]);
          notes.note(`duration ${name}`, held);
          notes.note(`duration ${name} closed`, high !== null);
          if (high !== null) notes.note(`duration ${name} held closed`, held);
        }
        const { p50 } = cold.initMs.intervals;
        if (p50.low !== null) notes.note('init p50', holds(p50, truth.initMs.p50));
        const counted = outcome.invocations.filter(({ causes }) => causes !== null).length / outcome.invocations.length;
        notes.note('cold rate exact', Math.abs((cold.rate.value ?? 0) - counted) < 1e-9);
        const memory = await getJson<{ observed: readonly Observed[] }>(subject, `${path}/memory?${rangeQuery(span)}`);
        const [observed] = memory.observed;
        if (observed?.interval) notes.note('cost', holds(observed.interval, truth.usdPerMillion));
      }
    });
  },
  rows: [
    { kind: 'share', note: 'cold rate exact', what: 'cold-start rate counts the lines exactly', atLeast: 1 },
    {
      kind: 'share',
      note: 'cold rate',
      what: '95 % interval of the cold-start rate contains the long-run rate',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'felt rate',
      what: '95 % interval of the user-felt rate contains the long-run rate',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'listed cold rate',
      what: 'in the list of functions, the interval of the cold-start rate contains the long-run rate',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'listed felt rate',
      what: 'in the list of functions, the interval of the user-felt rate contains the long-run rate',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'cost',
      what: '95 % interval of the cost at the observed size contains the long-run cost',
      atLeast: 0.9,
    },
    { kind: 'share', note: 'duration answered', what: 'the median Duration has an interval', atLeast: 0.9 },
    ...QUANTILES.flatMap(([name]): readonly Row[] => [
      {
        kind: 'share',
        note: `duration ${name}`,
        what: `95 % interval of the ${name} of Duration contains the long-run ${name}`,
        atLeast: 0.9,
      },
      { kind: 'figure', note: `duration ${name} closed`, what: 'the same, with an upper end', as: 'share' },
      {
        kind: 'figure',
        note: `duration ${name} held closed`,
        what: 'the same, contains it where both ends are known',
        as: 'share',
      },
    ]),
    {
      kind: 'share',
      note: 'init p50',
      what: '95 % interval of the median init contains the long-run median',
      atLeast: 0.9,
    },
  ],
};

interface ColdStarts {
  readonly rate: Rate;
  readonly userFeltRate: Rate;
  readonly initMs: WithIntervals;
}

interface Listed {
  readonly coldStartRate: Rate;
  readonly userFeltColdStartRate: Rate;
}

interface WithIntervals {
  readonly intervals: Readonly<Record<keyof Quantiles, { readonly low: number | null; readonly high: number | null }>>;
}

interface Rate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Observed {
  readonly costPerMillionUsd: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

function spanOf(days: number): Span {
  return { fromMs: TO_MS - days * DAY_MS, toMs: TO_MS };
}

/** Bursts of five requests on average; hours whose backend is slow; a tail. */
function planFor(name: string, seed: string, span: Span): FunctionPlan {
  const random = seeded(seed);
  const flat = drawFactors({}, span, random.fork('flat'));
  return planOf({
    name,
    seed,
    requests: requestsAt(burstArrivals(40, { branching: 0.8, delayMs: 800 }, flat, span, random.fork('arrivals'))),
    slowness: drawFactors({ hourly: { correlation: 0.7, sigma: 0.25 } }, span, random.fork('slowness')),
    keepAlive: { shape: 'lognormal', medianMs: 420_000, sigma: 0.2 },
  });
}

function quantilesOf(values: readonly number[]): Quantiles {
  const inOrder = values.toSorted((a, b) => a - b);
  const at = (q: number): number => inOrder[Math.ceil(q * inOrder.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function longRunOf(plan: FunctionPlan): LongRun {
  const { invocations } = simulate(plan);
  const mean = (value: (one: (typeof invocations)[number]) => number) =>
    invocations.reduce((sum, one) => sum + value(one), 0) / invocations.length;
  return {
    durationMs: quantilesOf(invocations.map(({ durationMs }) => durationMs)),
    initMs: quantilesOf(invocations.flatMap(({ initMs }) => (initMs === null ? [] : [initMs]))),
    coldRate: mean(({ causes }) => Number(causes !== null)),
    feltRate: mean(({ userFelt }) => Number(userFelt)),
    usdPerMillion:
      1e6 * mean((one) => REQUEST_USD + ((one.billedMs / 1000) * one.configuration.memoryMb * GB_SECOND_USD) / 1024),
  };
}
