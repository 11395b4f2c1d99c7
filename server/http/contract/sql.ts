/** The SQL console: read-only queries over documented views. */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

export const MOST_SQL_ROWS = 100_000;

export const sqlQuery = z
  .strictObject({
    sql: z
      .string()
      .min(1)
      .max(65_536)
      .describe('One statement that begins with SELECT, WITH or VALUES, over the views of GET /api/v1/sql'),
    limit: z.number().int().min(1).max(MOST_SQL_ROWS).default(1000).describe('Maximum number of rows'),
    format: z
      .enum(['json', 'ndjson', 'csv'])
      .optional()
      .describe('Default: by the Accept header (application/x-ndjson, text/csv), else JSON'),
  })
  .meta({ id: 'SqlQuery' });

const value = z.union([z.string(), z.number(), z.null()]);
const cut = z
  .enum(['rows', 'bytes'])
  .nullable()
  .describe('The limit that ended the answer before its last row; null if it is complete');

export const sqlAnswer = z
  .object({
    columns: z.array(z.string()),
    rows: z
      .array(z.array(value))
      .describe('In the order of the columns. Integers beyond 2^53 are text, blobs are hexadecimal'),
    truncated: cut,
  })
  .meta({ id: 'SqlResult' });
export type SqlAnswer = z.infer<typeof sqlAnswer>;

/** Header of NDJSON and CSV, whose rows leave no room for it. */
export const TRUNCATED_HEADER = 'Thermocline-Truncated';

const sqlSchema = z
  .object({
    views: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        columns: z.array(
          z.object({
            name: z.string(),
            type: z.enum(['text', 'integer', 'number', 'boolean', 'sketch']),
            description: z.string(),
          }),
        ),
      }),
    ),
    functions: z.array(z.object({ name: z.string(), description: z.string() })),
    available: z.boolean().describe('Whether queries can be run'),
    reason: z.string().nullable().describe('Why not; null if they can'),
  })
  .meta({ id: 'SqlSchema' });
export type SqlSchema = z.infer<typeof sqlSchema>;

export const sqlRoutes = declareRoutes({
  getSqlSchema: {
    method: 'get',
    path: '/api/v1/sql',
    scope: 'admin',
    tag: 'Query',
    summary: 'List the views of the SQL console with their columns',
    answer: sqlSchema,
  },
  runSql: {
    method: 'post',
    path: '/api/v1/sql',
    scope: 'admin',
    tag: 'Query',
    summary: 'Run a read-only SQL statement over the documented views',
    body: sqlQuery,
    answer: sqlAnswer,
    stream: 'json',
    problems: ['not-available', 'query-too-large', 'deadline'],
  },
});
