import * as z from 'zod';
import { filterQuery } from './common.ts';
import { invocation } from './invocations.ts';
import { declareRoutes } from './route.ts';

export const liveQuery = z.strictObject({
  function: filterQuery.function,
  cold: z.enum(['true', 'false']).optional().describe('Only cold starts, or only warm invocations'),
  failed: z.enum(['true']).optional().describe('Only invocations that did not succeed'),
});

/** `event: invocation` carries one invocation; `event: counts` carries the totals of a commit. */
export const liveEvent = z
  .union([
    invocation,
    z.object({
      invocations: z.number().int().describe('Invocations stored by this commit'),
      coldStarts: z.number().int().describe('Among the invocations sent'),
      errors: z.number().int().describe('Among the invocations sent'),
      notSent: z.number().int().describe('Invocations that were not sent because there were too many at once'),
    }),
  ])
  .meta({ id: 'LiveEvent' });

export const liveRoutes = declareRoutes({
  streamInvocations: {
    method: 'get',
    path: '/api/v1/live',
    scope: 'read',
    tag: 'Invocations',
    summary: 'Stream invocations as they are stored (server-sent events)',
    query: liveQuery,
    answer: liveEvent,
    stream: 'events',
    problems: ['not-found', 'ambiguous', 'too-many-requests'],
  },
});
