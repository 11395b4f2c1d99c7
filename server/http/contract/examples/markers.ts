/** Examples of the operations in ../markers.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { markerRoutes } from '../markers.ts';
import type { ExamplesOf } from '../route.ts';

export const markerExamples: ExamplesOf<typeof markerRoutes> = {
  listMarkers: {
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T07:56:59.429Z', to: '2026-11-28T07:56:59.429Z', bucketMs: 604800000 },
      items: [
        {
          at: '2026-11-28T07:56:50.000Z',
          until: null,
          kind: 'alert',
          label: 'Invocations at all',
          function: { id: '000000000000:eu-west-1:pricing', name: 'pricing' },
        },
      ],
      nextCursor: null,
      truncated: false,
    },
  },
};
