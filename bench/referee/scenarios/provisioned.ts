/** Predicted effects of provisioned concurrency, against a simulation of the same requests in which environments of spilled requests are reused. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import type { Span } from '../lambda/arrivals.ts';
import { burstArrivals, drawFactors } from '../lambda/arrivals.ts';
import type { FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { simulate } from '../lambda/simulate.ts';
import { STANDARD_CONFIGURATION } from '../lambda/standard.ts';
import type { Scenario } from '../scenario.ts';
import { NO_ANSWER } from '../scenario.ts';
import { idOf, sendSimulated } from '../send.ts';
import { configurationOf, daysBefore, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

/** us-east-1, x86, each GB-second: on demand, kept, and while a kept one runs (AWS Lambda pricing, November 2026). */
const ON_DEMAND_USD = 0.0000166667;
const KEPT_USD = 0.0000041667;
const RUNNING_USD = 0.0000097222;
const DAYS = 2;
const KEPT = [1, 2, 4];
/** Fewer planted cold starts than this make a relative error meaningless. */
const ENOUGH = 20;

export const provisionedScenario: Scenario = {
  name: 'provisioned',
  title: 'Provisioned concurrency, what if',
  async run(stage, seed, notes, scale) {
    const span = daysBefore(Math.max(0.25, DAYS * scale));
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const simulated = await sendSimulated(subject, [
        planFor('steady', 0.4, 90, seed, span),
        planFor('bursty', 0.85, 60, seed, span),
      ]);
      await subject.derive();
      for (const { plan, outcome } of simulated) {
        const { options } = await getJson<{ options: readonly Option[] }>(
          subject,
          `/api/v1/functions/${idOf(plan)}/provisioned-concurrency?${rangeQuery(span)}`,
        );
        const feltBefore = outcome.invocations.filter(({ userFelt }) => userFelt).length;
        for (const kept of KEPT) {
          const option = options.find((one) => one.kept === kept);
          const truth = withKept(plan, kept, span);
          const avoided = feltBefore - truth.felt;
          if (avoided >= ENOUGH) notes.note('avoided', errorOf(option?.avoided, avoided));
          if (truth.spilled >= ENOUGH) notes.note('spilled', errorOf(option?.spilled, truth.spilled));
          notes.note('cost', errorOf(option?.costUsd, truth.costUsd));
        }
      }
    });
  },
  rows: [
    { kind: 'error', note: 'avoided', what: 'avoided cold starts, 90th percentile of errors', q: 0.9, atMost: 0.15 },
    {
      kind: 'error',
      note: 'spilled',
      what: 'invocations that spill over, 90th percentile of errors',
      q: 0.9,
      atMost: 0.15,
    },
    { kind: 'error', note: 'cost', what: 'cost of compute, 90th percentile of errors', q: 0.9, atMost: 0.15 },
  ],
};

interface Option {
  readonly kept: number;
  readonly avoided: number;
  readonly spilled: number;
  readonly costUsd: number;
}

/** Relative error. An option that is not offered counts as a missing answer. */
function errorOf(answer: number | undefined, truth: number): number {
  return answer === undefined ? NO_ANSWER : Math.abs(answer / truth - 1);
}

function planFor(name: string, branching: number, perHour: number, seed: number, span: Span): FunctionPlan {
  const random = seeded(`provisioned/${seed}/${name}`);
  const load = drawFactors({ daily: 0.5 }, span, random.fork('load'));
  const times = burstArrivals(perHour, { branching, delayMs: 1200 }, load, span, random.fork('arrivals'));
  const work = { ...STANDARD_CONFIGURATION.work, waitMs: 900 };
  return planOf({
    name,
    seed: `provisioned/${seed}`,
    configurations: [configurationOf({ version: '5', memoryMb: 1024, work })],
    requests: requestsAt(times),
    keepAlive: { shape: 'lognormal', medianMs: 420_000, sigma: 0.15 },
  });
}

/** The same requests with `kept` environments for the whole time; those that spill keep their own environments for a while. */
function withKept(plan: FunctionPlan, kept: number, span: Span): { felt: number; spilled: number; costUsd: number } {
  const { invocations, environments } = simulate({
    ...plan,
    provisioned: { fromMs: span.fromMs - 2 * HOUR_MS, toMs: span.toMs + 1, count: kept, configuration: 'latest' },
  });
  let costUsd = (kept * KEPT_USD * (span.toMs - span.fromMs)) / 1000;
  let spilled = 0;
  let felt = 0;
  for (const { environment, billedMs, userFelt } of invocations) {
    const provisioned = environments[environment]?.kind === 'provisioned';
    costUsd += (billedMs / 1000) * (provisioned ? RUNNING_USD : ON_DEMAND_USD);
    if (!provisioned) spilled += 1;
    if (userFelt) felt += 1;
  }
  return { felt, spilled, costUsd };
}
