/** Rows of an export: flat, so that they fit a spreadsheet. */
import { z } from 'zod';
import { coldStartCause, filterQuery, invocationStatus, rangeQuery } from './common.ts';

export const exportParams = z.object({ what: z.enum(['invocations', 'functions', 'cold-starts']) });

export const exportQuery = z.object({
  ...rangeQuery,
  ...filterQuery,
  status: invocationStatus.optional().describe('Of invocations'),
  cause: coldStartCause.optional().describe('Of cold starts'),
  format: z.enum(['csv', 'ndjson']).optional().describe('Left out: what Accept asks for, else NDJSON'),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000).describe('Rows'),
});

export const exportRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
