/** Markers on time charts: changes, alerts, ingest gaps. */
import * as z from 'zod';
import { filterQuery, isoTime, range, rangeQuery } from './common.ts';
import { declareRoutes } from './route.ts';

const MARKER_KINDS = ['deploy', 'memory', 'runtime-patch', 'configuration', 'alert', 'ingest-gap'] as const;

export const markersQuery = z.strictObject({
  ...rangeQuery,
  function: filterQuery.function,
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

export const markersAnswer = z
  .object({
    range,
    items: z
      .array(
        z.object({
          at: isoTime,
          until: isoTime.nullable().describe('End of an alert or gap; null for a point in time or while ongoing'),
          kind: z.enum(MARKER_KINDS).describe('ingest-gap: a rule on ingest silence found a silent source'),
          label: z.string().describe('Short description'),
          function: z
            .object({ id: z.string(), name: z.string() })
            .nullable()
            .describe('null if it concerns the fleet or several functions'),
        }),
      )
      .describe('Oldest first'),
    nextCursor: z.null(),
    truncated: z.boolean().describe('Only the newest changes and alerts of the range are included'),
  })
  .meta({ id: 'MarkerList' });
export type MarkersAnswer = z.infer<typeof markersAnswer>;

export const markerRoutes = declareRoutes({
  listMarkers: {
    method: 'get',
    path: '/api/v1/markers',
    scope: 'read',
    tag: 'Changes',
    summary: 'List deployments, memory changes, runtime patches, alerts and ingest gaps',
    query: markersQuery,
    answer: markersAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
