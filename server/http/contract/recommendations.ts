import * as z from 'zod';
import { range, rangeQuery, selectionQuery } from './common.ts';
import { findingGroup, functionFinding } from './findings.ts';
import { LISTED_FUNCTIONS } from './functions.ts';
import { memoryQuery, withInterval } from './memory.ts';
import { declareRoutes } from './route.ts';

export const recommendationsQuery = z.strictObject({
  ...rangeQuery,
  ...selectionQuery,
  from: memoryQuery.shape.from,
  limit: z.coerce.number().int().min(1).max(20).default(8).describe('Number of most expensive functions to analyze'),
});

export const recommendationsAnswer = z
  .object({
    range,
    items: z
      .array(
        z.object({
          function: z.object({ id: z.string(), name: z.string() }),
          code: z.enum(['memory-too-small', 'memory-saving']),
          parameters: functionFinding.shape.parameters,
          sentence: z.string(),
          currentMb: z.number(),
          memoryMb: z.number(),
          costChange: withInterval
            .nullable()
            .describe('Relative to the current cost; -0.2 means 20 % cheaper. null if the size was not observed'),
          latencyChange: withInterval
            .nullable()
            .describe('Relative to the current duration; -0.3 means 30 % faster. null if the size was not observed'),
          monthlySavingUsd: withInterval.nullable(),
        }),
      )
      .describe('Sizes that must be raised first, then the largest saving'),
    findingGroups: z
      .array(findingGroup)
      .describe('The same by code, most urgent first, to be listed with those of the overview'),
    nextCursor: z.null(),
    looked: z
      .number()
      .int()
      .describe(
        `Analyzed functions: the most expensive of the range, of the ${LISTED_FUNCTIONS} with the most invocations`,
      ),
    undecided: z.number().int().describe('Analyzed functions with too little data or conflicting evidence'),
  })
  .meta({ id: 'RecommendationList' });
export type RecommendationsAnswer = z.infer<typeof recommendationsAnswer>;

export const recommendationRoutes = declareRoutes({
  listRecommendations: {
    method: 'get',
    path: '/api/v1/recommendations',
    scope: 'read',
    tag: 'Overview',
    summary:
      'List memory sizes that must be raised or are certainly cheaper, at most 10 % slower, for the most expensive functions',
    query: recommendationsQuery,
    answer: recommendationsAnswer,
  },
});
