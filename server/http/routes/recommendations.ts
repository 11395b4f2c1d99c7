/** Handler of memory recommendations for the most expensive functions. */
import pLimit from 'p-limit';
import type * as z from 'zod';
import { iso } from '../../../ingest/records/time.ts';
import { percent } from '../../../ingest/text/quantities.ts';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FunctionIdentity, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import { LISTED_FUNCTIONS } from '../contract/functions.ts';
import type { MemoryAnswer } from '../contract/memory.ts';
import type { RecommendationsAnswer } from '../contract/recommendations.ts';
import { recommendationRoutes, type recommendationsQuery } from '../contract/recommendations.ts';
import { implement } from '../implement.ts';
import { ControlFunctions } from '../memory-controls.ts';
import { costOfUsage } from '../presentation/present.ts';
import { rangeOf } from '../query.ts';
import { SingleFlightCache } from '../single-flight-cache.ts';
import { memoryOf } from './memory.ts';

type Item = RecommendationsAnswer['items'][number];

/** Functions analysed side by side: as many as there are analysis threads, so that none waits past its deadline. */
const AT_ONCE = 2;
/** The default objective of the function's page, so that both recommend the same. */
const OBJECTIVE = { strategy: 'cheapest', weight: 0.5, maxSlower: 0.1 } as const;
/** Relative changes of the duration below this are called equal. */
const SAME_SPEED = 0.005;

export const recommendationHandlers = implement(recommendationRoutes, {
  listRecommendations: ({ context, query }) => {
    // Others may wait for the same answer when this client leaves.
    const { shared = context } = context;
    return cacheOf(shared).get(JSON.stringify(query), context.now(), () => answerOf(shared, query));
  },
});

/** Recommendations are based on days of data, so they are cached for a minute. */
const KEPT_MS = 60_000;
const KEPT_QUESTIONS = 20;
const answers = new WeakMap<Context, SingleFlightCache<RecommendationsAnswer>>();

function cacheOf(context: Context): SingleFlightCache<RecommendationsAnswer> {
  const known = answers.get(context) ?? new SingleFlightCache(KEPT_MS, KEPT_QUESTIONS);
  answers.set(context, known);
  return known;
}

async function answerOf(context: Context, query: z.infer<typeof recommendationsQuery>): Promise<RecommendationsAnswer> {
  const range = rangeOf(query, context.now());
  const expensive = await mostExpensive(context, range, query.limit);
  const limit = pLimit(AT_ONCE);
  const controls = new ControlFunctions(context.store.read);
  const looked = await limit.map(expensive, async (identity) => ({
    identity,
    answer: await memoryOf(context, identity, range, OBJECTIVE, controls),
  }));
  const items = looked.flatMap(({ identity, answer }) => {
    const item = itemOf(functionIdOf(identity), identity.name, answer);
    return item === null ? [] : [item];
  });
  return {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
    items: items.toSorted((a, b) => urgency(b) - urgency(a)),
    nextCursor: null,
    looked: expensive.length,
    undecided: looked.filter(({ answer }) => UNDECIDED.has(answer.finding)).length,
  };
}

const UNDECIDED: ReadonlySet<MemoryAnswer['finding']> = new Set(['insufficient-data', 'inconclusive']);

async function mostExpensive({ store }: Context, range: TimeRange, limit: number): Promise<FunctionIdentity[]> {
  const { items } = await store.read.functions({ ...range, limit: LISTED_FUNCTIONS });
  return items
    .map(({ identity, usage }) => ({ identity, usd: costOfUsage(identity.region, usage, AT_LIST_PRICE)?.usd ?? 0 }))
    .toSorted((a, b) => b.usd - a.usd)
    .slice(0, limit)
    .map(({ identity }) => identity);
}

/** A size that must be raised comes before any saving. */
function urgency({ monthlySavingUsd }: Item): number {
  return monthlySavingUsd?.value ?? Number.POSITIVE_INFINITY;
}

function itemOf(id: string, name: string, answer: MemoryAnswer): Item | null {
  const { recommendation, currentMb } = answer;
  if (recommendation === null || currentMb === null) return null;
  const { memoryMb, monthlySavingUsd, latencyChange, costChange } = recommendation;
  const common = { function: { id, name }, currentMb, memoryMb, latencyChange, monthlySavingUsd };
  if (costChange === null || latencyChange === null) {
    const [reason = ''] = answer.reasons;
    return { ...common, sentence: `${name}: ${memoryMb} MB instead of ${currentMb}. ${reason}`, costChange: null };
  }
  const sentence = `${name}: ${memoryMb} MB instead of ${currentMb} would be ${cheaper(costChange)} and ${faster(latencyChange.value)}`;
  return { ...common, sentence, costChange };
}

function cheaper({ value, low, high }: NonNullable<Item['costChange']>): string {
  return `${percent(-value)} cheaper (95 % CI ${percent(-high)}–${percent(-low)})`;
}

function faster(change: number): string {
  if (Math.abs(change) < SAME_SPEED) return 'as fast';
  return `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
}
