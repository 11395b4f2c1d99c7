/** Changes of functions and their effects. */
import * as z from 'zod';
import { filterQuery, isoTime, pageQuery, range, rangeQuery, selectionQuery } from './common.ts';
import { compareAnswer, verdict } from './compare.ts';
import { reportedDeploy } from './markers.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const changesQuery = z.strictObject({
  ...rangeQuery,
  ...selectionQuery,
  from: rangeQuery.from.removeDefault().default('now-7d'),
  function: filterQuery.function,
  order: z
    .enum(['newest', 'worst'])
    .default('newest')
    .describe('Order within a page; pages follow each other from the newest change to the oldest'),
  limit: z.coerce.number().int().min(1).max(200).default(20),
  cursor: pageQuery.cursor,
});

/** Changes of one answer that are compared: each reads days of two periods. */
export const JUDGED_CHANGES = 50;

const verdictCounts = z.object({
  improved: z.number().int(),
  worse: z.number().int(),
  'no-evidence': z.number().int(),
  'insufficient-data': z.number().int(),
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
        label: z.string().describe('What changed, in a few words: version 43'),
        deploy: reportedDeploy
          .nullable()
          .describe(
            'What was reported of the deployment: the nearest marker of the function in the week before the change with its published version, or else in the hour before it, unless that names another version, or up to ten minutes after it; null if there is none',
          ),
        before: side,
        after: side,
        n: z
          .object({ before: z.number().int(), after: z.number().int() })
          .nullable()
          .describe('Invocations of the compared periods; null if it was not judged'),
        isJudged: z
          .boolean()
          .describe(
            `false beyond the newest ${JUDGED_CHANGES} of an answer: read them with the cursor, or fewer at a time`,
          ),
        summary: z.string().describe('Effect in one line: p95 unchanged (+15 %, not significant), cost −8.0 %'),
        verdict: verdict.describe('Adjusted for the number of changes in this answer'),
        reason: z
          .string()
          .nullable()
          .describe('Why there is no verdict yet, such as too few hours since the change; null if there is one'),
        hours: z
          .object({ compared: z.number().int(), required: z.number().int() })
          .nullable()
          .describe(
            'Hours since the change that can be compared with the same hour of a day before it, where they are too few; null otherwise',
          ),
        differences: compareAnswer.shape.differences,
        effect: z
          .string()
          .nullable()
          .describe('What a move to another architecture changed, in a sentence; null for other changes'),
        effectCode: optionalReasonCode,
      }),
    ),
    nextCursor: z.string().nullable(),
    total: z.number().int(),
    truncated: z.boolean().describe('The range has changes that this answer does not list'),
    verdicts: verdictCounts.describe('Changes of this answer by verdict, without those that were not judged'),
    notJudged: z
      .number()
      .int()
      .describe('Changes of this answer that were not compared, because each costs the reading of days'),
    runtimePatches: z
      .array(
        z.object({
          runtimeVersionArn: z.string(),
          firstAt: isoTime,
          functions: z.array(z.object({ id: z.string(), name: z.string(), verdict })),
          verdicts: verdictCounts.describe('Functions by verdict'),
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
