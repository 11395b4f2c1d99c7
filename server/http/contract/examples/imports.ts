/** Examples of the operations in ../imports.ts. */

import type { importRoutes } from '../imports.ts';
import type { ExamplesOf } from '../route.ts';

export const importsExamples: ExamplesOf<typeof importRoutes> = {
  listImports: {
    query: { limit: 50 },
    answer: {
      items: [
        {
          id: '20261128-7f3a9c51',
          name: 'checkout.json',
          functions: ['checkout'],
          startedAt: '2026-11-28T08:57:00.000Z',
          lastAt: '2026-11-28T08:57:02.000Z',
          state: 'stored',
          accepted: 1964,
          duplicates: 0,
          ignored: 982,
          rejected: 3,
          loose: 0,
          progress: null,
          undoneAt: null,
          undoUntil: '2026-12-12T08:57:02.000Z',
        },
      ],
      truncated: false,
    },
  },
  undoImport: { params: { id: '20261128-7f3a9c51' }, answer: { alreadyUndone: false } },
};
