/** Right-sizing: a weighted alias is a trial, a before-and-after change is not, and simultaneous changes yield no recommendation. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import type { Span } from '../lambda/arrivals.ts';
import { drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { Configuration, FunctionPlan, Request, Routing } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { simulate } from '../lambda/simulate.ts';
import { STANDARD_CONFIGURATION } from '../lambda/standard.ts';
import type { Notes, Scenario } from '../scenario.ts';
import { holds } from '../scenario.ts';
import { declareInventory, idOf, sendSimulated } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, routedTo, TO_MS } from './common.ts';

const DAYS = 14;
const PER_HOUR = 12;
const GB_SECOND_USD = 0.0000166667;
const REQUEST_USD = 2e-7;

/** Each case has two sizes. `truthful` cases differ in nothing but the size, so that the truth of both is known. */
interface Case {
  readonly name: string;
  readonly truthful: boolean;
  readonly plan: (seed: number, span: Span) => FunctionPlan;
  readonly check: (answer: MemoryAnswer, notes: Notes) => void;
}

interface MemoryAnswer {
  readonly finding: string;
  readonly reasons: readonly string[];
  readonly invocationsPerMonth: number;
  readonly observed: readonly { memorySizeMb: number; interval: Interval | null }[];
  readonly candidates: readonly { memoryMb: number; durationMs: number }[];
  readonly recommendation: {
    readonly memoryMb: number;
    readonly monthlySavingUsd: Interval & { readonly value: number };
    readonly latencyChange: Interval & { readonly value: number };
  } | null;
}

interface Listed {
  readonly function: { readonly name: string };
  readonly memoryMb: number;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

const NEW_CODE = 'pZK8h0mWkPlantedCodeBPlantedCodeBPlantedCodeB=';
const CPU_BOUND = { ...STANDARD_CONFIGURATION.work, cpuMs: 150, waitMs: 30, sigma: 0.25 };
/** One thread gains nothing above 1,769 MB: the larger size costs 68 % more for the same time. */
/** Inits are few and short: split traffic has more of them, which is not an effect of the size. */
const SHORT_INIT = { initMs: 40, initSigma: 0.1 };
const LARGE = configurationOf({ id: 'large', memoryMb: 3008, work: CPU_BOUND, ...SHORT_INIT });
const SMALL = configurationOf({ id: 'small', memoryMb: 1792, work: CPU_BOUND, ...SHORT_INIT });
const LARGE_VERSION = { ...LARGE, version: '2' };
const SMALL_VERSION = { ...SMALL, version: '1' };

const withoutRecommendation =
  (name: string) =>
  (answer: MemoryAnswer, notes: Notes): void =>
    notes.note(name, answer.recommendation === null);

const CASES: readonly Case[] = [
  {
    name: 'trial',
    truthful: true,
    plan: (seed, span) => build('trial', seed, span, [SMALL_VERSION, LARGE_VERSION], together(SMALL, LARGE)),
    check: (answer, notes) => notes.note('trial: recommended', between(answer.recommendation?.memoryMb, 1600, 2048)),
  },
  {
    name: 'before-after',
    truthful: true,
    plan: (seed, span) =>
      build('before-after', seed, span, [SMALL_VERSION, LARGE_VERSION], switched(SMALL, LARGE, span)),
    check: (answer, notes) =>
      notes.note('before-after: recommended', between(answer.recommendation?.memoryMb, 1600, 2048)),
  },
  {
    name: 'alternating',
    truthful: true,
    plan: (seed, span) => build('alternating', seed, span, [SMALL, LARGE], alternating(SMALL, LARGE, span)),
    check: (answer, notes) =>
      notes.note('alternating: recommended', between(answer.recommendation?.memoryMb, 1600, 2048)),
  },
  {
    name: 'with-code',
    truthful: false,
    plan: (seed, span) => {
      const slower = { ...LARGE, codeSha256: NEW_CODE, work: { ...CPU_BOUND, cpuMs: 220, waitMs: 50 } };
      return build('with-code', seed, span, [SMALL, slower], switched(SMALL, slower, span));
    },
    check: withoutRecommendation('with code: refused'),
  },
  {
    name: 'with-payloads',
    truthful: false,
    plan: (seed, span) => {
      const byPayload = { ...CPU_BOUND, perKilobyte: 0.5 };
      const memory = { ...STANDARD_CONFIGURATION.memory, perKilobyteMb: 12 };
      const [small, large] = [SMALL, LARGE].map((one) => ({ ...one, work: byPayload, memory }));
      if (small === undefined || large === undefined) throw new Error('expected two configurations');
      const made = build('with-payloads', seed, span, [small, large], switched(small, large, span));
      const random = seeded(`right-sizing/${seed}/payloads`);
      const middleMs = (span.fromMs + span.toMs) / 2;
      // Callers send five times as much from the day of the change on.
      const requests = made.requests.map(({ atMs }): Request => {
        return { atMs, payloadBytes: Math.round(random.lognormal(atMs < middleMs ? 1024 : 5120, 0.4)) };
      });
      return { ...made, requests };
    },
    check: withoutRecommendation('with payloads: refused'),
  },
  {
    name: 'by-hour',
    truthful: false,
    plan: (seed, span) => {
      const made = build('by-hour', seed, span, [SMALL, LARGE], byHour(SMALL, LARGE, span));
      const random = seeded(`right-sizing/${seed}/by-hour/slow`);
      return { ...made, slowness: drawFactors({ daily: 0.4 }, span, random) };
    },
    check: withoutRecommendation('by hour: refused'),
  },
  {
    name: 'with-errors',
    truthful: false,
    plan: (seed, span) => {
      // The smaller size looks cheap because a fifth of its invocations end early, with an error.
      const failing = { ...SMALL, memoryMb: 1024, faults: { ...SMALL.faults, exit: 0.2 } };
      const sound = { ...LARGE, memoryMb: 1792 };
      return build('with-errors', seed, span, [failing, sound], alternating(failing, sound, span));
    },
    check: (answer, notes) =>
      notes.note(
        'with errors: not recommended',
        answer.recommendation === null || answer.recommendation.memoryMb > 1024,
      ),
  },
  {
    name: 'out-of-memory',
    truthful: false,
    plan: (seed, span) => {
      const memory = { ...STANDARD_CONFIGURATION.memory, baseMb: 420 };
      const roomy = { ...SMALL, memoryMb: 1024, memory };
      const tight = {
        ...LARGE,
        memoryMb: 512,
        memory: { ...memory, baseMb: 480 },
        faults: { ...LARGE.faults, outOfMemory: 0.02 },
      };
      return build('out-of-memory', seed, span, [roomy, tight], switched(roomy, tight, span));
    },
    check: (answer, notes) => {
      const raised = answer.recommendation !== null && answer.recommendation.memoryMb > 512;
      notes.note('out of memory: raised', raised || answer.finding === 'under-provisioned');
    },
  },
  {
    name: 'managed-heap',
    truthful: true,
    plan: (seed, span) => {
      const java = { runtime: 'java21', runtimeVersion: 'java:21.v38' };
      const heap = { ...STANDARD_CONFIGURATION.memory, heapShare: 0.55 };
      const [small, large] = [SMALL, LARGE].map((one) => ({ ...one, ...java, memory: heap }));
      if (small === undefined || large === undefined) throw new Error('expected two configurations');
      return build('managed-heap', seed, span, [small, large], alternating(small, large, span));
    },
    check: (answer, notes) => {
      const blamed =
        answer.reasons.some((reason) => /load|memory used/i.test(reason)) && answer.recommendation === null;
      notes.note('managed heap: not refused for its load', !blamed);
    },
  },
];

export const rightSizingScenario: Scenario = {
  name: 'right-sizing',
  title: 'Right-sizing',
  async run(stage, seed, notes, scale) {
    const span = daysBefore(Math.max(2, DAYS * scale));
    const clock = { nowMs: span.fromMs };
    await stage(clock, async (subject) => {
      const plans = CASES.map(({ plan }) => plan(seed, span));
      // Read as a poller would: at the beginning, and after each change but those of every day.
      for (let quarter = 0; quarter < 4; quarter += 1) {
        clock.nowMs = Math.round(span.fromMs + (quarter * (span.toMs - span.fromMs)) / 4) + 60_000;
        await declareInventory(subject, plans, clock.nowMs);
      }
      clock.nowMs = TO_MS + HOUR_MS;
      await sendSimulated(subject, plans);
      await subject.derive();
      const { items } = await getJson<{ items: readonly Listed[] }>(
        subject,
        `/api/v1/recommendations?limit=20&${rangeQuery(span)}`,
      );
      for (const [at, plan] of plans.entries()) {
        const one = CASES[at];
        if (one === undefined) continue;
        const answer = await getJson<MemoryAnswer>(
          subject,
          `/api/v1/functions/${idOf(plan)}/memory?${rangeQuery(span)}`,
        );

        one.check(answer, notes);
        noteEnvelope(answer, notes);
        if (one.truthful) noteTruth(plan, answer, notes);
        const listed = items.find((item) => item.function.name === plan.name);
        notes.note('agreement', (listed?.memoryMb ?? null) === (answer.recommendation?.memoryMb ?? null));
      }
    });
  },
  rows: [
    {
      kind: 'share',
      note: 'trial: recommended',
      what: 'weighted alias: the size that costs 40 % less is recommended',
      atLeast: 0.9,
    },
    {
      kind: 'figure',
      note: 'alternating: recommended',
      what: 'alternating sizes, same code: recommended',
      as: 'share',
    },
    {
      kind: 'figure',
      note: 'before-after: recommended',
      what: 'before and after, same code: recommended',
      as: 'share',
    },
    {
      kind: 'share',
      note: 'cost held',
      what: '95 % interval of the cost of an observed size contains the true cost',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'saving held',
      what: 'interval of the monthly saving contains the true saving',
      atLeast: 0.9,
    },
    {
      kind: 'share',
      note: 'latency held',
      what: 'interval of the change of duration contains the true change',
      atLeast: 0.9,
    },
    { kind: 'share', note: 'with code: refused', what: 'size changed together with code: refused', atLeast: 0.95 },
    {
      kind: 'share',
      note: 'with payloads: refused',
      what: 'size changed together with payloads: refused',
      atLeast: 0.95,
    },
    { kind: 'share', note: 'by hour: refused', what: 'one size by day, the other by night: refused', atLeast: 0.95 },
    {
      kind: 'share',
      note: 'with errors: not recommended',
      what: 'a size with more failures is never recommended',
      atLeast: 1,
    },
    { kind: 'share', note: 'out of memory: raised', what: 'out of memory at the current size: raise it', atLeast: 1 },
    {
      kind: 'share',
      note: 'managed heap: not refused for its load',
      what: 'a growing managed heap is not refused as a different load',
      atLeast: 0.95,
    },
    {
      kind: 'share',
      note: 'envelope',
      what: 'no candidate is faster with less memory, or gains more than its memory',
      atLeast: 1,
    },
    {
      kind: 'share',
      note: 'agreement',
      what: 'the list of recommendations agrees with the function’s page',
      atLeast: 1,
    },
  ],
};

function between(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}

function build(
  name: string,
  seed: number,
  span: Span,
  configurations: readonly Configuration[],
  routing: readonly Routing[],
): FunctionPlan {
  const random = seeded(`right-sizing/${seed}/${name}`);
  const load = drawFactors({ daily: 0.5, weekend: 0.6 }, span, random.fork('load'));
  const times = poissonArrivals(PER_HOUR, load, span, random.fork('arrivals'));
  return planOf({
    name,
    seed: `right-sizing/${seed}`,
    configurations,
    routing,
    requests: times.map((atMs) => ({ atMs, payloadBytes: 0 })),
    slowness: drawFactors({ daily: 0.1, hourly: { correlation: 0.7, sigma: 0.12 } }, span, random.fork('slowness')),
    keepAlive: { shape: 'fixed', ms: 2 * HOUR_MS },
    lifetimeMs: { from: 3 * HOUR_MS, to: 8 * HOUR_MS },
  });
}

function together(one: Configuration, other: Configuration): readonly Routing[] {
  const weights = [one, other].map(({ id }) => ({ configuration: id, weight: 0.5 }));
  return [{ fromMs: 0, weights, why: 'deploy' }];
}

/** Each size for a quarter of the time, twice. */
function alternating(first: Configuration, second: Configuration, span: Span): readonly Routing[] {
  const quarterMs = (span.toMs - span.fromMs) / 4;
  return [first, second, first, second].flatMap(({ id }, at) =>
    routedTo(id).map((routing) => ({ ...routing, fromMs: at === 0 ? 0 : Math.round(span.fromMs + at * quarterMs) })),
  );
}

function switched(before: Configuration, after: Configuration, span: Span): readonly Routing[] {
  const changedMs = (span.fromMs + span.toMs) / 2;
  return [...routedTo(before.id), ...routedTo(after.id).map((routing) => ({ ...routing, fromMs: changedMs }))];
}

/** The first size from 20:00 to 08:00, the second by day. */
function byHour(night: Configuration, day: Configuration, span: Span): readonly Routing[] {
  const routing: Routing[] = [...routedTo(night.id)];
  for (let atMs = Math.ceil(span.fromMs / HOUR_MS) * HOUR_MS; atMs < span.toMs; atMs += HOUR_MS) {
    const hour = new Date(atMs).getUTCHours();
    if (hour === 8) routing.push(...routedTo(day.id).map((one) => ({ ...one, fromMs: atMs })));
    if (hour === 20) routing.push(...routedTo(night.id).map((one) => ({ ...one, fromMs: atMs })));
  }
  return routing;
}

/** Less memory is never faster, and below one vCPU twice the memory never more than halves the time (rounding allowed). */
function noteEnvelope({ candidates }: MemoryAnswer, notes: Notes): void {
  if (candidates.length < 2) return;
  const sorted = candidates.toSorted((left, right) => left.memoryMb - right.memoryMb);
  const possible = sorted.every((larger, at) => {
    const smaller = sorted[at - 1];
    if (smaller === undefined) return true;
    const ratio = smaller.durationMs / larger.durationMs;
    return ratio >= 0.995 && ratio <= (larger.memoryMb / smaller.memoryMb) * 1.005;
  });
  notes.note('envelope', possible);
}

interface Truth {
  readonly costPerMillionUsd: number;
  readonly durationMs: number;
}

/** Cost and duration if every request had run at one size: simulates the same requests again at that size. */
function truthAt(plan: FunctionPlan, memoryMb: number): Truth {
  const base = plan.configurations[0] ?? STANDARD_CONFIGURATION;
  const { invocations } = simulate({
    ...plan,
    configurations: [{ ...base, id: 'only', memoryMb }],
    routing: routedTo('only'),
  });
  const mean = (value: (one: (typeof invocations)[number]) => number) =>
    invocations.reduce((sum, one) => sum + value(one), 0) / invocations.length;
  return {
    costPerMillionUsd:
      1e6 * (REQUEST_USD + (mean(({ billedMs }) => billedMs) / 1000) * (memoryMb / 1024) * GB_SECOND_USD),
    durationMs: mean(({ durationMs }) => durationMs),
  };
}

function noteTruth(plan: FunctionPlan, answer: MemoryAnswer, notes: Notes): void {
  for (const { memorySizeMb, interval } of answer.observed) {
    if (interval !== null) notes.note('cost held', holds(interval, truthAt(plan, memorySizeMb).costPerMillionUsd));
  }
  const { recommendation } = answer;
  if (recommendation === null) return;
  const now = truthAt(plan, 3008);
  const then = truthAt(plan, recommendation.memoryMb);
  const saving = ((now.costPerMillionUsd - then.costPerMillionUsd) / 1e6) * answer.invocationsPerMonth;
  notes.note('saving held', holds(recommendation.monthlySavingUsd, saving));
  notes.note('latency held', holds(recommendation.latencyChange, then.durationMs / now.durationMs - 1));
}
