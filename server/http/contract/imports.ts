/** Imports of files, and their undo. */
import * as z from 'zod';
import { isoTime } from './common.ts';
import { declareRoutes } from './route.ts';

/** Id of an import; its client chooses it. */
export const importId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{7,63}$/, { error: 'expected 8 to 64 lower-case letters, digits and hyphens' });

const importsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

const importParams = z.object({ id: importId });

export const importsAnswer = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string().describe('Its newest file'),
        functions: z.array(z.string()).describe('Functions that it added to, at most ten'),
        startedAt: isoTime,
        lastAt: isoTime,
        state: z
          .enum(['stored', 'undoing', 'undone', 'kept'])
          .describe('stored: can be undone; kept: too old to be undone'),
        accepted: z.number().int().describe('Log events newly stored'),
        duplicates: z.number().int(),
        ignored: z.number().int(),
        rejected: z.number().int(),
        loose: z.number().int().describe('Records without a function, such as flow logs: an undo keeps them'),
        progress: z.number().nullable().describe('Share of an undo that is done; null while there is none'),
        undoneAt: isoTime.nullable(),
        undoUntil: isoTime.nullable().describe('Until when it can be undone; null if it cannot'),
      }),
    ),
    truncated: z.boolean().describe('There are older imports'),
  })
  .meta({ id: 'ImportList' });
export type ImportsAnswer = z.infer<typeof importsAnswer>;

const undoAnswer = z
  .object({ alreadyUndone: z.boolean().describe('It was already undone: nothing changed') })
  .meta({ id: 'ImportUndone' });

export const importRoutes = declareRoutes({
  listImports: {
    method: 'get',
    path: '/api/v1/imports',
    scope: 'read',
    tag: 'Ingest',
    summary: 'List imports that were sent with X-Thermocline-Import, newest first',
    query: importsQuery,
    answer: importsAnswer,
  },
  undoImport: {
    method: 'delete',
    path: '/api/v1/imports/:id',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Undo an import: remove what it added, with its rollups; data that was also delivered another way stays',
    params: importParams,
    answer: undoAnswer,
    problems: ['not-found', 'conflict'],
  },
});
