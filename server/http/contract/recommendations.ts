import * as z from 'zod';
import { range, rangeQuery, selectionQuery } from './common.ts';
import { findingGroup, functionFinding } from './findings.ts';
import { LISTED_FUNCTIONS } from './functions.ts';
import { memoryAnswer, memoryQuery, withInterval } from './memory.ts';
import { optionalReasonCode } from './reasons.ts';
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
    analyzed: z
      .array(
        z.object({
          function: z.object({ id: z.string(), name: z.string() }),
          currentMb: z.number().nullable().describe('null if it is not known'),
          monthlyCostUsd: z
            .number()
            .nullable()
            .describe('Of 30 days at the rate of the range, by billed duration and requests; null without a price'),
          finding: memoryAnswer.shape.finding,
          memoryMb: z.number().nullable().describe('The recommended size; null without a recommendation'),
          monthlySavingUsd: withInterval.nullable(),
          latencyChange: withInterval.nullable(),
          reason: z.string().nullable().describe('The first reason of a finding without a recommendation'),
          reasonCode: optionalReasonCode,
        }),
      )
      .describe('All functions that were analyzed, the most expensive first'),
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
