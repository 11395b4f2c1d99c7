/** Handler of memory recommendations for the most expensive functions. */
import pLimit from 'p-limit';
import type { z } from 'zod';
import { iso } from '../../../ingest/records/time.ts';
import { percent } from '../../../ingest/text/quantities.ts';
import type { FunctionIdentity, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { MemoryAnswer } from '../contract/memory.ts';
import type { RecommendationsAnswer } from '../contract/recommendations.ts';
import { recommendationRoutes, type recommendationsQuery } from '../contract/recommendations.ts';
import { implement } from '../implement.ts';
import { costOfUsage, functionIdOf } from '../presentation/present.ts';
import { rangeOf } from '../query.ts';
import { SingleFlightCache } from '../single-flight-cache.ts';
import { memoryOf } from './memory.ts';

type Item = RecommendationsAnswer['items'][number];

/** Functions analysed side by side: as many as there are analysis threads, so that none waits past its deadline. */
const AT_ONCE = 2;
const STRATEGY = { strategy: 'cheapest', weight: 0.5 } as const;
/** Relative changes of the duration below this are called equal. */
const SAME_SPEED = 0.005;
/** Largest slowdown of a recommended size, relative to the current duration. */
const MOST_SLOWER = 0.1;

export const recommendationHandlers = implement(recommendationRoutes, {
  listRecommendations: ({ context, query }) =>
    remembered(context).ask(JSON.stringify(query), context.now(), () => answerOf(context, query)),
});

/** Recommendations are based on days of data, so they are cached for a minute. */
const KEPT_MS = 60_000;
const KEPT_QUESTIONS = 20;
const answers = new WeakMap<Context, SingleFlightCache<RecommendationsAnswer>>();

function remembered(context: Context): SingleFlightCache<RecommendationsAnswer> {
  const known = answers.get(context) ?? new SingleFlightCache(KEPT_MS, KEPT_QUESTIONS);
  answers.set(context, known);
  return known;
}

async function answerOf(context: Context, query: z.infer<typeof recommendationsQuery>): Promise<RecommendationsAnswer> {
  const range = rangeOf(query, context.now());
  const expensive = await mostExpensive(context, range, query.limit);
  const limit = pLimit(AT_ONCE);
  const looked = await limit.map(expensive, async (identity) => ({
    identity,
    answer: await notSlower(context, identity, range),
  }));
  const items = looked.flatMap(({ identity, answer }) => {
    const item = itemOf(functionIdOf(identity), identity.name, answer);
    return item === null ? [] : [item];
  });
  return {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
    items: items.toSorted((a, b) => b.monthlySavingUsd.value - a.monthlySavingUsd.value),
    nextCursor: null,
    looked: expensive.length,
    undecided: looked.filter(({ answer }) => UNDECIDED.has(answer.finding)).length,
  };
}

/** The cheapest size that is not noticeably slower: an unrequested recommendation must not trade speed for cost. */
async function notSlower(context: Context, identity: FunctionIdentity, range: TimeRange): Promise<MemoryAnswer> {
  const cheapest = await memoryOf(context, identity, range, STRATEGY);
  const now = cheapest.candidates.find((candidate) => candidate.memoryMb === cheapest.currentMb);
  if (cheapest.recommendation === null || now === undefined) return cheapest;
  if (cheapest.recommendation.latencyChange.value <= MOST_SLOWER) return cheapest;
  const maxDurationMs = now.durationMs * (1 + MOST_SLOWER);
  return memoryOf(context, identity, range, { ...STRATEGY, maxDurationMs });
}

const UNDECIDED: ReadonlySet<MemoryAnswer['finding']> = new Set(['insufficient-data', 'inconclusive']);

async function mostExpensive({ store }: Context, range: TimeRange, limit: number): Promise<FunctionIdentity[]> {
  const { items } = await store.read.functions(range);
  return items
    .map(({ identity, usage }) => ({ identity, usd: costOfUsage(identity.region, usage)?.usd ?? 0 }))
    .toSorted((a, b) => b.usd - a.usd)
    .slice(0, limit)
    .map(({ identity }) => identity);
}

function itemOf(id: string, name: string, answer: MemoryAnswer): Item | null {
  const { recommendation, currentMb, candidates, invocationsPerMonth } = answer;
  const now = candidates.find((candidate) => candidate.memoryMb === currentMb);
  if (recommendation === null || currentMb === null || now === undefined) return null;
  const { memoryMb, monthlySavingUsd, latencyChange } = recommendation;
  const monthlyUsd = (now.costPerMillionUsd / 1e6) * invocationsPerMonth;
  if (monthlyUsd <= 0) return null;
  const costChange = {
    value: -monthlySavingUsd.value / monthlyUsd,
    low: -monthlySavingUsd.high / monthlyUsd,
    high: -monthlySavingUsd.low / monthlyUsd,
  };
  return {
    function: { id, name },
    sentence: `${name}: ${memoryMb} MB instead of ${currentMb} would be ${cheaper(costChange)} and ${faster(latencyChange.value)}`,
    currentMb,
    memoryMb,
    costChange,
    latencyChange,
    monthlySavingUsd,
  };
}

function cheaper({ value, low, high }: Item['costChange']): string {
  return `${percent(-value)} cheaper (95 % CI ${percent(-high)}–${percent(-low)})`;
}

function faster(change: number): string {
  if (Math.abs(change) < SAME_SPEED) return 'as fast';
  return `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
}
