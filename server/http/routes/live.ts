import { liveRoutes } from '../contract/live.ts';
import { implement } from '../implement.ts';
import type { LiveFilter } from '../live.ts';
import { MAX_WATCHERS } from '../live.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';

export const liveHandlers = implement(liveRoutes, {
  streamInvocations: async ({ context, query }) => {
    if (context.live.watchers >= MAX_WATCHERS) {
      throw new ProblemError('unavailable', `Too many live streams: the limit is ${MAX_WATCHERS}`);
    }
    const functionId =
      query.function === undefined ? null : (await functionOf(query.function, context.store)).functionId;
    const filter: LiveFilter = (row) =>
      (functionId === null || row.functionId === functionId) &&
      (query.cold === undefined || (row.coldStart !== null) === (query.cold === 'true')) &&
      (query.failed === undefined || row.status !== 'success');
    // Declared as `stream`: the response is not JSON.
    return new Response(context.live.open(filter), {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    }) as never;
  },
});
