/** Rows of an export: flat, so that they fit a spreadsheet. */
import { z } from 'zod';
import { coldStartCause, filterQuery, invocationStatus, rangeQuery } from './common.ts';
import { declareRoutes } from './route.ts';

export const exportParams = z.object({ what: z.enum(['invocations', 'functions', 'cold-starts']) });

export const exportQuery = z.strictObject({
  ...rangeQuery,
  ...filterQuery,
  status: invocationStatus.optional().describe('Of invocations'),
  cause: coldStartCause.optional().describe('Of cold starts'),
  format: z.enum(['csv', 'ndjson']).optional().describe('Left out: what Accept asks for, else NDJSON'),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000).describe('Rows'),
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
    summary: 'Invocations, functions or cold starts as CSV or NDJSON',
    params: exportParams,
    query: exportQuery,
    answer: exportRow,
    stream: 'rows',
    problems: ['not-found', 'ambiguous'],
  },
});
