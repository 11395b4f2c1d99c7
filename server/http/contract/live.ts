import { z } from 'zod';
import { filterQuery } from './common.ts';
import { invocation } from './invocations.ts';
import { declareRoutes } from './route.ts';

export const liveQuery = z.strictObject({
  function: filterQuery.function,
  cold: z.enum(['true', 'false']).optional().describe('Only cold starts, or only warm invocations'),
  failed: z.enum(['true']).optional().describe('Only invocations that did not succeed'),
});

/** `event: invocation` carries one; `event: counts` tells what a commit brought and how many of it were not sent. */
export const liveEvent = z
  .union([
    invocation,
    z.object({
      invocations: z.number().int().describe('Stored by this commit'),
      coldStarts: z.number().int().describe('Among those that were sent'),
      errors: z.number().int().describe('Among those that were sent'),
      notSent: z.number().int().describe('Too many at once: counted, not listed'),
    }),
  ])
  .meta({ id: 'LiveEvent' });

export const liveRoutes = declareRoutes({
  streamInvocations: {
    method: 'get',
    path: '/api/v1/live',
    scope: 'read',
    tag: 'Invocations',
    summary: 'Server-sent events: invocations as they are stored',
    query: liveQuery,
    answer: liveEvent,
    stream: 'events',
    problems: ['not-found', 'ambiguous'],
  },
});
