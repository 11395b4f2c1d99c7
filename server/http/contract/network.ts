/** ENI-related latency of one function. */
import { z } from 'zod';
import { isoTime, quantiles, range, rangeQuery, rate } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

const from = rangeQuery.from.removeDefault().default('now-30d');

export const networkQuery = z.strictObject({
  ...rangeQuery,
  from,
  connectionsPerEnvironment: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe('Declared: database connections each environment holds'),
  maxConnections: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('Declared: what the database allows'),
});

const eniEvents = z
  .object({
    byName: z.array(z.object({ name: z.string(), n: z.number().int(), failed: z.number().int() })),
    failures: z.array(z.object({ errorCode: z.string(), n: z.number().int() })),
    inLogs: z.array(z.object({ errorType: z.string(), n: z.number().int() })),
  })
  .describe('Network interfaces made and removed by Lambda (CloudTrail), and refusals that log lines name');

const firstConnection = z
  .object({
    n: z.number().int(),
    median: z.number().nullable(),
    warmMedian: z.number().nullable(),
    excess: z.number().nullable(),
  })
  .describe('First Duration of an environment beside the warm one: DNS, TLS, connections, JIT. Medians, ms');

export const networkAnswer = z
  .object({
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
    edge: z
      .object({
        excessMs: quantiles,
        cold: z.number().int(),
        warm: z.number().int(),
        unmatched: z.number().int(),
        truncated: z.boolean(),
      })
      .nullable()
      .describe(
        'From API Gateway access logs: integration latency − Duration − init, less the warm baseline of the route',
      ),
    platformMs: quantiles.describe('INIT_START plus init to START: what the platform added. A bound, not the network'),
    firstConnectionMs: firstConnection,
    eniEvents,
    capacity: z
      .object({
        subnets: z.number().int(),
        securityGroups: z.number().int(),
        peakConcurrency: z.number().int(),
        interfaces: z
          .number()
          .int()
          .nullable()
          .describe('Needed: one a subnet, or concurrency × GB / 3 in the old era'),
        interfaceUse: z.number().nullable().describe('Share of the 65,000 connections of each shared interface'),
        database: z
          .object({
            needed: z.number().int(),
            max: z.number().int(),
            share: z.number(),
            verdict: z.enum(['fits', 'near-limit', 'exceeded']),
            daysLeft: z
              .number()
              .nullable()
              .describe('Until the limit, at the trend of the daily peaks over a week or more'),
          })
          .nullable()
          .describe('Peak concurrency × declared connections per environment, against the declared limit'),
      })
      .nullable()
      .describe('Null outside of a VPC, unless a limit of connections is declared'),
    missingRoute: z.object({
      suspected: z.boolean(),
      timeouts: z.number().int(),
      reason: z.string().nullable(),
    }),
    cohort: z.object({ functions: z.number().int(), coldStarts: z.number().int() }),
    truncated: z.boolean().describe('Only the newest traces of the range were looked at'),
    method: z.string(),
    reason: z.string().nullable().describe('What is missing for an answer'),
  })
  .meta({ id: 'FunctionNetwork' });
export type NetworkAnswer = z.infer<typeof networkAnswer>;

export const fleetNetworkQuery = z.strictObject({ ...rangeQuery, from });

const side = z.object({
  functions: z.number().int(),
  invocations: z.number().int(),
  coldStartRate: rate,
  initMs: quantiles.describe('On-demand inits: the network is attached before them'),
});

export const fleetNetworkAnswer = z
  .object({
    range,
    vpc: side,
    other: side,
    unknown: side.describe('Functions whose configuration nobody told'),
    eniEvents,
    series: z.array(
      z.object({ at: isoTime, created: z.number().int(), deleted: z.number().int(), failed: z.number().int() }),
    ),
    subnets: z.array(
      z.object({
        subnetId: z.string(),
        functions: z.array(z.string()).describe('Configured to use it'),
        interfacesCreated: z.number().int(),
        failed: z.number().int(),
        lastEventAt: isoTime.nullable(),
      }),
    ),
    reason: z.string().nullable().describe('What is missing for an answer'),
  })
  .meta({ id: 'FleetNetwork' });
export type FleetNetworkAnswer = z.infer<typeof fleetNetworkAnswer>;

export const networkRoutes = declareRoutes({
  getFunctionNetwork: {
    method: 'get',
    path: '/api/v1/functions/:id/network',
    scope: 'read',
    tag: 'Functions',
    summary: 'Time before init from traces, against like functions outside of a VPC',
    params: functionParams,
    query: networkQuery,
    answer: networkAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFleetNetwork: {
    method: 'get',
    path: '/api/v1/network',
    scope: 'read',
    tag: 'Network',
    summary: 'The fleet: inside and outside of VPCs, interfaces made, removed and refused, subnets',
    query: fleetNetworkQuery,
    answer: fleetNetworkAnswer,
  },
});
