/** Keep-alive medians under bursts, placement delays, steps, evictions and provisioned environments. */
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import { burstArrivals, drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { KeepAlive } from '../lambda/keep-alive.ts';
import { medianIdleMs } from '../lambda/keep-alive.ts';
import type { FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { STANDARD_CONFIGURATION, STANDARD_PLAN } from '../lambda/standard.ts';
import type { Scenario } from '../scenario.ts';
import { idOf, sendSimulated } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

interface Case {
  readonly name: string;
  readonly placementMs: number;
  readonly placementSigma: number;
  readonly keepAlive: KeepAlive;
  readonly evictionsPerHour: number;
  readonly provisioned: number;
  /** Functions of this kind for each seed: where few are answered, one is too few to tell 90 % from 80 %. */
  readonly functions: number;
}

const TEN_MINUTES: KeepAlive = { shape: 'lognormal', medianMs: 10 * MINUTE_MS, sigma: 0.25 };
const PLAIN = {
  placementMs: 90,
  placementSigma: 0.05,
  keepAlive: TEN_MINUTES,
  evictionsPerHour: 0,
  provisioned: 0,
  functions: 1,
};

const CASES: readonly Case[] = [
  { ...PLAIN, name: 'placement-90' },
  { ...PLAIN, name: 'placement-300', placementMs: 300 },
  { ...PLAIN, name: 'placement-spread', placementMs: 150, placementSigma: 0.8 },
  { ...PLAIN, name: 'fixed', keepAlive: { shape: 'fixed', ms: 6 * MINUTE_MS } },
  { ...PLAIN, name: 'steps', keepAlive: { shape: 'steps', everyMs: 380_000, endShare: 0.6 } },
  { ...PLAIN, name: 'halving', keepAlive: { shape: 'steps', everyMs: 380_000, endShare: 0.5 } },
  { ...PLAIN, name: 'evictions', evictionsPerHour: 0.5 },
  { ...PLAIN, name: 'provisioned', provisioned: 1, functions: 3 },
  {
    ...PLAIN,
    name: 'provisioned-steps',
    provisioned: 1,
    functions: 3,
    keepAlive: { shape: 'steps', everyMs: 380_000, endShare: 0.6 },
  },
];

const DAYS = 3;

export const keepAliveScenario: Scenario = {
  name: 'keep-alive',
  title: 'Keep-alive under bursts',
  async run(stage, seed, notes, scale) {
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const cases = CASES.flatMap((one) => Array.from({ length: one.functions }, () => one));
      const plans = CASES.flatMap((one) =>
        Array.from({ length: one.functions }, (_, at) =>
          planFor(one, at === 0 ? one.name : `${one.name}-${at + 1}`, seed, DAYS * scale),
        ),
      );
      const simulated = await sendSimulated(subject, plans);
      await subject.derive();
      for (const [at, { plan }] of simulated.entries()) {
        const one = cases[at];
        if (one === undefined) continue;
        const truth = medianIdleMs(one.keepAlive, one.evictionsPerHour);
        const { medianMs, medianInterval, reason } = await getJson<{
          medianMs: number | null;
          reason: string | null;
          medianInterval: { low: number; high: number } | null;
        }>(subject, `/api/v1/functions/${idOf(plan)}/keep-alive?${rangeQuery(daysBefore(DAYS + 1))}`);
        // With provisioned concurrency, null with a reason is a valid answer; without, it is a miss.
        const mayBeUnknown = one.provisioned > 0 && reason !== null;
        if (one.provisioned > 0) notes.note(`${one.name}: answered`, medianMs !== null);
        if (medianMs !== null || !mayBeUnknown) {
          notes.note(
            `${one.name}: within`,
            medianMs !== null && medianMs >= 0.9 * truth.low && medianMs <= 1.1 * truth.high,
          );
        }
        if (medianInterval !== null) {
          notes.note('interval', medianInterval.low <= truth.high && truth.low <= medianInterval.high);
        }
      }
    });
  },
  rows: [
    ...CASES.map(({ name, provisioned }) => ({
      kind: 'share' as const,
      note: `${name}: within`,
      what: `keep-alive median within 10 %${provisioned > 0 ? ', where one is answered' : ''}: ${name}`,
      atLeast: 0.9,
    })),
    ...CASES.filter(({ provisioned }) => provisioned > 0).map(({ name }) => ({
      kind: 'figure' as const,
      note: `${name}: answered`,
      what: `keep-alive median answered: ${name}`,
      as: 'share' as const,
    })),
    { kind: 'share', note: 'interval', what: '95 % interval of the median contains the planted one', atLeast: 0.9 },
  ],
};

function planFor(one: Case, name: string, seed: number, days: number): FunctionPlan {
  const random = seeded(`keep-alive/${seed}/${name}`);
  const span = daysBefore(days);
  const flat = drawFactors({}, span, random.fork('flat'));
  const times = burstArrivals(14, { branching: 0.6, delayMs: 1500 }, flat, span, random.fork('arrivals'));
  const evictions =
    one.evictionsPerHour === 0 ? [] : poissonArrivals(one.evictionsPerHour, flat, span, random.fork('evictions'));
  return planOf({
    name,
    seed: `keep-alive/${seed}`,
    requests: requestsAt(times),
    // Slow enough that a burst needs several environments at once.
    configurations: [
      configurationOf({
        version: one.provisioned > 0 ? '3' : '$LATEST',
        work: { ...STANDARD_CONFIGURATION.work, waitMs: 1200 },
      }),
    ],
    placement: { ...STANDARD_PLAN.placement, medianMs: one.placementMs, sigma: one.placementSigma },
    keepAlive: one.keepAlive,
    evictionsMs: evictions,
    provisioned:
      one.provisioned === 0
        ? null
        : {
            fromMs: span.fromMs - 10 * MINUTE_MS,
            toMs: span.toMs,
            count: one.provisioned,
            configuration: 'latest',
          },
  });
}
