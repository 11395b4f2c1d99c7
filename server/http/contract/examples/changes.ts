/** Examples of the operations in ../changes.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { changeRoutes } from '../changes.ts';
import type { ExamplesOf } from '../route.ts';

export const changeExamples: ExamplesOf<typeof changeRoutes> = {
  listChanges: {
    query: { from: 'now-7d', to: 'now', limit: 20 },
    answer: {
      range: { from: '2026-11-21T07:56:59.416Z', to: '2026-11-28T07:56:59.416Z', bucketMs: 604800000 },
      items: [],
      nextCursor: null,
      total: 0,
      truncated: false,
      runtimePatches: [],
    },
  },
};
