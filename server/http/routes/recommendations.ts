/** Handler of memory recommendations for the most expensive functions. */
import pLimit from 'p-limit';
import type * as z from 'zod';
import { iso } from '../../../ingest/records/time.ts';
import { AT_LIST_PRICE, factorsAt } from '../../analytics/cost/terms.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import { LISTED_FUNCTIONS } from '../contract/functions.ts';
import type { MemoryAnswer } from '../contract/memory.ts';
import type { RecommendationsAnswer } from '../contract/recommendations.ts';
import { recommendationRoutes, type recommendationsQuery } from '../contract/recommendations.ts';
import { implement } from '../implement.ts';
import { ControlFunctions } from '../memory-controls.ts';
import type { Found } from '../presentation/finding-groups.ts';
import { groupFindings } from '../presentation/finding-groups.ts';
import { findingSentence } from '../presentation/finding-text.ts';
import { costOfUsage } from '../presentation/present.ts';
import { rangeOf, selectedBy } from '../query.ts';
import { SingleFlightCache } from '../single-flight-cache.ts';
import { daysOf, MONTH_DAYS, memoryOf } from './memory.ts';

type Item = RecommendationsAnswer['items'][number];

/** Functions analysed side by side: as many as there are analysis threads, so that none waits past its deadline. */
const AT_ONCE = 2;
/** The default objective of the function's page, so that both recommend the same. */
const OBJECTIVE = { strategy: 'cheapest', weight: 0.5, maxSlower: 0.1 } as const;

export const recommendationHandlers = implement(recommendationRoutes, {
  listRecommendations: ({ context, query }) => {
    // Others may wait for the same answer when this client leaves.
    const { shared = context } = context;
    const key = JSON.stringify([query, shared.tags.revision]);
    return cacheOf(shared).get(key, context.now(), () => answerOf(shared, query));
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
  const selected = await selectedBy(query, context);
  const expensive = await mostExpensive(context, { ...range, selected }, query.limit);
  const limit = pLimit(AT_ONCE);
  const controls = new ControlFunctions(context.store.read);
  const looked = await limit.map(expensive, async ({ identity, usage }) => ({
    identity,
    monthlyCostUsd: monthlyCostOf(context, identity, usage, range),
    answer: await memoryOf(context, identity, range, OBJECTIVE, controls),
  }));
  const recommended = looked.flatMap(
    ({ identity, answer }) => recommendedOf(functionIdOf(identity), identity.name, answer) ?? [],
  );
  return {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
    items: recommended.map(({ item }) => item).toSorted((a, b) => urgency(b) - urgency(a)),
    findingGroups: groupFindings(recommended.map(({ found }) => found)),
    nextCursor: null,
    analyzed: looked.map(({ identity: { name, ...identity }, monthlyCostUsd, answer }) => ({
      function: { id: functionIdOf({ ...identity, name }), name },
      currentMb: answer.currentMb,
      monthlyCostUsd,
      finding: answer.finding,
      memoryMb: answer.recommendation?.memoryMb ?? null,
      monthlySavingUsd: answer.recommendation?.monthlySavingUsd ?? null,
      latencyChange: answer.recommendation?.latencyChange ?? null,
      reason: answer.recommendation === null ? (answer.reasons[0] ?? null) : null,
      reasonCode: answer.recommendation === null ? (answer.reasonCodes?.[0] ?? null) : null,
    })),
    looked: expensive.length,
    undecided: looked.filter(({ answer }) => UNDECIDED.has(answer.finding)).length,
  };
}

const UNDECIDED: ReadonlySet<MemoryAnswer['finding']> = new Set(['insufficient-data', 'inconclusive']);

type Used = Pick<Awaited<ReturnType<Context['store']['read']['functions']>>['items'][number], 'identity' | 'usage'>;

async function mostExpensive(
  { store }: Context,
  query: TimeRange & Pick<FunctionFilter, 'selected'>,
  limit: number,
): Promise<Used[]> {
  const { items } = await store.read.functions({ ...query, limit: LISTED_FUNCTIONS });
  return items
    .map(({ identity, usage }) => ({
      identity,
      usage,
      usd: costOfUsage(identity.region, usage, AT_LIST_PRICE)?.usd ?? 0,
    }))
    .toSorted((a, b) => b.usd - a.usd)
    .slice(0, limit)
    .map(({ identity, usage }) => ({ identity, usage }));
}

/** Cost of 30 days at the rate of the range, USD; null without a price. Days before a function's first invocation do not count. */
function monthlyCostOf({ config }: Context, identity: FunctionIdentity, usage: Used['usage'], range: TimeRange) {
  const cost = costOfUsage(identity.region, usage, factorsAt(config.priceTerms, range.toMs - 1));
  return cost === null ? null : (cost.usd / daysOf(identity, range)) * MONTH_DAYS;
}

/** A size that must be raised comes before any saving. */
function urgency({ monthlySavingUsd }: Pick<Item, 'monthlySavingUsd'>): number {
  return monthlySavingUsd?.value ?? Number.POSITIVE_INFINITY;
}

interface Recommended {
  readonly item: Item;
  readonly found: Found;
}

function recommendedOf(id: string, name: string, answer: MemoryAnswer): Recommended | null {
  const { recommendation, currentMb } = answer;
  if (recommendation === null || currentMb === null) return null;
  const { memoryMb, monthlySavingUsd, latencyChange, costChange } = recommendation;
  const isKnown = costChange !== null && latencyChange !== null;
  const code = isKnown ? 'memory-saving' : 'memory-too-small';
  const reason = isKnown ? null : (answer.reasonCodes?.[0] ?? null);
  const parameters = {
    ...reason?.parameters,
    ...{ name, currentMb, memoryMb },
    costChange: costChange?.value ?? null,
    costChangeLow: costChange?.low ?? null,
    costChangeHigh: costChange?.high ?? null,
    latencyChange: latencyChange?.value ?? null,
    reason: isKnown ? null : (answer.reasons[0] ?? ''),
    reasonCode: reason?.code ?? null,
  };
  const text = { code, parameters } as const;
  const item = {
    ...{ function: { id, name }, ...text, sentence: findingSentence(text) },
    ...{ currentMb, memoryMb, latencyChange, monthlySavingUsd, costChange: isKnown ? costChange : null },
  };
  const found: Found = {
    ...{ functionId: id, name, text, monthlySavingUsd, weight: urgency(item) },
    ...{ affected: null, isLowerBound: false, invocations: null, wastedUsd: null },
    severity: isKnown ? 'low' : 'high',
  };
  return { item, found };
}
