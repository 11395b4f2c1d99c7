/** Handlers of imports. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import { UNDO_MS } from '../../storage/ports.ts';
import { importRoutes } from '../contract/imports.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

export const importsHandlers = implement(importRoutes, {
  listImports: async ({ context, query }) => {
    const found = await context.store.read.imports({ limit: query.limit + 1 });
    return {
      items: found.slice(0, query.limit).map(({ startedMs, lastMs, undoneMs, done, total, functions, ...one }) => ({
        ...one,
        functions: [...functions],
        startedAt: iso(startedMs),
        lastAt: iso(lastMs),
        progress: one.state === 'undoing' ? done / Math.max(done, total, 1) : null,
        undoneAt: isoOrNull(undoneMs),
        undoUntil: one.state === 'stored' ? iso(lastMs + UNDO_MS) : null,
      })),
      truncated: found.length > query.limit,
    };
  },
  undoImport: async ({ context, params }) => {
    switch (await context.store.undoImport(params.id)) {
      case 'undone':
        return { alreadyUndone: false };
      case 'undone-before':
        return { alreadyUndone: true };
      case 'unknown':
        throw new ProblemError('not-found', `No import has the id ${params.id}`);
      case 'too-old':
        throw new ProblemError('conflict', `Import ${params.id} is older than 14 days and can no longer be undone`);
    }
  },
});
