/** Deletion of stored telemetry. */
import * as z from 'zod';
import { emptyAnswer, filterQuery, isoTime, optionalRange } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const lineScope = z.strictObject({
  function: filterQuery.function,
  request: z
    .string()
    .regex(/^[\w-]{8,128}$/, 'expected a request id, of 8 to 128 letters, digits and -')
    .optional()
    .describe('Lines that name the request, and lines of its attempts that name no other'),
  ...optionalRange,
});

export const linesInScope = z
  .object({
    lines: z.number().int(),
    bytes: z.number().int().describe('Size of their text in UTF-8'),
    firstAt: isoTime.nullable().describe('null if there are none'),
    lastAt: isoTime.nullable(),
    damagedBlocks: z
      .number()
      .int()
      .describe(
        'Parts that cannot be read and stay as they are, because they may hold lines that are not to be deleted',
      ),
  })
  .meta({ id: 'LinesInScope' });
export type LinesInScopeAnswer = z.infer<typeof linesInScope>;

export const deletionRoutes = declareRoutes({
  deleteFunction: {
    method: 'delete',
    path: '/api/v1/functions/:id',
    scope: 'admin',
    tag: 'Functions',
    summary: 'Delete everything that is stored of a function; what is delivered again afterwards is stored as new',
    params: functionParams,
    answer: emptyAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  previewLineDeletion: {
    method: 'get',
    path: '/api/v1/logs/deletion',
    scope: 'admin',
    tag: 'Logs',
    summary: 'Count the log lines that a deletion with the same parameters would delete now',
    query: lineScope,
    answer: linesInScope,
    problems: ['not-found', 'ambiguous'],
  },
  deleteLines: {
    method: 'delete',
    path: '/api/v1/logs',
    scope: 'admin',
    tag: 'Logs',
    summary:
      'Delete log lines by function, request and time: those for which all that is given holds. Figures, errors and dead letters stay; what is delivered again is stored again',
    query: lineScope,
    answer: linesInScope,
    problems: ['not-found', 'ambiguous'],
  },
});
