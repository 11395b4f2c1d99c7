/** Imported results of AWS Lambda Power Tuning. */
import * as z from 'zod';
import { emptyAnswer, filterQuery, isoTime, pageQuery } from './common.ts';
import { declareRoutes } from './route.ts';

/** Fields of a run; null where its output does not contain it. */
export const tuningRunFields = {
  id: z.string(),
  importedAt: isoTime,
  startedAt: isoTime.nullable().describe('null if the result does not contain it'),
  invocations: z.number().int().nullable().describe('At each size; null if the result does not contain it'),
  coldStarts: z
    .boolean()
    .nullable()
    .describe('Most invocations were cold starts: the run requested them, or all invocations at once'),
  chosenMb: z.number().nullable().describe('Size that Power Tuning chose by its own strategy'),
  points: z.array(
    z.object({
      memoryMb: z.number(),
      durationMs: z.number().describe('Trimmed mean, with the inits of cold starts'),
      costUsd: z.number().nullable().describe('Per invocation, at Power Tuning’s prices; null in another currency'),
    }),
  ),
};

const tuningRun = z.object({ ...tuningRunFields, function: z.string().nullable() }).meta({ id: 'TuningRun' });

const tuningRunsQuery = z.strictObject({ function: filterQuery.function, ...pageQuery });
const tuningRunsAnswer = z
  .object({ items: z.array(tuningRun), nextCursor: z.string().nullable() })
  .meta({ id: 'TuningRunList' });
export type TuningRunsAnswer = z.infer<typeof tuningRunsAnswer>;

const tuningRunParams = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/, { error: 'expected the id of an imported Power Tuning result' }),
});

export const tuningRunRoutes = declareRoutes({
  listTuningRuns: {
    method: 'get',
    path: '/api/v1/tuning-runs',
    scope: 'read',
    tag: 'Functions',
    summary: 'List imported results of AWS Lambda Power Tuning, newest import first',
    query: tuningRunsQuery,
    answer: tuningRunsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  deleteTuningRun: {
    method: 'delete',
    path: '/api/v1/tuning-runs/:id',
    scope: 'admin',
    tag: 'Functions',
    summary: 'Delete an imported result of AWS Lambda Power Tuning; right-sizing no longer takes it into account',
    params: tuningRunParams,
    answer: emptyAnswer,
    problems: ['not-found'],
  },
});
