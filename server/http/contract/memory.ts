/** Right-sizing of one function. */
import { z } from 'zod';
import { filterQuery, quantiles, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

const interval = z.object({ low: z.number(), high: z.number() });
export const withInterval = z.object({ value: z.number(), low: z.number(), high: z.number() }).meta({ id: 'Estimate' });

export const memoryQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-14d'),
  strategy: z.enum(['cheapest', 'fastest', 'balanced']).default('cheapest'),
  weight: z.coerce.number().min(0).max(1).default(0.5).describe('Of cost against duration, for balanced'),
  maxDurationMs: z.coerce.number().positive().optional().describe('Largest mean duration allowed'),
  architecture: filterQuery.architecture.describe('Priced as this one; else as the inventory says'),
});

export const memoryAnswer = z
  .object({
    range,
    currentMb: z.number().nullable(),
    finding: z.enum(['optimized', 'over-provisioned', 'under-provisioned', 'insufficient-data', 'inconclusive']),
    reasons: z.array(z.string()),
    observed: z.array(
      z.object({
        memorySizeMb: z.number(),
        n: z.number().int(),
        environments: z.number().int(),
        meanBilledMs: z.number(),
        durationMs: quantiles,
        maxMemoryUsedMb: z.number().nullable(),
        costPerMillionUsd: z.number(),
        interval: interval.nullable().describe('95 % of the cost, environments resampled'),
        enough: z.boolean().describe('At least 50 invocations in 5 environments'),
        sampled: z.boolean().describe('Durations are of a part of the invocations, spread evenly over time'),
      }),
    ),
    model: z
      .object({
        kind: z.enum(['capped', 'uncapped']),
        fixedMs: z.number(),
        cpuMs: z.number(),
        looError: z.number().nullable(),
        remoteMs: z
          .number()
          .nullable()
          .describe(
            'Calls to others, from traces, in fixedMs: the curve was fitted to the rest. Null where it was not',
          ),
      })
      .nullable()
      .describe('duration = fixedMs + cpuMs / (memory / 1769), the share capped at 1 for work of one thread'),
    floorMb: z.number().nullable(),
    floorReason: z.string().nullable(),
    candidates: z.array(
      z.object({
        memoryMb: z.number(),
        durationMs: z.number(),
        costPerMillionUsd: z.number(),
        interval,
        basis: z.enum(['observed', 'fitted', 'bound']),
      }),
    ),
    recommendation: z
      .object({
        strategy: z.enum(['cheapest', 'fastest', 'balanced']),
        memoryMb: z.number(),
        pSaving: z.number(),
        monthlySavingUsd: withInterval,
        latencyChange: withInterval,
      })
      .nullable(),
    leak: z
      .object({
        mbPer1k: z.number(),
        environments: z.number().int(),
        invocationsToLimit: z.number().nullable(),
        leaking: z.boolean(),
      })
      .nullable()
      .describe('Growth of Max Memory Used from invocation to invocation'),
    invocationsPerMonth: z.number(),
    billedInitMs: z.number().describe('Billed init of an average invocation, part of every cost'),
    priceAssumed: z.boolean().describe('Region or architecture were not known: the standard x86 rate'),
    powerTuningUrl: z.string().nullable().describe('The observed sizes in the AWS Lambda Power Tuning visualizer'),
    powerTuningInput: z.record(z.string(), z.unknown()).nullable().describe('The measurement that would settle it'),
  })
  .meta({ id: 'FunctionMemory' });
export type MemoryAnswer = z.infer<typeof memoryAnswer>;

export const memoryRoutes = declareRoutes({
  getFunctionMemory: {
    method: 'get',
    path: '/api/v1/functions/:id/memory',
    scope: 'read',
    tag: 'Functions',
    summary: 'Right-sizing: observed sizes, curve or bounds, floor, candidates, recommendation with its reasons',
    params: functionParams,
    query: memoryQuery,
    answer: memoryAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
