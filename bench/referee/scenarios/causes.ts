/** Causes of cold starts in a mixed fleet whose lines are incomplete: one START in ten is lost, some events come twice. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Subject } from '../../accuracy/subject.ts';
import { getItems, getJson } from '../../accuracy/subject.ts';
import type { Span } from '../lambda/arrivals.ts';
import { burstArrivals, drawFactors } from '../lambda/arrivals.ts';
import { trailRecords } from '../lambda/cloudtrail.ts';
import type { Cause } from '../lambda/outcome.ts';
import type { Configuration, FunctionPlan, Routing } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { STANDARD_CONFIGURATION, STANDARD_PLAN } from '../lambda/standard.ts';
import type { Notes, Scenario } from '../scenario.ts';
import type { SimulatedRun } from '../send.ts';
import { declareInventory, idOf, sendSimulated, sendTrail } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, requestsAt, routedTo, TO_MS } from './common.ts';

const DAMAGE = { lostStarts: 0.1, lostReports: 0, lostInitStarts: 0, repeated: 0.02 };

/** Found causes that are compared; each with the bounds on recall and precision, or null for a figure without a bound. */
const BOUNDS: readonly { readonly cause: Cause; readonly recall: number | null; readonly precision: number | null }[] =
  [
    { cause: 'proactive', recall: 0.95, precision: null },
    { cause: 'crash', recall: 0.99, precision: null },
    { cause: 'recycle', recall: null, precision: 0.85 },
    { cause: 'idle-expiry', recall: 0.9, precision: null },
    { cause: 'scale-out', recall: null, precision: null },
    { cause: 'deploy', recall: 0.9, precision: null },
    { cause: 'runtime-patch', recall: null, precision: null },
    { cause: 'snap-start', recall: 0.95, precision: null },
  ];

export const causesScenario: Scenario = {
  name: 'causes',
  title: 'Causes with one START in ten lost',
  async run(stage, seed, notes, scale) {
    const span = daysBefore(Math.max(0.2, scale));
    const plans = fleet(seed, span);
    const clock = { nowMs: span.fromMs };
    await stage(clock, async (subject) => {
      const changes = plans.flatMap(({ routing }) => routing.map(({ fromMs }) => Math.max(fromMs, span.fromMs)));
      for (const atMs of [...new Set(changes)].toSorted((left, right) => left - right)) {
        clock.nowMs = atMs + 2 * MINUTE_MS;
        await declareInventory(subject, plans, clock.nowMs);
      }
      clock.nowMs = TO_MS + HOUR_MS;
      for (const plan of plans) await sendTrail(subject, plan, trailRecords(plan, seeded(`${plan.seed}/trail`)));
      const simulated = await sendSimulated(subject, plans, DAMAGE);
      await subject.derive();
      for (const one of simulated) await compare(subject, one, span, notes);
    });
  },
  rows: [
    { kind: 'share', note: 'counted', what: 'invocations counted once', atLeast: 1 },
    { kind: 'share', note: 'hidden', what: 'suppressed inits after a reset: recall', atLeast: 0.95 },
    ...BOUNDS.flatMap(({ cause, recall, precision }) => [
      recall === null
        ? ({ kind: 'figure', note: `${cause}: recall`, what: `cause ${cause}: recall`, as: 'share' } as const)
        : ({ kind: 'share', note: `${cause}: recall`, what: `cause ${cause}: recall`, atLeast: recall } as const),
      precision === null
        ? ({ kind: 'figure', note: `${cause}: precision`, what: `cause ${cause}: precision`, as: 'share' } as const)
        : ({
            kind: 'share',
            note: `${cause}: precision`,
            what: `cause ${cause}: precision`,
            atLeast: precision,
          } as const),
    ]),
    { kind: 'figure', note: 'expired, alone', what: 'idle-expiry with no environment busy: recall', as: 'share' },
    {
      kind: 'figure',
      note: 'expired, beside others',
      what: 'idle-expiry beside busy environments: recall',
      as: 'share',
    },
    { kind: 'figure', note: 'tenants', what: 'any cause, with environments kept apart by tenant: recall', as: 'share' },
    { kind: 'figure', note: 'without a cause', what: 'cold starts without a cause', as: 'share' },
  ],
};

interface Found {
  readonly requestId: string;
  readonly coldStart: { readonly kind: string; readonly cause: string | null } | null;
}

async function compare(subject: Subject, { plan, outcome }: SimulatedRun, span: Span, notes: Notes): Promise<void> {
  const wide = rangeQuery({ fromMs: span.fromMs - HOUR_MS, toMs: span.toMs + HOUR_MS });
  const counted = await getJson<{ invocations: number }>(subject, `/api/v1/functions/${idOf(plan)}?${wide}`);
  notes.note('counted', counted.invocations === outcome.invocations.length);
  const listed = await getItems<Found>(
    subject,
    `/api/v1/invocations?function=${idOf(plan)}&cold=true&limit=500&${wide}`,
  );
  const found = new Map(listed.map((one) => [one.requestId, one.coldStart]));
  for (const invocation of outcome.invocations) {
    const answer = found.get(invocation.requestId)?.cause ?? null;
    if (invocation.hiddenInitMs !== null) notes.note('hidden', found.get(invocation.requestId)?.kind === 'suppressed');
    const { causes } = invocation;
    const [planted] = causes ?? [];
    // The first environment has no predecessor, so any cause is a guess.
    if (planted === 'first') continue;
    if (plan.name === 'tenants') {
      if (planted !== undefined) notes.note('tenants', causes?.some((cause) => cause === answer) ?? false);
      continue;
    }
    if (planted !== undefined) {
      notes.note(`${planted}: recall`, causes?.some((cause) => cause === answer) ?? false);
      notes.note('without a cause', answer === null || answer === 'unknown');
      if (planted === 'idle-expiry') {
        notes.note(
          `expired, ${invocation.busy === 0 ? 'alone' : 'beside others'}`,
          causes?.some((cause) => cause === answer) ?? false,
        );
      }
    }
    if (answer !== null) notes.note(`${answer}: precision`, causes?.some((cause) => cause === answer) ?? false);
  }
}

/** Busy enough for several environments at once, in bursts. */
function fleet(seed: number, span: Span): readonly FunctionPlan[] {
  const slow = { ...STANDARD_CONFIGURATION.work, waitMs: 700, sigma: 0.5 };
  const base = configurationOf({ work: slow });
  const make = (name: string, perHour: number, changes: Partial<FunctionPlan> = {}): FunctionPlan => {
    const random = seeded(`causes/${seed}/${name}`);
    const load = drawFactors({ daily: 0.6, hourly: { correlation: 0.6, sigma: 0.2 } }, span, random.fork('load'));
    const times = burstArrivals(perHour, { branching: 0.8, delayMs: 900 }, load, span, random.fork('arrivals'));
    return planOf({
      name,
      seed: `causes/${seed}`,
      requests: requestsAt(times),
      configurations: [base],
      placement: { ...STANDARD_PLAN.placement, medianMs: 120, sigma: 0.5 },
      keepAlive: { shape: 'lognormal', medianMs: 8 * MINUTE_MS, sigma: 0.2 },
      ...changes,
    });
  };
  const at = (share: number) => span.fromMs + share * (span.toMs - span.fromMs);
  const faults = { timeout: 0.004, exit: 0.008, outOfMemory: 0.004, handled: 0.01 };
  return [
    make('seldom', 25),
    make('busy', 200),
    make('recycled', 200, { lifetimeMs: { from: 1.5 * HOUR_MS, to: 4 * HOUR_MS } }),
    ...[1, 2, 3].map((nth) => make(`one-at-a-time-${nth}`, 0, steady(seed, nth, span))),
    make('crashing', 120, { configurations: [{ ...base, faults, timeoutMs: 20_000 }] }),
    make('latest', 200, changing(base, '$LATEST', [at(0.3), at(0.55), at(0.8)], 'deploy')),
    make('versions', 200, changing(base, 'numbered', [at(0.3), at(0.55), at(0.8)], 'deploy')),
    make('patched', 200, changing(base, '$LATEST', [at(0.6)], 'runtime-patch')),
    make('canary', 200, canary(base, at(0.4))),
    make('early', 100, { proactivePerHour: 3 }),
    make('provisioned', 200, {
      configurations: [{ ...base, version: '4' }],
      provisioned: { fromMs: span.fromMs - 5 * MINUTE_MS, toMs: span.toMs, count: 3, configuration: 'latest' },
    }),
    make('snapshots', 100, { configurations: [{ ...base, version: '9', snapStart: true, ...JAVA }] }),
    tenants(make('tenants', 120, { format: 'json' })),
    make('json', 120, { format: 'json', configurations: [{ ...base, faults }] }),
  ];
}

/** Three tenants whose environments are kept apart; bursts have one tenant each. */
function tenants(plan: FunctionPlan): FunctionPlan {
  const tenantOf = (ms: number) => `tenant-${Math.floor(ms / MINUTE_MS) % 3}`;
  return { ...plan, requests: plan.requests.map((request) => ({ ...request, tenant: tenantOf(request.atMs) })) };
}

/** Requests half a minute apart, each far shorter: one environment serves all until it is too old. */
function steady(seed: number, nth: number, span: Span): Partial<FunctionPlan> {
  const random = seeded(`causes/${seed}/steady-${nth}`);
  const times: number[] = [];
  for (let at = span.fromMs + 1000; at < span.toMs; at += 20_000 + 20_000 * random.uniform()) times.push(at);
  return {
    requests: requestsAt(times),
    configurations: [configurationOf({ work: { ...STANDARD_CONFIGURATION.work, sigma: 0.2 } })],
    lifetimeMs: { from: 1.5 * HOUR_MS, to: 4 * HOUR_MS },
  };
}

const JAVA = { runtime: 'java21', runtimeVersion: 'java:21.v38' };

function changing(
  base: Configuration,
  version: '$LATEST' | 'numbered',
  atMs: readonly number[],
  why: Routing['why'],
): Pick<FunctionPlan, 'configurations' | 'routing'> {
  const configurations = [0, ...atMs].map((_, index) => ({
    ...base,
    id: `state-${index}`,
    version: version === 'numbered' ? String(index + 1) : '$LATEST',
    ...(why === 'deploy'
      ? { codeSha256: `PlantedCode${index}PlantedCodePlantedCodePlanted=` }
      : { runtimeVersion: `nodejs:22.v${48 + index}` }),
  }));
  const routing = [0, ...atMs].map((fromMs, index) => ({ ...(routedTo(`state-${index}`)[0] as Routing), fromMs, why }));
  return { configurations, routing };
}

/** A tenth of the requests go to a new version for a quarter of a day, then all do. */
function canary(base: Configuration, atMs: number): Pick<FunctionPlan, 'configurations' | 'routing'> {
  const made = changing(base, 'numbered', [atMs + DAY_MS / 4], 'deploy');
  const weights = [
    { configuration: 'state-0', weight: 0.9 },
    { configuration: 'state-1', weight: 0.1 },
  ];
  const [before, after] = made.routing;
  if (before === undefined || after === undefined) return made;
  return { ...made, routing: [before, { fromMs: atMs, weights, why: 'deploy' }, after] };
}
