import { liveRoutes } from '../contract/live.ts';
import { implement } from '../implement.ts';
import type { LiveFilter } from '../live.ts';
import { functionOf } from '../query.ts';
import { streamResponse } from '../stream-response.ts';

export const liveHandlers = implement(liveRoutes, {
  streamInvocations: async (call) => {
    const { context, query } = call;
    const functionId =
      query.function === undefined ? null : (await functionOf(query.function, context.store)).functionId;
    const filter: LiveFilter = (row) =>
      (functionId === null || row.functionId === functionId) &&
      (query.cold === undefined || (row.coldStart !== null) === (query.cold === 'true')) &&
      (query.failed === undefined || row.status !== 'success');
    // Declared as `stream`: the response is not JSON.
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return streamResponse(call, 'events', headers, () => context.live.open(filter)) as never;
  },
});
