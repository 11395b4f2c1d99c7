/** Architecture, memory and price are facts of a time: a move to Graviton shows its saving and does not reprice history. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Subject } from '../../accuracy/subject.ts';
import { getJson } from '../../accuracy/subject.ts';
import { drawFactors, poissonArrivals } from '../lambda/arrivals.ts';
import type { Invocation } from '../lambda/outcome.ts';
import type { Configuration, FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import type { Scenario } from '../scenario.ts';
import { relativeError } from '../scenario.ts';
import { declareInventory, idOf, sendSimulated } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, requestsAt, routedTo, TO_MS } from './common.ts';

/** Dollars for each GB-second by region and architecture, and for each request (AWS Lambda pricing, November 2026). */
const PRICES: Readonly<Record<string, { readonly x86_64: number; readonly arm64: number; readonly request: number }>> =
  {
    'us-east-1': { x86_64: 0.0000166667, arm64: 0.0000133334, request: 2e-7 },
    'eu-central-2': { x86_64: 0.0000183334, arm64: 0.0000146667, request: 2.2e-7 },
  };
const DAYS = 4;

const BEFORE = configurationOf({ id: 'before' });
const CASES: readonly { readonly name: string; readonly region: string; readonly after: Partial<Configuration> }[] = [
  { name: 'graviton', region: 'us-east-1', after: { architecture: 'arm64' } },
  { name: 'graviton-zurich', region: 'eu-central-2', after: { architecture: 'arm64' } },
  { name: 'halved', region: 'us-east-1', after: { memoryMb: 256 } },
];

export const pricesScenario: Scenario = {
  name: 'prices',
  title: 'Prices as facts of a time',
  async run(stage, seed, notes, scale) {
    const span = daysBefore(DAYS);
    const changedMs = span.fromMs + (DAYS / 2) * DAY_MS;
    const halves = [
      { name: 'before', fromMs: span.fromMs, toMs: changedMs },
      { name: 'after', fromMs: changedMs, toMs: span.toMs },
    ] as const;
    const clock = { nowMs: span.fromMs };
    await stage(clock, async (subject) => {
      const plans = CASES.map(({ name, region, after }): FunctionPlan => {
        const random = seeded(`prices/${seed}/${name}`);
        const times = poissonArrivals(
          40 * scale,
          drawFactors({ daily: 0.4 }, span, random),
          span,
          random.fork('arrivals'),
        );
        return planOf({
          name,
          region,
          seed: `prices/${seed}`,
          configurations: [BEFORE, { ...BEFORE, ...after, id: 'after' }],
          routing: [...routedTo('before'), ...routedTo('after').map((one) => ({ ...one, fromMs: changedMs }))],
          requests: requestsAt(times),
        });
      });
      // The inventory is read before and after the change, as a poller would.
      for (const atMs of [span.fromMs, changedMs - MINUTE_MS, changedMs + MINUTE_MS]) {
        clock.nowMs = atMs;
        await declareInventory(subject, plans, atMs);
      }
      clock.nowMs = TO_MS + HOUR_MS;
      const simulated = await sendSimulated(subject, plans);
      await subject.derive();
      for (const { plan, outcome } of simulated) {
        const costs = [];
        for (const half of halves) {
          const within = outcome.invocations.filter(({ endMs }) => endMs >= half.fromMs && endMs < half.toMs);
          const truth = within.reduce((sum, one) => sum + usd(plan.region, one), 0);
          const answer = await costOf(subject, plan, half);
          notes.note(`${half.name} ${plan.name}`, relativeError(answer, truth));
          costs.push(truth / within.length);
        }
        const [before = Number.NaN, after = Number.NaN] = costs;
        const compared = await getJson<{ before: Side; after: Side }>(
          subject,
          `/api/v1/compare?function=${idOf(plan)}&before=${span.fromMs}/${changedMs}&after=${changedMs}/${span.toMs}`,
        );
        const ratio = (compared.after.costPer1kUsd ?? Number.NaN) / (compared.before.costPer1kUsd ?? Number.NaN);
        notes.note('compared', relativeError(Number.isFinite(ratio) ? ratio : null, after / before));
      }
    });
  },
  rows: [
    ...CASES.flatMap(({ name }) =>
      ['before', 'after'].map((half) => ({
        kind: 'error' as const,
        note: `${half} ${name}`,
        what: `cost ${half} the change: ${name}`,
        q: 1,
        atMost: 0.01,
      })),
    ),
    {
      kind: 'error',
      note: 'compared',
      what: 'ratio of the costs before and after, in a comparison',
      q: 1,
      atMost: 0.01,
    },
  ],
};

interface Side {
  readonly costPer1kUsd: number | null;
}

function usd(region: string, { billedMs, configuration }: Invocation): number {
  const price = PRICES[region];
  if (price === undefined) throw new Error(`no price for ${region}`);
  return price.request + ((billedMs / 1000) * configuration.memoryMb * price[configuration.architecture]) / 1024;
}

async function costOf(
  subject: Subject,
  plan: FunctionPlan,
  half: { readonly fromMs: number; readonly toMs: number },
): Promise<number | null> {
  return (await getJson<{ costUsd: number | null }>(subject, `/api/v1/functions/${idOf(plan)}?${rangeQuery(half)}`))
    .costUsd;
}
