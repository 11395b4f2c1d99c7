/**
 * Intervals of the time before init where cold starts depend on each other: placement is slow for hours at a time. Judged against
 * the long-run values of the same process.
 */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import { quantileOfErrors } from '../../accuracy/table.ts';
import type { Span } from '../lambda/arrivals.ts';
import { drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { Configuration, FunctionPlan, Placement } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { simulate } from '../lambda/simulate.ts';
import { STANDARD_PLAN } from '../lambda/standard.ts';
import type { Scenario } from '../scenario.ts';
import { holds } from '../scenario.ts';
import { declareInventory, idOf, sendSimulated } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

/** Ten functions a seed: two hundred in twenty seeds. */
const ALONE = 10;
const DAYS = 2;
const LONG_RUN_DAYS = 400;
const PER_HOUR = 8;
const MEDIAN_MS = 110;
/** Functions of a cohort differ in their placement by this much, independent of their network. */
const BETWEEN_FUNCTIONS = 0.08;
const ON_EACH_SIDE = 4;
const NETWORK_MS = 120;
const SLOW_HOURS = { hourly: { correlation: 0.7, sigma: 0.25 } };
const SLOW_MS = 2000;

/** Cohorts differ in runtime. */
const COHORTS = [
  { runtime: 'python3.13', runtimeVersion: 'python:3.13.v60' },
  { runtime: 'java21', runtimeVersion: 'java:21.v38' },
  { runtime: 'ruby3.4', runtimeVersion: 'ruby:3.4.v20' },
] as const;

/** Some environments read their code without a cached copy: 1.4 s on average. */
const PULLS = { pullMsPerMb: 450, pullShare: 0.15 };

interface LongRun {
  readonly medianMs: number;
  readonly slowShare: number;
  readonly addedMs: number;
}

let longRun: LongRun | null = null;

export const networkHoursScenario: Scenario = {
  name: 'network-hours',
  title: 'Time before init in slow hours',
  async run(stage, seed, notes, scale) {
    longRun ??= longRunOf();
    const truth = longRun;
    const span = daysBefore(DAYS);
    const alone = Array.from({ length: Math.max(1, Math.round(ALONE * scale)) }, (_, at) =>
      planFor(`alone-${at}`, seed, span, {}, { ...PULLS, medianMs: MEDIAN_MS }),
    );
    const cohorts = COHORTS.flatMap((runtime) => cohortOf(runtime, seed, span));
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const plans = [...alone, ...cohorts];
      await declareInventory(subject, plans, TO_MS);
      await sendSimulated(subject, plans);
      await subject.derive();
      const networkOf = (plan: FunctionPlan): Promise<Answer> =>
        getJson<Answer>(subject, `/api/v1/functions/${idOf(plan)}/network?${rangeQuery(span)}`);
      for (const plan of alone) {
        const { preInitMs, over2s } = await networkOf(plan);
        const p50 = preInitMs?.intervals.p50;
        notes.note('median answered', p50 !== undefined && p50.low !== null && p50.high !== null);
        if (p50 !== undefined && p50.low !== null && p50.high !== null)
          notes.note('median', holds(p50, truth.medianMs));
        notes.note('slow', holds(over2s, truth.slowShare));
      }
      for (const plan of cohorts.filter(({ name }) => name.endsWith('-inside-0'))) {
        const { eniLatencyMs } = await networkOf(plan);
        notes.note('added answered', eniLatencyMs !== null);
        if (eniLatencyMs !== null) notes.note('added', holds(eniLatencyMs, truth.addedMs));
      }
    });
  },
  rows: [
    { kind: 'share', note: 'median answered', what: 'the median time before init has an interval', atLeast: 0.9 },
    {
      kind: 'share',
      note: 'median',
      what: '95 % interval of the median time before init contains the long-run median',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'slow',
      what: '95 % interval of the share above two seconds contains the long-run share',
      atLeast: 0.9,
    },
    { kind: 'share', note: 'added answered', what: 'a planted ENI latency is answered', atLeast: 0.9 },
    {
      kind: 'share',
      note: 'added',
      what: '95 % interval of the ENI latency contains the long-run difference of medians',
      atLeast: 0.9,
    },
  ],
};

interface Answer {
  readonly preInitMs: {
    readonly intervals: { readonly p50: { readonly low: number | null; readonly high: number | null } };
  } | null;
  readonly over2s: { readonly low: number | null; readonly high: number | null } | null;
  readonly eniLatencyMs: { readonly low: number; readonly high: number } | null;
}

function cohortOf(runtime: Partial<Configuration>, seed: number, span: Span): readonly FunctionPlan[] {
  return [true, false].flatMap((vpc) =>
    Array.from({ length: ON_EACH_SIDE }, (_, at) => {
      const name = `${runtime.runtime?.replace('.', '-')}-${vpc ? 'inside' : 'outside'}-${at}`;
      const medianMs = seeded(`network-hours/${seed}/${name}/level`).lognormal(MEDIAN_MS, BETWEEN_FUNCTIONS);
      return planFor(name, seed, span, { ...runtime, vpc }, { ...network(vpc), medianMs });
    }),
  );
}

function network(vpc: boolean): Partial<Placement> {
  return vpc ? { networkMs: NETWORK_MS, networkSigma: 0.2, networkShare: 1 } : {};
}

/** Rarely invoked, so that most requests are cold, and all traced. */
function planFor(
  name: string,
  seed: number,
  span: Span,
  configuration: Partial<Configuration>,
  placement: Partial<Placement>,
): FunctionPlan {
  const random = seeded(`network-hours/${seed}/${name}`);
  const flat = drawFactors({}, span, random.fork('flat'));
  return planOf({
    name,
    seed: `network-hours/${seed}`,
    configurations: [configurationOf({ memoryMb: 832, ...configuration })],
    requests: requestsAt(poissonArrivals(PER_HOUR, flat, span, random.fork('arrivals'))),
    placement: {
      ...STANDARD_PLAN.placement,
      sigma: 0.2,
      ...placement,
      slowness: drawFactors(SLOW_HOURS, span, random.fork('slowness')),
    },
    keepAlive: { shape: 'fixed', ms: 120_000 },
    tracedShare: 1,
  });
}

function longRunOf(): LongRun {
  const span = { fromMs: TO_MS - LONG_RUN_DAYS * DAY_MS, toMs: TO_MS };
  const waits = (name: string, vpc: boolean, placement: Partial<Placement>): readonly number[] =>
    simulate(planFor(name, 0, span, { vpc }, { ...placement, medianMs: MEDIAN_MS })).invocations.flatMap((one) =>
      one.placement === null ? [] : [one.placement.baseMs + one.placement.pullMs + one.placement.networkMs],
    );
  const [alone, inside] = [waits('alone', false, PULLS), waits('inside', true, network(true))];
  return {
    medianMs: quantileOfErrors(alone, 0.5),
    slowShare: alone.filter((ms) => ms > SLOW_MS).length / alone.length,
    // Outside, the median of the hours' factor is 1.
    addedMs: quantileOfErrors(inside, 0.5) - MEDIAN_MS,
  };
}
