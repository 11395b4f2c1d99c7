/** Right-sizing of one function. */
import * as z from 'zod';
import { bounds, filterQuery, priceAssumptionCodes, priceAssumptions, quantiles, range, rangeQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { optionalReasonCode, optionalReasonCodes } from './reasons.ts';
import { declareRoutes } from './route.ts';
import { tuningRunFields } from './tuning-runs.ts';

export const withInterval = z.object({ value: z.number(), low: z.number(), high: z.number() }).meta({ id: 'Estimate' });

export const memoryQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-14d'),
  strategy: z.enum(['cheapest', 'fastest', 'balanced']).default('cheapest'),
  weight: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Weight of cost against duration, for strategy balanced'),
  maxSlower: z.coerce
    .number()
    .min(0)
    .default(0.1)
    .describe('Largest slowdown allowed, relative to the current mean duration; 0.1 is 10 %'),
  maxDurationMs: z.coerce.number().positive().optional().describe('Largest mean duration allowed'),
  architecture: filterQuery.architecture.describe('Architecture to price; default: the inventory’s'),
});

export const memoryAnswer = z
  .object({
    range,
    currentMb: z.number().nullable(),
    finding: z.enum(['optimized', 'over-provisioned', 'under-provisioned', 'insufficient-data', 'inconclusive']),
    reasons: z.array(z.string()),
    reasonCodes: optionalReasonCodes,
    observed: z.array(
      z.object({
        memorySizeMb: z.number(),
        n: z.number().int(),
        environments: z.number().int(),
        meanBilledMs: z.number().describe('Of successes and timeouts; a timeout counts with its limit'),
        failedShare: z.number().describe('Share of all invocations at this size that failed'),
        durationMs: quantiles.describe(
          'Intervals are not known: sizes are compared by their mean, whose interval comes from blocks of time (`interval`)',
        ),
        maxMemoryUsedMb: z.number().nullable(),
        costPerMillionUsd: z
          .number()
          .describe('Per million successful invocations: failed ones are billed and repeated'),
        interval: bounds.nullable().describe('95 % interval of the cost, from resampled blocks of time'),
        intervalReason: z.string().nullable().describe('Why there is no interval; null if there is one'),
        intervalReasonCode: optionalReasonCode,
        enough: z.boolean().describe('At least 50 invocations in 5 environments'),
        sampled: z.boolean().describe('Durations are from a sample of invocations, spread evenly over time'),
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
            'Downstream calls from traces, contained in fixedMs; the curve is fitted to the rest. null without traces',
          ),
      })
      .nullable()
      .describe(
        'duration = fixedMs + cpuMs / (memory / 1769), with the CPU share capped at 1 for single-threaded work',
      ),
    floorMb: z.number().nullable(),
    floorReason: z.string().nullable(),
    floorReasonCode: optionalReasonCode,
    candidates: z.array(
      z.object({
        memoryMb: z.number(),
        durationMs: z.number().describe('Mean billed duration; of a bound, the longest possible'),
        costPerMillionUsd: z.number(),
        interval: bounds.nullable().describe('Of the cost; null if the spread is not known'),
        basis: z.enum(['observed', 'tested', 'fitted', 'bound']).describe('tested: by imported Power Tuning runs'),
        exclusion: z
          .enum(['below-minimum', 'fails-more', 'duration-unknown', 'too-slow'])
          .nullable()
          .describe('Why the size is not safe to choose; null if it is'),
      }),
    ),
    recommendation: z
      .object({
        strategy: z.enum(['cheapest', 'fastest', 'balanced']),
        memoryMb: z.number(),
        pSaving: z
          .number()
          .nullable()
          .describe(
            'Probability of a saving, corrected for the number of sizes tested; null if durations there are not known',
          ),
        monthlySavingUsd: withInterval.nullable(),
        latencyChange: withInterval.nullable(),
        costChange: withInterval.nullable().describe('Relative to the cost now, as often as it succeeds now'),
      })
      .nullable(),
    tuning: z
      .array(
        z.object({
          ...tuningRunFields,
          refusal: z.string().nullable().describe('Why it is not taken into account; null if it is'),
          refusalCode: optionalReasonCode,
        }),
      )
      .describe('Imported results of AWS Lambda Power Tuning, newest import first'),
    leak: z
      .object({
        mbPer1k: z.number().describe('Median of the environments'),
        interval: bounds.nullable().describe('95 % interval of mbPer1k; null with fewer than six environments'),
        environments: z.number().int(),
        invocationsToLimit: z.number().nullable(),
        leaking: z.boolean(),
      })
      .nullable()
      .describe('Growth of Max Memory Used, MB per thousand invocations'),
    leakReason: z.string().nullable().describe('Why leak is null'),
    leakReasonCode: optionalReasonCode,
    invocationsPerMonth: z.number(),
    successesPerMonth: z
      .number()
      .describe('Those that succeeded at the current size’s failure rate; savings are for as many'),
    billedInitMs: z.number().describe('Billed init per average invocation, contained in every cost'),
    priceAssumptions,
    priceAssumptionCodes,
    priceAssumed: z.boolean().describe('Region or architecture is unknown: priced at the standard x86 rate'),
    powerTuningUrl: z.string().nullable().describe('Observed sizes in the AWS Lambda Power Tuning visualizer'),
    powerTuningInput: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('Input for AWS Lambda Power Tuning that would give a clear answer'),
  })
  .meta({ id: 'FunctionMemory' });
export type MemoryAnswer = z.infer<typeof memoryAnswer>;

export const memoryRoutes = declareRoutes({
  getFunctionMemory: {
    method: 'get',
    path: '/api/v1/functions/:id/memory',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get the right memory size of a function: observed sizes, candidates, recommendation with reasons',
    params: functionParams,
    query: memoryQuery,
    answer: memoryAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
