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
          deploy: null,
        },
      ],
      nextCursor: null,
      truncated: false,
    },
  },
  createMarker: {
    body: {
      ...{ id: 'run-8123', functions: ['search'], version: '43', commit: '9f2c1d7be04a', author: 'Ada' },
      url: 'https://github.com/acme/search/commit/9f2c1d7be04a',
    },
    answer: {
      ...{ id: 'run-8123', at: '2026-11-27T06:57:40.000Z', functions: ['search'], label: null, version: '43' },
      ...{ commit: '9f2c1d7be04a', author: 'Ada', url: 'https://github.com/acme/search/commit/9f2c1d7be04a' },
      sender: 'pipeline',
    },
  },
  deleteMarker: { params: { id: 'run-8123' }, answer: {} },
};
