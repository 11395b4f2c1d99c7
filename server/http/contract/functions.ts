import * as z from 'zod';
import { coldStartAdviceFields } from './cold-start-advice.ts';
import {
  coldStartCause,
  coldStartKind,
  coverage,
  errorRate,
  filterQuery,
  isoTime,
  priceAssumptionCodes,
  priceAssumptions,
  quantiles,
  quantilesWithIntervals,
  range,
  rangeQuery,
  rate,
  wastedUnknown,
  withoutStream,
} from './common.ts';
import { functionKindFields } from './function-kind.ts';
import { environmentFacts, invocation } from './invocations.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';
import { timeseriesAnswer, timeseriesQuery } from './timeseries.ts';

export const warning = z.enum([
  'memory-near-limit',
  'out-of-memory',
  'timeouts',
  'runtime-deprecated',
  'runtime-ending',
  'function-name-unknown',
  'region-unknown',
  'price-assumed',
  'starts-missing',
  'errors-unknown',
  'log-streams-unknown',
]);
export type Warning = z.infer<typeof warning>;

const day = z.iso.date();

export const functionSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    account: z.string(),
    region: z.string(),
    runtime: z
      .string()
      .nullable()
      .describe(
        'Identifier that AWS uses (python3.13, nodejs22.x, provided.al2023): newest INIT_START, else inventory',
      ),
    runtimeSupport: z
      .object({
        deprecation: day.describe('End of security updates and technical support'),
        blockCreate: day.nullable().describe('Functions cannot be created from this day on; null if not scheduled'),
        blockUpdate: day.nullable().describe('Functions cannot be updated from this day on; null if not scheduled'),
        phase: z
          .enum(['supported', 'ending', 'deprecated', 'create-blocked', 'update-blocked'])
          .describe('ending: the deprecation is at most 180 days ahead'),
      })
      .nullable()
      .describe(
        'Dates of AWS’s documentation; null if AWS lists none, or if only the inventory can tell the runtime (java8, java11, java17)',
      ),
    architecture: z.string().nullable().describe('From the inventory; logs do not contain it'),
    memoryMb: z.number().nullable(),
    version: z.string().nullable(),
    invocations: z.number().int(),
    errors: z.number().int(),
    errorRate,
    coldStartRate: rate,
    userFeltColdStartRate: rate,
    coldStartSeconds: z
      .number()
      .nullable()
      .describe('Init and restore that callers waited for; null without log streams'),
    durationMs: quantiles,
    initMs: quantiles.describe('On-demand inits only; init kinds are never mixed in a percentile'),
    maxMemoryUsedMb: z.number().nullable(),
    memoryUse: z
      .object({ share: z.number(), usedMb: z.number(), sizeMb: z.number() })
      .nullable()
      .describe('Highest share of its memory that an invocation used, by the size that its own REPORT states'),
    costUsd: z.number().nullable(),
    costBasis: z
      .enum(['report', 'managed-instances'])
      .nullable()
      .describe('managed-instances: declared EC2 instances and their price, with AWS’s fee, over the whole range'),
    costReason: z.string().nullable().describe('Why costUsd is null'),
    costReasonCode: optionalReasonCode,
    wastedUsd: z
      .number()
      .nullable()
      .describe('Requests and billed time of known failed attempts, at list price; see wastedUnknown'),
    wastedUnknown,
    vpc: z.boolean().nullable().describe('From the inventory'),
    initAgainstRuntime: z
      .object({ ratio: z.number(), runtime: z.string(), functions: z.number().int() })
      .nullable()
      .describe('Median init relative to the median of all functions with this runtime; null with fewer than three'),
    coverage,
    spark: z
      .array(z.number())
      .describe('Invocations in at most 32 equal parts of the range; the range may cut the first and the last'),
    tags: z.record(z.string(), z.string()).describe('Tags of the function, of all sources'),
    firstSeenAt: isoTime,
    lastSeenAt: isoTime,
    warnings: z.array(warning),
  })
  .meta({ id: 'FunctionSummary' });
export type FunctionSummary = z.infer<typeof functionSummary>;

/** Most functions of a list: a row has 1.5 kB, with the longest name 2.5 kB, so that no list exceeds 10 MB. */
export const LISTED_FUNCTIONS = 4000;

export const functionsQuery = z.strictObject({ ...rangeQuery, ...filterQuery });
export const functionsAnswer = z
  .object({
    range,
    items: z
      .array(functionSummary)
      .describe(
        `At most ${LISTED_FUNCTIONS}, those with the most invocations; coverage and priceAssumptions are theirs`,
      ),
    nextCursor: z.null(),
    omitted: z
      .number()
      .int()
      .describe('Further functions with invocations in the range; filters by name, account or region find them'),
    coverage,
    priceAssumptions,
    priceAssumptionCodes,
    errorsRemedy: z
      .string()
      .nullable()
      .describe('What makes the unknown error rates of the list known; null if every one is known'),
  })
  .meta({ id: 'FunctionList' });
export type FunctionsAnswer = z.infer<typeof functionsAnswer>;

export const functionParams = z.object({
  id: z.string().max(512).describe('account:region:name (URL-encoded), or the name if it is unambiguous'),
});

const usd = z.number().nullable();

export const functionAnswer = functionSummary
  .extend({
    range,
    durationMs: quantilesWithIntervals,
    initMs: quantilesWithIntervals.describe('On-demand inits only; init kinds are never mixed in a percentile'),
    money: z
      .object({
        computeUsd: usd.describe('Billed duration, including billed inits'),
        requestsUsd: usd,
        initUsd: usd.describe(
          'Part of the compute cost: billed inits and restores; null while no cold start of the range is attributed',
        ),
        snapStartRestoreUsd: usd.describe(
          'SnapStart restores, per GB; free for Java. Null if runtime or size is unknown',
        ),
        snapStartCacheUsd: usd.describe('SnapStart snapshots of the versions that ran, kept for the whole range'),
        failedUsd: usd.describe(
          'Part of the total: known failed attempts; a lower bound where wastedUnknown is not null',
        ),
        ephemeralStorageUsd: usd.describe('By the size of each time; null if none is known'),
        provisionedUsd: usd.describe('Provisioned concurrency by the number of each time; null if none is known'),
        logs: z
          .object({
            events: z.number().int(),
            bytes: z.number().int(),
            usd: z.number(),
            assumed: z.boolean().describe('Priced as us-east-1, at the declared tier'),
          })
          .nullable()
          .describe(
            'Bytes of the lines delivered here, in whole hours: excludes lines that a filter dropped, counts lines delivered twice twice. null if the function shares its log group',
          ),
      })
      .describe('For the range, at the prices that priceAssumptions says'),
    versions: z.array(
      z.object({
        version: z.string().nullable(),
        memoryMb: z.number().nullable(),
        architecture: z.string().nullable(),
        invocations: z.number().int(),
        costUsd: z.number().nullable(),
      }),
    ),
    configurations: z.array(
      z.object({
        version: z.string().nullable(),
        memoryMb: z.number().nullable(),
        runtimeVersion: z.string().nullable(),
        runtimeVersionArn: z.string().nullable(),
        firstSeenAt: isoTime,
        lastSeenAt: isoTime,
        environments: z.number().int(),
      }),
    ),
    priceAssumptions,
    priceAssumptionCodes,
    ...functionKindFields,
  })
  .meta({ id: 'Function' });
export type FunctionAnswer = z.infer<typeof functionAnswer>;

export const coldStartsQuery = z.strictObject({
  ...rangeQuery,
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
});
export const coldStartsAnswer = z
  .object({
    range,
    rate,
    userFeltRate: rate,
    ...coldStartAdviceFields,
    taxMsPerDay: z
      .number()
      .nullable()
      .describe('Time that callers waited for cold starts per day: init, restore and first-connection excess'),
    byExtensions: z
      .array(
        z.object({
          extensions: z.array(z.string()),
          n: z.number().int(),
          initMedianMs: z.number().nullable(),
          afterRuntimeMs: z
            .object({ n: z.number().int(), median: z.number().nullable() })
            .describe(
              'Time between the runtime’s response and the end of warm invocations, spent by extensions. JSON logs only',
            ),
        }),
      )
      .describe('On-demand inits by set of extensions: what extensions add to init and to each invocation'),
    taxUsd: z
      .number()
      .nullable()
      .describe(
        'Billed inits and first-connection excess over the range, at the prices that priceAssumptions says; null if the price is unknown',
      ),
    priceAssumptions: priceAssumptions.describe('What taxUsd assumes, in sentences; empty if it is null'),
    priceAssumptionCodes,
    firstConnectionMs: z
      .object({
        n: z.number().int(),
        median: z.number().nullable(),
        warmMedian: z.number().nullable(),
        excess: z.number().nullable(),
      })
      .describe(
        'Duration of an environment’s first invocation compared with warm ones (DNS, TLS, connections, JIT); medians in ms',
      ),
    platformMs: quantiles.describe('Time from the end of init to START for user-felt cold starts: platform overhead'),
    byKind: z.array(
      z.object({
        kind: coldStartKind,
        n: z.number().int(),
        share: z.number(),
        initMs: quantilesWithIntervals,
        totalMs: quantilesWithIntervals,
      }),
    ),
    byCause: z.array(z.object({ cause: coldStartCause, n: z.number().int(), share: z.number() })),
    judged: z.number().int().describe('Cold starts whose cause is determined; newer ones are still being attributed'),
    idleWindow: z
      .object({ ms: z.number().nullable(), estimated: z.boolean(), source: z.enum(['own', 'fleet']) })
      .nullable()
      .describe('Median time for which idle environments are kept, apart from recycling: causes are decided by it'),
    doomLoops: z
      .array(
        z.object({ environmentId: z.number().int(), logStream: z.string(), inits: z.number().int(), lastAt: isoTime }),
      )
      .describe('Environments that initialised three or more times in a row, each time within an invocation'),
    initMs: quantilesWithIntervals.describe('On-demand inits'),
    totalMs: quantilesWithIntervals.describe('On-demand cold starts: init plus duration'),
    initHistogram: z
      .array(z.object({ upToMs: z.number(), n: z.number().int() }))
      .describe('On-demand inits, in bins of the sketch'),
    series: z.array(
      z.object({
        at: isoTime,
        invocations: z.number().int(),
        coldStarts: z.number().int(),
        userFelt: z.number().int().nullable(),
        rate,
      }),
    ),
    examples: z.array(invocation),
    withoutStream,
    coverage,
  })
  .meta({ id: 'FunctionColdStarts' });
export type ColdStartsAnswer = z.infer<typeof coldStartsAnswer>;

export const environmentsQuery = z.strictObject({
  ...rangeQuery,
  limit: z.coerce.number().int().min(1).max(5000).default(300),
});
export const environmentsAnswer = z
  .object({
    range,
    items: z.array(
      environmentFacts.extend({
        concurrent: z.boolean().describe('Ran two invocations at the same time'),
        mostAtOnce: z.number().int().describe('Most invocations at the same time'),
        end: z
          .enum(['in-use', 'failure', 'last-seen'])
          .describe('How the environment ended as far as is known; in-use if more lines may follow'),
        lifetimeMs: z.number().describe('From the first line to the last'),
        runs: z.array(
          z.object({
            startMs: z.number(),
            endMs: z.number(),
            status: invocation.shape.status,
            cold: coldStartKind.nullable(),
            initMs: z.number().nullable(),
          }),
        ),
      }),
    ),
    nextCursor: z.null(),
    total: z.number().int(),
    truncated: z.boolean(),
    withoutStream,
    coverage: coverage.describe('Without START, an interval is computed as end − duration and includes init'),
    concurrency: z.object({
      peak: z.number().int().nullable().describe('null if no log stream is known'),
      peakAt: isoTime.nullable(),
      series: z.array(z.object({ at: isoTime, max: z.number().int(), mean: z.number() })),
    }),
  })
  .meta({ id: 'FunctionEnvironments' });
export type EnvironmentsAnswer = z.infer<typeof environmentsAnswer>;

export const functionQuery = z.strictObject(rangeQuery);

export const functionRoutes = declareRoutes({
  listFunctions: {
    method: 'get',
    path: '/api/v1/functions',
    scope: 'read',
    tag: 'Functions',
    summary: 'List functions with totals',
    query: functionsQuery,
    answer: functionsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunction: {
    method: 'get',
    path: '/api/v1/functions/:id',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get a function: totals, versions, configuration history',
    params: functionParams,
    query: functionQuery,
    answer: functionAnswer,
    problems: ['not-found', 'ambiguous', 'no-data-in-range'],
  },
  getFunctionTimeseries: {
    method: 'get',
    path: '/api/v1/functions/:id/timeseries',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get a metric of a function over time',
    params: functionParams,
    query: timeseriesQuery,
    answer: timeseriesAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunctionColdStarts: {
    method: 'get',
    path: '/api/v1/functions/:id/cold-starts',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get cold starts of a function: rate, kinds, causes, latency, examples',
    params: functionParams,
    query: coldStartsQuery,
    answer: coldStartsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunctionEnvironments: {
    method: 'get',
    path: '/api/v1/functions/:id/environments',
    scope: 'read',
    tag: 'Functions',
    summary: 'Get environments of a function as intervals, with exact concurrency',
    params: functionParams,
    query: environmentsQuery,
    answer: environmentsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
