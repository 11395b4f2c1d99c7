/** Changes of functions and their effects. */
import * as z from 'zod';
import { filterQuery, isoTime, range, rangeQuery } from './common.ts';
import { compareAnswer, verdict } from './compare.ts';
import { declareRoutes } from './route.ts';

export const changesQuery = z.strictObject({
  ...rangeQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  function: filterQuery.function,
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const side = z.record(z.string(), z.unknown());

export const changesAnswer = z
  .object({
    range,
    items: z.array(
      z.object({
        function: z.object({ id: z.string(), name: z.string() }),
        at: isoTime,
        source: z.enum(['logs', 'inventory', 'level']).describe('level: a metric shifted without a known change'),
        kinds: z
          .array(z.string())
          .describe(
            'version, deploy (an update of $LATEST), memory, extensions, runtime-patch, architecture, vpc, timeout, layers, p50, p95, ...',
          ),
        before: side,
        after: side,
        n: z.object({ before: z.number().int(), after: z.number().int() }),
        verdict: verdict.describe('Adjusted for the number of changes in this answer'),
        reason: z
          .string()
          .nullable()
          .describe('Why there is no verdict yet, such as too few hours since the change; null if there is one'),
        differences: compareAnswer.shape.differences,
        effect: z
          .string()
          .nullable()
          .describe('What a move to another architecture changed, in a sentence; null for other changes'),
      }),
    ),
    nextCursor: z.null(),
    total: z.number().int(),
    truncated: z.boolean(),
    runtimePatches: z
      .array(
        z.object({
          runtimeVersionArn: z.string(),
          firstAt: isoTime,
          functions: z.array(z.object({ id: z.string(), name: z.string(), verdict })),
          verdicts: z
            .object({
              improved: z.number().int(),
              worse: z.number().int(),
              'no-evidence': z.number().int(),
              'insufficient-data': z.number().int(),
            })
            .describe('Functions by verdict'),
        }),
      )
      .describe(
        'Runtime versions that AWS rolled out without a deployment, with the affected functions of this answer',
      ),
  })
  .meta({ id: 'ChangeList' });
export type ChangesAnswer = z.infer<typeof changesAnswer>;

export const changeRoutes = declareRoutes({
  listChanges: {
    method: 'get',
    path: '/api/v1/changes',
    scope: 'read',
    tag: 'Changes',
    summary: 'List deployments, runtime patches, configuration changes and level shifts with their effects',
    query: changesQuery,
    answer: changesAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
