/** ENI-related latency from trace documents as AWS writes them: planted, absent, and confounded by downloads. */
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Subject } from '../../accuracy/subject.ts';
import { getJson } from '../../accuracy/subject.ts';
import { quantileOfErrors } from '../../accuracy/table.ts';
import type { Span } from '../lambda/arrivals.ts';
import { drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { Configuration, FunctionPlan, Placement } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { STANDARD_PLAN } from '../lambda/standard.ts';
import type { Scenario } from '../scenario.ts';
import { holds, relativeError } from '../scenario.ts';
import type { SimulatedRun } from '../send.ts';
import { declareInventory, idOf, sendSimulated } from '../send.ts';
import { configurationOf, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

/** In spring 2019, Lambda attached a network interface to each environment in a VPC (AWS Compute Blog, September 2019). */
const TO_2019_MS = Date.UTC(2019, 3, 1);
/** Functions differ in their placement by this much, independent of their network. */
const BETWEEN_FUNCTIONS = 0.08;
const FUNCTIONS_IN_VPC = 4;
const FUNCTIONS_OUTSIDE = 5;

interface Group {
  readonly name: string;
  readonly inside: Partial<Configuration>;
  readonly outside: Partial<Configuration>;
  readonly placement: Partial<Placement>;
}

const MB = 1_048_576;
/** One function of each group is queried: the others of its group would answer from the same cohort. */
const QUERIED = /-inside-0$/;

/** Groups differ in runtime, so that each has its own cohort. */
function groups(networkMs: number): readonly Group[] {
  const pulls = { pullMsPerMb: 6, pullShare: 0.6 };
  return [
    {
      name: 'planted',
      inside: {},
      outside: {},
      placement: { networkMs, networkSigma: 0.2, networkShare: 1 },
    },
    { name: 'absent', inside: PYTHON, outside: PYTHON, placement: {} },
    {
      name: 'image',
      inside: { ...JAVA, packageType: 'Image', codeBytes: 400 * MB },
      outside: { ...JAVA, codeBytes: 12 * MB },
      placement: pulls,
    },
    {
      name: 'code-size',
      inside: { ...RUBY, codeBytes: 60 * MB },
      outside: { ...RUBY, codeBytes: 1 * MB },
      placement: pulls,
    },
  ];
}

const PYTHON = { runtime: 'python3.13', runtimeVersion: 'python:3.13.v60' };
const JAVA = { runtime: 'java21', runtimeVersion: 'java:21.v38' };
const RUBY = { runtime: 'ruby3.4', runtimeVersion: 'ruby:3.4.v20' };

export const networkScenario: Scenario = {
  name: 'network',
  title: 'ENI-related latency',
  async run(stage, seed, notes, scale) {
    const networkMs = 60 + ((seed * 37) % 150);
    const span = { fromMs: TO_MS - Math.max(2, 24 * scale) * HOUR_MS, toMs: TO_MS };
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const plans = groups(networkMs).flatMap((group) => plansOf(group, seed, span));
      await declareInventory(subject, plans, TO_MS);
      const simulated = await sendSimulated(subject, plans);
      await subject.derive();
      for (const one of simulated.filter(({ plan }) => QUERIED.test(plan.name))) {
        const found = await networkOf(subject, one.plan, span);
        const truth = medianPreInitMs(one);
        notes.note('pre-init', relativeError(found.preInitMs?.p50, truth));
        notes.note('era 2026', found.era !== 'per-environment');
        if (one.plan.name.startsWith('planted')) {
          notes.note('planted answered', found.eniLatencyMs !== null);
          if (found.eniLatencyMs !== null) {
            notes.note('planted held', holds(found.eniLatencyMs, networkMs));
            notes.note('planted error', relativeError(found.eniLatencyMs.value, networkMs));
          }
        } else if (one.plan.name.startsWith('absent')) {
          notes.note('absent claimed', found.eniLatencyMs !== null && !holds(found.eniLatencyMs, 0));
        } else {
          notes.note(
            `${one.plan.name.split('-inside')[0]} refused`,
            found.eniLatencyMs === null || holds(found.eniLatencyMs, 0),
          );
        }
      }
    });
    await stage({ nowMs: TO_2019_MS + HOUR_MS }, async (subject) => {
      const then = { fromMs: TO_2019_MS - Math.max(2, 24 * scale) * HOUR_MS, toMs: TO_2019_MS };
      const attach = { networkMs: 9500, networkSigma: 0.12, networkShare: 0.65 };
      const node = { runtime: 'nodejs8.10', runtimeVersion: 'nodejs:8.10' };
      const plans = plansOf({ name: 'then', inside: node, outside: node, placement: attach }, seed, then);
      await declareInventory(subject, plans, TO_2019_MS);
      const [one] = await sendSimulated(subject, plans);
      if (one === undefined) return;
      notes.note('era 2019', (await networkOf(subject, one.plan, then)).era === 'per-environment');
    });
  },
  rows: [
    { kind: 'error', note: 'pre-init', what: 'median time before init, largest error', q: 1, atMost: 0.05 },
    { kind: 'share', note: 'planted answered', what: 'a planted ENI latency is answered', atLeast: 0.9 },
    { kind: 'share', note: 'planted held', what: '95 % interval contains the planted ENI latency', atLeast: 0.9 },
    { kind: 'error', note: 'planted error', what: 'planted ENI latency, median error', q: 0.5, atMost: 0.1 },
    { kind: 'rare', note: 'absent claimed', what: 'an ENI latency is claimed where there is none', atMost: 0.05 },
    {
      kind: 'share',
      note: 'image refused',
      what: 'images in the VPC against archives outside: refused',
      atLeast: 0.95,
    },
    { kind: 'share', note: 'code-size refused', what: '60 MB in the VPC against 1 MB outside: refused', atLeast: 0.95 },
    {
      kind: 'share',
      note: 'era 2026',
      what: 'slow downloads in 2026 are not called an interface for each environment',
      atLeast: 1,
    },
    { kind: 'share', note: 'era 2019', what: 'interfaces for each environment in spring 2019 are found', atLeast: 1 },
  ],
};

interface NetworkAnswer {
  readonly era: string | null;
  readonly preInitMs: { readonly p50: number | null } | null;
  readonly eniLatencyMs: { readonly value: number; readonly low: number; readonly high: number } | null;
}

function networkOf(subject: Subject, plan: FunctionPlan, span: Span): Promise<NetworkAnswer> {
  return getJson(subject, `/api/v1/functions/${idOf(plan)}/network?${rangeQuery(span)}`);
}

function medianPreInitMs({ outcome }: SimulatedRun): number {
  const waits = outcome.invocations.flatMap(({ placement }) =>
    placement === null ? [] : [placement.baseMs + placement.pullMs + placement.networkMs],
  );
  return quantileOfErrors(waits, 0.5);
}

/** Rarely invoked, so that most requests are cold, and all traced. */
function plansOf(group: Group, seed: number, span: Span): readonly FunctionPlan[] {
  return [...Array(FUNCTIONS_IN_VPC + FUNCTIONS_OUTSIDE).keys()].map((at) => {
    const vpc = at < FUNCTIONS_IN_VPC;
    const name = `${group.name}-${vpc ? 'inside' : 'outside'}-${at}`;
    const random = seeded(`network/${seed}/${name}`);
    const flat = drawFactors({}, span, random.fork('flat'));
    return planOf({
      name,
      seed: `network/${seed}`,
      configurations: [configurationOf({ memoryMb: 832, ...(vpc ? group.inside : group.outside), vpc })],
      requests: requestsAt(poissonArrivals(8, flat, span, random.fork('arrivals'))),
      placement: {
        ...STANDARD_PLAN.placement,
        ...group.placement,
        medianMs: random.lognormal(110, BETWEEN_FUNCTIONS),
        sigma: 0.2,
      },
      keepAlive: { shape: 'fixed', ms: 2 * MINUTE_MS },
      tracedShare: 1,
    });
  });
}
