/** Attribution of many environments: 800 every quarter of an hour over three versions, and 120,000 of one function. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Subject } from '../../accuracy/subject.ts';
import { getJson } from '../../accuracy/subject.ts';
import type { Span } from '../lambda/arrivals.ts';
import { drawFactors, fanOutArrivals, poissonArrivals } from '../lambda/arrivals.ts';
import type { FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import { STANDARD_CONFIGURATION } from '../lambda/standard.ts';
import type { Notes, Scenario } from '../scenario.ts';
import type { SimulatedRun } from '../send.ts';
import { idOf, sendSimulated } from '../send.ts';
import { configurationOf, planOf, rangeQuery, requestsAt, TO_MS } from './common.ts';

interface Size {
  readonly name: string;
  readonly title: string;
  readonly environments: number;
  readonly versions: number;
  readonly spanMs: number;
  readonly seconds: number;
  readonly maxSeeds: number;
}

const SIZES: readonly Size[] = [
  {
    name: 'fan-out-day',
    title: 'A day of 800 environments every 15 minutes over three versions',
    environments: 800,
    versions: 3,
    spanMs: DAY_MS,
    seconds: 60,
    maxSeeds: 2,
  },
  {
    name: 'fan-out-hour',
    title: '120,000 environments of one function in an hour',
    environments: 30_000,
    versions: 1,
    spanMs: HOUR_MS,
    seconds: 60,
    maxSeeds: 1,
  },
];

export const fanOutScenarios: readonly Scenario[] = SIZES.map((size) => ({
  name: size.name,
  title: size.title,
  maxSeeds: size.maxSeeds,
  async run(stage, seed, notes, scale) {
    const span = { fromMs: TO_MS - size.spanMs, toMs: TO_MS };
    const random = seeded(`${size.name}/${seed}`);
    const count = Math.max(3, Math.round(size.environments * scale));
    const times = fanOutArrivals(count, 15 * MINUTE_MS, 3000, span, random.fork('arrivals'));
    const longer = { fromMs: span.fromMs - 6 * HOUR_MS, toMs: span.toMs };
    const beside = poissonArrivals(6, drawFactors({}, longer, random), longer, random.fork('beside'));
    await stage({ nowMs: TO_MS + HOUR_MS }, async (subject) => {
      const plans = [
        fanOut(size, seed, times),
        planOf({ name: 'beside', seed: size.name, requests: requestsAt(beside) }),
      ];
      const simulated = await sendSimulated(subject, plans);
      const before = process.cpuUsage();
      await subject.derive();
      const used = process.cpuUsage(before);
      const seconds = (used.user + used.system) / 1e6;
      notes.note('seconds', seconds);
      notes.note(
        'per 100,000',
        (seconds * 100_000) / simulated.reduce((sum, { outcome }) => sum + outcome.invocations.length, 0),
      );
      for (const [at, one] of simulated.entries())
        await noteAttributed(subject, one, longer, at === 0 ? 'attributed' : 'beside', notes);
    });
  },
  rows: [
    { kind: 'seconds', note: 'seconds', what: 'CPU time of attribution', atMost: size.seconds },
    { kind: 'figure', note: 'per 100,000', what: 'CPU time per 100,000 invocations, all of them cold', as: 'seconds' },
    { kind: 'share', note: 'attributed', what: 'cold starts of the function with a cause', atLeast: 0.99 },
    { kind: 'share', note: 'beside', what: 'cold starts of another function with a cause', atLeast: 0.99 },
  ],
}));

/** The share of the planted cold starts that have a cause in the answer, as one observation. The first environment has none. */
async function noteAttributed(
  subject: Subject,
  one: SimulatedRun,
  span: Span,
  note: string,
  notes: Notes,
): Promise<void> {
  const wide = { fromMs: span.fromMs - HOUR_MS, toMs: span.toMs + HOUR_MS };
  const { byCause } = await getJson<{ byCause: readonly { cause: string; n: number }[] }>(
    subject,
    `/api/v1/functions/${idOf(one.plan)}/cold-starts?${rangeQuery(wide)}`,
  );
  const attributed = byCause.filter(({ cause }) => cause !== 'unknown').reduce((sum, { n }) => sum + n, 0);
  const planted = one.outcome.invocations.filter(({ causes }) => causes !== null && causes[0] !== 'first').length;
  notes.note(note, Math.min(1, attributed / planted));
}

/** Environments live shorter than the pause, so that every request needs a new one. */
function fanOut(size: Size, seed: number, times: readonly number[]): FunctionPlan {
  const work = { ...STANDARD_CONFIGURATION.work, waitMs: 20_000, sigma: 0.1 };
  const configurations = [...Array(size.versions).keys()].map((at) =>
    configurationOf({ id: `v${at}`, version: String(at + 1), work, timeoutMs: 300_000 }),
  );
  return planOf({
    name: 'fan-out',
    seed: `${size.name}/${seed}`,
    configurations,
    routing: [
      { fromMs: 0, weights: configurations.map(({ id }) => ({ configuration: id, weight: 1 })), why: 'deploy' },
    ],
    requests: requestsAt(times),
    keepAlive: { shape: 'lognormal', medianMs: 300_000, sigma: 0.1 },
  });
}
