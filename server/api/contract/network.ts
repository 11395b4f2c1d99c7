/** ENI-related latency of one function. */
import { z } from 'zod';
import { quantiles, range, rangeQuery, rate } from './common.ts';

export const networkQuery = z.object({ ...rangeQuery, from: rangeQuery.from.removeDefault().default('now-30d') });

export const networkAnswer = z.object({
  range,
  vpc: z.boolean().nullable().describe('From inventory; null where none says'),
  era: z
    .enum(['per-environment', 'shared'])
    .nullable()
    .describe('One network interface an environment (until autumn 2019), or one that environments share'),
  preInitMs: quantiles.nullable().describe('Placement, code download and network attach of traced cold starts'),
  over2s: rate.nullable(),
  over10s: rate.nullable(),
  proactive: z.number().int().describe('Traced inits that began before the request: nobody waited'),
  eniLatencyMs: z
    .object({
      value: z.number(),
      low: z.number(),
      high: z.number(),
      nVpc: z.number().int(),
      nOther: z.number().int(),
    })
    .nullable()
    .describe('Shift of the pre-init against like functions outside of a VPC, with its 95 % interval'),
  cohort: z.object({ functions: z.number().int(), coldStarts: z.number().int() }),
  truncated: z.boolean().describe('Only the newest traces of the range were looked at'),
  method: z.string(),
  reason: z.string().nullable().describe('What is missing for an answer'),
});
