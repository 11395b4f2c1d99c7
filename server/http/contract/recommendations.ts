import { z } from 'zod';
import { range, rangeQuery } from './common.ts';
import { memoryQuery, withInterval } from './memory.ts';
import { declareRoutes } from './route.ts';

export const recommendationsQuery = z.strictObject({
  ...rangeQuery,
  from: memoryQuery.shape.from,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(8)
    .describe('How many of the most expensive functions to look at'),
});

export const recommendationsAnswer = z
  .object({
    range,
    items: z
      .array(
        z.object({
          function: z.object({ id: z.string(), name: z.string() }),
          sentence: z.string(),
          currentMb: z.number(),
          memoryMb: z.number(),
          costChange: withInterval.describe('Share of what it costs now: -0.2 is a fifth cheaper'),
          latencyChange: withInterval.describe('Share of what it takes now: -0.3 is faster'),
          monthlySavingUsd: withInterval,
        }),
      )
      .describe('Largest saving first'),
    nextCursor: z.null(),
    looked: z.number().int().describe('Functions looked at: the most expensive ones of the range'),
    undecided: z.number().int().describe('Of these, how many have too little data or evidence that disagrees'),
  })
  .meta({ id: 'RecommendationList' });
export type RecommendationsAnswer = z.infer<typeof recommendationsAnswer>;

export const recommendationRoutes = declareRoutes({
  listRecommendations: {
    method: 'get',
    path: '/api/v1/recommendations',
    scope: 'read',
    tag: 'Overview',
    summary: 'Memory sizes that would surely be cheaper and not slower, of the most expensive functions, in sentences',
    query: recommendationsQuery,
    answer: recommendationsAnswer,
  },
});
