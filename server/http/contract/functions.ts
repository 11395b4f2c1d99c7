import { z } from 'zod';
import {
  coldStartCause,
  coldStartKind,
  coverage,
  filterQuery,
  interval,
  isoTime,
  quantiles,
  range,
  rangeQuery,
  rate,
} from './common.ts';
import { environmentFacts, invocation } from './invocations.ts';
import { declareRoutes } from './route.ts';

export const warning = z.enum([
  'memory-near-limit',
  'out-of-memory',
  'timeouts',
  'function-name-unknown',
  'region-unknown',
  'price-assumed',
  'starts-missing',
]);
export type Warning = z.infer<typeof warning>;

export const functionSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    account: z.string(),
    region: z.string(),
    runtime: z.string().nullable().describe('Runtime version of its newest INIT_START'),
    architecture: z.string().nullable().describe('From inventory only: logs do not say'),
    memoryMb: z.number().nullable(),
    version: z.string().nullable(),
    invocations: z.number().int(),
    errors: z.number().int(),
    errorRate: rate,
    coldStartRate: rate,
    userFeltColdStartRate: rate,
    coldStartSeconds: z.number().describe('Init and restore time somebody waited for, over the range'),
    durationMs: quantiles,
    initMs: quantiles.describe('On-demand inits only: kinds never share a percentile'),
    maxMemoryUsedMb: z.number().nullable(),
    costUsd: z.number().nullable(),
    wastedUsd: z.number().nullable().describe('Requests and billed time of failed attempts, at list price'),
    vpc: z.boolean().nullable().describe('From inventory only'),
    initAgainstRuntime: z
      .object({ ratio: z.number(), runtime: z.string(), functions: z.number().int() })
      .nullable()
      .describe(
        'Its median init against the median of all functions of its runtime; null with fewer than three of them',
      ),
    coverage,
    spark: z.array(z.number()).describe('Invocations over the range in 24 equal parts'),
    firstSeenAt: isoTime,
    lastSeenAt: isoTime,
    warnings: z.array(warning),
  })
  .meta({ id: 'FunctionSummary' });
export type FunctionSummary = z.infer<typeof functionSummary>;

export const functionsQuery = z.strictObject({ ...rangeQuery, ...filterQuery });
export const functionsAnswer = z
  .object({
    range,
    items: z.array(functionSummary),
    nextCursor: z.null(),
    coverage,
  })
  .meta({ id: 'FunctionList' });
export type FunctionsAnswer = z.infer<typeof functionsAnswer>;

export const functionParams = z.object({
  id: z.string().max(512).describe('account:region:name, URL-encoded, or the name where it is unambiguous'),
});

const usd = z.number().nullable();

export const functionAnswer = functionSummary
  .extend({
    range,
    money: z
      .object({
        computeUsd: usd.describe('Billed time, inits included where they are billed'),
        requestsUsd: usd,
        initUsd: usd.describe('Of the compute: billed inits'),
        failedUsd: usd.describe('Of the total: failed attempts'),
        ephemeralStorageUsd: usd.describe('Null where its size is not declared'),
        provisionedUsd: usd.describe(
          'Declared provisioned concurrency, kept over the whole range; null where none is declared',
        ),
        logs: z
          .object({
            events: z.number().int(),
            bytes: z.number().int(),
            usd: z.number(),
            assumed: z.boolean().describe('The price is that of us-east-1'),
          })
          .nullable()
          .describe(
            'Lines as they were delivered here, whole hours: what a filter held back is not in it, what came by two ways is in it twice. Null where the log group is not the function’s own',
          ),
      })
      .describe('List prices over the range'),
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
  })
  .meta({ id: 'Function' });
export type FunctionAnswer = z.infer<typeof functionAnswer>;

export const metric = z.enum([
  'invocations',
  'errors',
  'errorRate',
  'coldStarts',
  'coldStartRate',
  'userFeltColdStarts',
  'coldStartSeconds',
  'durationMs',
  'initMs',
  'maxMemoryUsedMb',
  'costUsd',
]);

export const timeseriesQuery = z.strictObject({
  ...rangeQuery,
  version: filterQuery.version,
  memoryMb: filterQuery.memoryMb,
  metric: metric.default('invocations'),
  stat: z
    .enum(['p50', 'p95', 'p99'])
    .default('p95')
    .describe('For durationMs and initMs; other metrics have one value'),
  groupBy: z.enum(['none', 'version', 'memoryMb']).default('none'),
  interval,
});
export const timeseriesAnswer = z
  .object({
    range,
    metric,
    unit: z.enum(['count', 'ratio', 'ms', 's', 'MB', 'USD']),
    coverage,
    series: z.array(
      z.object({
        group: z.string(),
        points: z.array(z.object({ at: isoTime, value: z.number().nullable(), n: z.number().int() })),
      }),
    ),
  })
  .meta({ id: 'Timeseries' });
export type TimeseriesAnswer = z.infer<typeof timeseriesAnswer>;

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
    taxMsPerDay: z
      .number()
      .nullable()
      .describe('What callers waited for cold starts: init and restore time, and the first-connection excess; per day'),
    byExtensions: z
      .array(
        z.object({
          extensions: z.array(z.string()),
          n: z.number().int(),
          initMedianMs: z.number().nullable(),
          afterRuntimeMs: z
            .object({ n: z.number().int(), median: z.number().nullable() })
            .describe(
              'Between the runtime’s answer and the end of warm invocations: extensions at work. JSON logs only',
            ),
        }),
      )
      .describe('On-demand inits by the set of extensions: what an extension adds to init, and to each invocation'),
    taxUsd: z
      .number()
      .nullable()
      .describe(
        'Billed inits and the first-connection excess at list price, over the range; null where nothing can be priced',
      ),
    firstConnectionMs: z
      .object({
        n: z.number().int(),
        median: z.number().nullable(),
        warmMedian: z.number().nullable(),
        excess: z.number().nullable(),
      })
      .describe('First Duration of an environment beside the warm one: DNS, TLS, connections, JIT. Medians, ms'),
    platformMs: quantiles.describe('INIT_START plus init to START, where somebody waited: what the platform added'),
    byKind: z.array(
      z.object({ kind: coldStartKind, n: z.number().int(), share: z.number(), initMs: quantiles, totalMs: quantiles }),
    ),
    byCause: z.array(z.object({ cause: coldStartCause, n: z.number().int(), share: z.number() })),
    judged: z.number().int().describe('Cold starts that have a cause; the others settle first'),
    idleWindow: z
      .object({ ms: z.number().nullable(), estimated: z.boolean(), source: z.enum(['own', 'fleet']) })
      .nullable()
      .describe('How long idle environments are kept, as idle-expiry and recycle are told apart by'),
    doomLoops: z
      .array(
        z.object({ environmentId: z.number().int(), logStream: z.string(), inits: z.number().int(), lastAt: isoTime }),
      )
      .describe('Environments initialised three times in a row or more, each time inside an invocation'),
    initMs: quantiles.describe('On-demand inits'),
    totalMs: quantiles.describe('On-demand: init plus Duration'),
    initHistogram: z
      .array(z.object({ upToMs: z.number(), n: z.number().int() }))
      .describe('On-demand inits; bins of the sketch'),
    series: z.array(
      z.object({
        at: isoTime,
        invocations: z.number().int(),
        coldStarts: z.number().int(),
        userFelt: z.number().int(),
        rate,
      }),
    ),
    examples: z.array(invocation),
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
        concurrent: z.boolean().describe('It ran two invocations at once: one request at a time is not assumed'),
        end: z
          .enum(['in-use', 'failure', 'last-seen'])
          .describe('How it ended, as far as the record goes: in-use where a later line may come'),
        lifetimeMs: z.number().describe('First line to last'),
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
    coverage: coverage.describe('Without START an interval is End − Duration: init is then hidden in it'),
    concurrency: z.object({
      peak: z.number().int(),
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
    summary: 'One row a function',
    query: functionsQuery,
    answer: functionsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getFunction: {
    method: 'get',
    path: '/api/v1/functions/:id',
    scope: 'read',
    tag: 'Functions',
    summary: 'One function: totals, versions, configuration history',
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
    summary: 'One metric of a function over time',
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
    summary: 'Cold starts: rate with interval, kinds, who waited, latency, examples',
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
    summary: 'Environments as intervals, with exact concurrency',
    params: functionParams,
    query: environmentsQuery,
    answer: environmentsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
