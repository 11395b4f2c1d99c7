/** VPC network: latency of one function, and the fleet. */
import * as z from 'zod';
import { isoTime, quantiles, quantilesWithIntervals, range, rangeQuery, rate, selectionQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { optionalReasonCode } from './reasons.ts';
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
    .describe('Declared number of database connections per environment'),
  maxConnections: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('Declared connection limit of the database'),
});

const eniEvents = z
  .object({
    byName: z.array(z.object({ name: z.string(), n: z.number().int(), failed: z.number().int() })),
    failures: z.array(z.object({ errorCode: z.string(), n: z.number().int() })),
    inLogs: z.array(z.object({ errorType: z.string(), n: z.number().int() })),
  })
  .describe('Network interfaces that Lambda created, deleted or failed to create (CloudTrail and log lines)');

const firstConnection = z
  .object({
    n: z.number().int(),
    median: z.number().nullable(),
    warmMedian: z.number().nullable(),
    excess: z.number().nullable(),
  })
  .describe(
    'Duration of an environment’s first invocation compared with warm ones (DNS, TLS, connections, JIT); medians in ms',
  );

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const networkAnswer = z
  .object({
    range,
    vpc: z.boolean().nullable().describe('From the inventory; null if unknown'),
    summary: z.string().describe('What the traces show about the latency that the VPC adds'),
    summaryCode: optionalReasonCode,
    era: z
      .enum(['per-environment', 'shared'])
      .nullable()
      .describe(
        'Network interfaces are shared by environments since September 2019; before, one per environment if the cold starts show it',
      ),
    preInitMs: quantilesWithIntervals
      .nullable()
      .describe(
        'Placement, download of code or image, and network attach of traced cold starts. Intervals come from the differences between hours, because cold starts of one hour depend on each other; at edges of bins 1 % wide',
      ),
    over2s: rate.nullable(),
    over10s: rate.nullable(),
    proactive: z.number().int().describe('Traced inits that began before the request; no caller waited'),
    eniLatencyMs: estimate
      .extend({
        nVpc: z.number().int().describe('Traced cold starts of the functions in a VPC'),
        nOther: z.number().int().describe('Traced cold starts of the functions outside of a VPC'),
        functionsVpc: z.number().int(),
        functionsOther: z.number().int(),
      })
      .nullable()
      .describe(
        'Difference of the mean pre-init time between functions in a VPC and matched functions outside of one, with its 95 % interval; the function is the unit',
      ),
    placementMs: estimate
      .nullable()
      .describe(
        'Mean pre-init time of the matched functions outside of a VPC: placement and download of code or image, without a network',
      ),
    edge: z
      .object({
        excessMs: quantiles,
        cold: z.number().int(),
        warm: z.number().int(),
        unmatched: z.number().int(),
        truncated: z.boolean(),
      })
      .nullable()
      .describe('From API Gateway access logs: integration latency − duration − init, minus the route’s warm baseline'),
    platformMs: quantiles.describe(
      'Time from the end of init to START: platform overhead. An upper bound for the network',
    ),
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
          .describe('Required interfaces: one per subnet, or concurrency × GB / 3 before autumn 2019'),
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
              .describe('Days until the limit, by the trend of the daily peaks over a week or more'),
          })
          .nullable()
          .describe('Peak concurrency × declared connections per environment, relative to the declared limit'),
      })
      .nullable()
      .describe('null outside a VPC, unless a connection limit is declared'),
    missingRoute: z.object({
      suspected: z.boolean(),
      timeouts: z.number().int(),
      reason: z.string().nullable(),
      reasonCode: optionalReasonCode,
    }),
    cohort: z
      .object({
        functions: z.number().int(),
        coldStarts: z.number().int(),
        functionsInVpc: z.number().int(),
        coldStartsInVpc: z.number().int(),
      })
      .describe(
        'Functions that are compared, outside of a VPC and in one: same region, runtime, package type, architecture, memory size, code size and layers',
      ),
    truncated: z.boolean().describe('Only the newest traces of the range were analyzed'),
    method: z.string(),
    methodCode: optionalReasonCode,
    reason: z.string().nullable().describe('What data is missing for an answer'),
    reasonCode: optionalReasonCode,
  })
  .meta({ id: 'FunctionNetwork' });
export type NetworkAnswer = z.infer<typeof networkAnswer>;

export const fleetNetworkQuery = z.strictObject({ ...rangeQuery, ...selectionQuery, from });

const side = z.object({
  functions: z.number().int(),
  invocations: z.number().int(),
  coldStartRate: rate,
  initMs: quantiles.describe('On-demand inits; the network is attached before init'),
});

export const fleetNetworkAnswer = z
  .object({
    range,
    vpc: side,
    other: side,
    unknown: side.describe('Functions with unknown configuration'),
    eniEvents,
    series: z.array(
      z.object({ at: isoTime, created: z.number().int(), deleted: z.number().int(), failed: z.number().int() }),
    ),
    subnets: z.array(
      z.object({
        subnetId: z.string(),
        functions: z.array(z.string()).describe('Functions configured to use the subnet'),
        interfacesCreated: z.number().int(),
        failed: z.number().int(),
        lastEventAt: isoTime.nullable(),
      }),
    ),
    reason: z.string().nullable().describe('What data is missing for an answer'),
    reasonCode: optionalReasonCode,
  })
  .meta({ id: 'FleetNetwork' });
export type FleetNetworkAnswer = z.infer<typeof fleetNetworkAnswer>;

export const networkRoutes = declareRoutes({
  getFunctionNetwork: {
    method: 'get',
    path: '/api/v1/functions/:id/network',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get network latency of a function: pre-init time from traces, compared with functions outside a VPC',
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
    summary: 'Get the fleet’s network: functions inside and outside VPCs, network interfaces, subnets',
    query: fleetNetworkQuery,
    answer: fleetNetworkAnswer,
  },
});
