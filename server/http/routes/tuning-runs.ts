/** Handlers of imported results of AWS Lambda Power Tuning. */
import { tuningRunRoutes } from '../contract/tuning-runs.ts';
import { implement } from '../implement.ts';
import { importedPage, readImportedCursor } from '../presentation/imported-page.ts';
import { tuningRunView } from '../presentation/tuning-run.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';

export const tuningRunHandlers = implement(tuningRunRoutes, {
  listTuningRuns: async ({ context, query }) => {
    const functionId =
      query.function === undefined ? undefined : (await functionOf(query.function, context.store)).functionId;
    const after = readImportedCursor(query.cursor);
    const found = await context.store.read.tuningRuns({ functionId, limit: query.limit + 1, after });
    const { items, nextCursor } = importedPage(found, query.limit);
    return { items: items.map((run) => ({ ...tuningRunView(run), function: run.functionName })), nextCursor };
  },
  deleteTuningRun: async ({ context, params }) => {
    const found = await context.store.read.tuningRuns({ ids: [params.id], limit: 1 });
    if (found.length === 0) throw new ProblemError('not-found', `No Power Tuning result has the id ${params.id}`);
    await context.store.deleteTelemetry({ tuningRunIds: [params.id] });
    return {};
  },
});
