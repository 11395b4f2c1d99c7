/** Exports as flat rows for spreadsheets. */
import * as z from 'zod';
import { coldStartCause, filterQuery, invocationStatus, rangeQuery } from './common.ts';
import { declareRoutes } from './route.ts';

export const exportParams = z.object({ what: z.enum(['invocations', 'functions', 'cold-starts', 'rollups']) });

export const exportQuery = z.strictObject({
  ...rangeQuery,
  ...filterQuery,
  status: invocationStatus.optional().describe('Filters invocations and cold starts; refused for functions'),
  cause: coldStartCause.optional().describe('Filters invocations and cold starts; refused for functions'),
  tenant: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'Tenant id of a function with tenant isolation. Filters invocations and cold starts; refused for functions',
    ),
  interval: z.enum(['1h', '1d']).optional().describe('Width of the buckets of rollups; default 1h. Refused for others'),
  format: z.enum(['csv', 'ndjson']).optional().describe('Default: by the Accept header, else NDJSON'),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000).describe('Maximum number of rows'),
});

export const exportRow = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .meta({ id: 'ExportRow' });

export const exportRoutes = declareRoutes({
  exportRows: {
    method: 'get',
    path: '/api/v1/export/:what',
    scope: 'read',
    tag: 'Query',
    summary: 'Export invocations, functions, cold starts or rollups as CSV or NDJSON',
    params: exportParams,
    query: exportQuery,
    answer: exportRow,
    stream: 'rows',
    problems: ['not-found', 'ambiguous', 'too-many-requests'],
  },
});
