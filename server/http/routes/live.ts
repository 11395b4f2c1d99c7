import { liveRoutes } from '../contract/live.ts';
import { implement } from '../implement.ts';
import type { LiveFilter } from '../live.ts';
import { functionOf } from '../query.ts';
import { EVENT_STREAM, streamResponse } from '../stream-response.ts';

export const liveHandlers = implement(liveRoutes, {
  streamInvocations: async (call) => {
    const { context, query, principal } = call;
    const restriction = principal?.restriction ?? null;
    const functionId =
      query.function === undefined ? null : (await functionOf(query.function, context.store)).functionId;
    const filter: LiveFilter = (row) =>
      (functionId === null || row.functionId === functionId) &&
      (query.cold === undefined || (row.coldStart !== null) === (query.cold === 'true')) &&
      (query.failed === undefined || row.status !== 'success');
    const isVisible: LiveFilter | null =
      restriction === null ? null : (row) => context.permitted.permits(restriction, { ...row, name: row.functionName });
    // Declared as `stream`: the response is not JSON.
    return streamResponse(call, 'events', EVENT_STREAM, () => context.live.open(filter, isVisible)) as never;
  },
});
