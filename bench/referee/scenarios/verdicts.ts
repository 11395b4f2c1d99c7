/** Deploys that change nothing, and deploys a fifth slower, under four kinds of noise. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { Subject } from '../../accuracy/subject.ts';
import { getJson } from '../../accuracy/subject.ts';
import type { Cycle, Span } from '../lambda/arrivals.ts';
import { burstArrivals, drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { FunctionPlan, Request, Work } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { STANDARD_CONFIGURATION } from '../lambda/standard.ts';
import type { Scenario } from '../scenario.ts';
import { holds } from '../scenario.ts';
import { idOf, sendSimulated } from '../send.ts';
import { configurationOf, planOf, rangeQuery, TO_MS } from './common.ts';

interface Family {
  readonly name: string;
  readonly arrivals: Cycle;
  readonly slowness: Cycle;
  readonly tail: Work['tail'];
  readonly bursts: boolean;
}

const QUIET: Omit<Family, 'name'> = { arrivals: {}, slowness: {}, tail: null, bursts: false };

const FAMILIES: readonly Family[] = [
  { ...QUIET, name: 'daily', arrivals: { daily: 0.7, weekend: 0.5 }, slowness: { daily: 0.25 } },
  { ...QUIET, name: 'hourly', slowness: { hourly: { correlation: 0.7, sigma: 0.1 } } },
  { ...QUIET, name: 'tails', tail: { probability: 0.05, alpha: 1.5 } },
  { ...QUIET, name: 'bursts', bursts: true },
];

/** Ten deploys without a change in each seed and family make two hundred in twenty seeds. */
const UNCHANGED = 10;
const SLOWER = 4;
const SLOWER_BY = 1.2;
const DAYS_BEFORE = 7;
const DAYS_AFTER = 2;
/** 504 a day. */
const PER_HOUR = 21;
/** For half of the deploys, only the first hours after them are known, which are other hours of the day than those before. */
const EARLY_MS = 6 * HOUR_MS;

export const verdictScenarios: readonly Scenario[] = FAMILIES.map((family) => ({
  name: `verdicts-${family.name}`,
  title: `Verdicts, noise: ${family.name}`,
  async run(stage, seed, notes, scale) {
    const counts = { unchanged: Math.ceil(UNCHANGED * scale), slower: Math.ceil(SLOWER * scale) };
    const plans = [
      ...Array.from({ length: counts.unchanged }, (_, at) =>
        planFor(family, `${at % 2 === 0 ? 'same' : 'early'}-${at}`, seed, 1),
      ),
      ...Array.from({ length: counts.slower }, (_, at) => planFor(family, `slower-${at}`, seed, SLOWER_BY)),
    ];
    const clock = { nowMs: TO_MS + HOUR_MS };
    await stage(clock, async (subject) => {
      const simulated = await sendSimulated(subject, plans);
      await subject.derive();
      for (const { plan } of simulated) {
        const deployedMs = plan.routing[1]?.fromMs ?? 0;
        const late = await changesOf(subject, plan);
        const change = changeAt(late, deployedMs);
        const verdict = change?.verdict ?? null;
        for (const { metric, low, high } of change?.differences ?? []) {
          // Scales everything by the factor, and with it every quantile of Duration.
          if (metric !== 'p50' && metric !== 'p95') continue;
          if (low !== null)
            notes.note(metric, holds({ low, high }, plan.name.startsWith('slower') ? SLOWER_BY - 1 : 0));
        }
        if (plan.name.startsWith('slower')) {
          notes.note('found', verdict === 'worse');
          continue;
        }
        notes.note('called changed', verdict === 'worse' || verdict === 'improved');
        notes.note(
          'levels',
          late.some(({ source }) => source === 'level'),
        );
        if (isEarly(plan.name)) notes.note('called changed early', verdict === 'worse' || verdict === 'improved');
      }
    });
  },
  rows: [
    { kind: 'rare', note: 'called changed', what: 'a deploy that changed nothing is called changed', atMost: 0.05 },
    {
      kind: 'rare',
      note: 'levels',
      what: 'functions in which a level shift is found where there is none',
      atMost: 0.05,
    },
    {
      kind: 'rare',
      note: 'called changed early',
      what: 'the same, for functions whose lines end six hours after the deploy',
      atMost: 0.05,
    },
    ...['p50', 'p95'].map((metric) => ({
      kind: 'share' as const,
      note: metric,
      what: `95 % interval of the change of ${metric} contains the planted change`,
      atLeast: 0.9,
    })),
    { kind: 'share', note: 'found', what: '20 % slower is found, up to two days after the deploy', atLeast: 0.8 },
  ],
}));

function isEarly(name: string): boolean {
  return name.startsWith('early');
}

interface Change {
  readonly at: string;
  readonly source: string;
  readonly verdict: string;
  readonly differences: readonly {
    readonly metric: string;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

async function changesOf(subject: Subject, plan: FunctionPlan): Promise<readonly Change[]> {
  const query = rangeQuery({ fromMs: TO_MS - (DAYS_BEFORE + DAYS_AFTER) * DAY_MS, toMs: TO_MS });
  const path = `/api/v1/changes?function=${idOf(plan)}&limit=100&${query}`;
  return (await getJson<{ items: readonly Change[] }>(subject, path)).items;
}

/** The change that was found within an hour of a deploy, if any. */
function changeAt(changes: readonly Change[], deployedMs: number): Change | undefined {
  const near = changes.filter(
    ({ at, source }) => source !== 'level' && Math.abs(Date.parse(at) - deployedMs) < HOUR_MS,
  );
  return near[0];
}

function planFor(family: Family, name: string, seed: number, factor: number): FunctionPlan {
  const random = seeded(`verdicts/${family.name}/${seed}/${name}`);

  // Deploys happen in the working day, so that the hours before and after differ in load.
  const deployedMs = Math.round(TO_MS - DAYS_AFTER * DAY_MS + (8 + 9 * random.uniform()) * HOUR_MS);
  const span: Span = {
    fromMs: TO_MS - (DAYS_BEFORE + DAYS_AFTER) * DAY_MS,
    toMs: isEarly(name) ? deployedMs + EARLY_MS : TO_MS,
  };
  const work = { ...STANDARD_CONFIGURATION.work, tail: family.tail, perKilobyte: family.bursts ? 0.5 : 0 };
  const before = configurationOf({ id: 'before', version: '1', work });
  const after = configurationOf({
    id: 'after',
    version: '2',
    codeSha256: 'pZK8h0mWkPlantedCodeBPlantedCodeBPlantedCodeB=',
    work: { ...work, cpuMs: work.cpuMs * factor, waitMs: work.waitMs * factor },
  });
  return planOf({
    name,
    seed: `verdicts/${family.name}/${seed}`,
    configurations: [before, after],
    routing: [
      { fromMs: 0, weights: [{ configuration: 'before', weight: 1 }], why: 'deploy' },
      { fromMs: deployedMs, weights: [{ configuration: 'after', weight: 1 }], why: 'deploy' },
    ],
    requests: requestsOf(family, span, random),
    slowness: drawFactors(family.slowness, span, random.fork('slowness')),
  });
}

/** In bursts, the requests of one minute have one payload: they come from the same caller. */
function requestsOf(family: Family, span: Span, random: ReturnType<typeof seeded>): readonly Request[] {
  const factors = drawFactors(family.arrivals, span, random.fork('load'));
  if (!family.bursts) {
    return poissonArrivals(PER_HOUR, factors, span, random.fork('arrivals')).map((atMs) => ({ atMs, payloadBytes: 0 }));
  }
  const times = burstArrivals(PER_HOUR, { branching: 0.85, delayMs: 1500 }, factors, span, random.fork('arrivals'));
  const payloads = random.fork('payloads');
  let minute = -1;
  let payloadBytes = 0;
  return times.map((atMs) => {
    if (Math.floor(atMs / 60_000) !== minute) {
      minute = Math.floor(atMs / 60_000);
      payloadBytes = Math.round(payloads.exponential(1024));
    }
    return { atMs, payloadBytes };
  });
}
