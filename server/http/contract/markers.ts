/** What happened, for the time charts: changes, alerts, gaps. */
import { z } from 'zod';
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
          until: isoTime.nullable().describe('When an alert or a gap ended; null for what is a moment, or goes on'),
          kind: z.enum(MARKER_KINDS).describe('ingest-gap: a source fell silent, as a rule on ingest silence found'),
          label: z.string().describe('In a few words'),
          function: z
            .object({ id: z.string(), name: z.string() })
            .nullable()
            .describe('null: of the fleet, or of many'),
        }),
      )
      .describe('Oldest first'),
    nextCursor: z.null(),
    truncated: z.boolean().describe('Only the newest changes or alerts of the range are told'),
  })
  .meta({ id: 'MarkerList' });
export type MarkersAnswer = z.infer<typeof markersAnswer>;

export const markerRoutes = declareRoutes({
  listMarkers: {
    method: 'get',
    path: '/api/v1/markers',
    scope: 'read',
    tag: 'Changes',
    summary: 'What happened when: deploys, memory changes, runtime patches, alerts, gaps in ingest',
    query: markersQuery,
    answer: markersAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});
