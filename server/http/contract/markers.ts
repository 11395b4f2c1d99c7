/** Markers on time charts: changes, reported deployments, alerts, ingest gaps. */
import * as z from 'zod';
import { emptyAnswer, filterQuery, isoTime, nameOf, range, rangeQuery, timeInput } from './common.ts';
import { declareRoutes } from './route.ts';

const MARKER_KINDS = ['deploy', 'memory', 'runtime-patch', 'configuration', 'alert', 'ingest-gap'] as const;

const MOST_PATTERNS = 20;
const given = (longest: number) => nameOf(longest).nullable().default(null);

/** What a pipeline or a person says of a deployment; null where it was not said. */
export const reportedDeploy = z
  .object({
    id: z.string(),
    at: isoTime.describe('When it was deployed'),
    functions: z.array(z.string()).describe('Names, ids, or patterns of them; none for all functions'),
    label: z.string().nullable(),
    version: z.string().nullable(),
    commit: z.string().nullable(),
    author: z.string().nullable(),
    url: z.string().nullable(),
    sender: z.string().describe('Name of the token with which it was sent'),
  })
  .meta({ id: 'ReportedDeploy' });
export type ReportedDeploy = z.infer<typeof reportedDeploy>;

export const newMarker = z
  .strictObject({
    id: z
      .string()
      .regex(/^[\w.:-]{1,100}$/, { error: 'expected 1 to 100 letters, digits, or any of . : - _' })
      .optional()
      .describe(
        'A marker that is sent again with its id is stored once. Of a restricted sender it is stored with the id of the token in front. Default: a random one',
      ),
    at: timeInput
      .optional()
      .describe('When it was deployed, RFC 3339, at most 400 days ago and 5 minutes ahead; default: now'),
    functions: z
      .array(nameOf(256).regex(/^(?:[^*]*\*){0,3}[^*]*$/, { error: 'expected at most three * in a pattern' }))
      .max(MOST_PATTERNS)
      .default([])
      .describe('Names, ids (account:region:name), or patterns such as orders-*; none for all functions'),
    label: given(200).describe('Instead of the version and the commit'),
    version: given(129).describe('Of the functions, as published'),
    commit: given(100),
    author: given(200),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' })
      .max(2000)
      .nullable()
      .default(null)
      .describe('Of the commit, the pull request or the run'),
  })
  .meta({ id: 'NewMarker' });

const markerParams = z.object({ id: z.string().max(128) });

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
          deploy: reportedDeploy.nullable().describe('What was reported of a deployment; null for other markers'),
        }),
      )
      .describe('Oldest first'),
    nextCursor: z.null(),
    truncated: z
      .boolean()
      .describe('Only the newest changes, reported deployments and alerts of the range are included'),
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
  createMarker: {
    method: 'post',
    path: '/api/v1/markers',
    scope: 'deploy',
    tag: 'Changes',
    summary: 'Report a deployment with its commit, author and address',
    body: newMarker,
    answer: reportedDeploy,
    problems: ['conflict'],
  },
  deleteMarker: {
    method: 'delete',
    path: '/api/v1/markers/:id',
    scope: 'edit',
    tag: 'Changes',
    summary: 'Delete a reported deployment',
    params: markerParams,
    answer: emptyAnswer,
    problems: ['not-found'],
  },
});
