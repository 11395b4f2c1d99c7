/** Examples of the operations in ../tags.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { ExamplesOf } from '../route.ts';
import type { tagRoutes } from '../tags.ts';

const CHECKOUT = {
  items: [
    {
      key: 'team',
      value: 'shop',
      source: 'manual' as const,
      overridden: [{ source: 'inventory' as const, value: 'web' }],
    },
  ],
  nextCursor: null,
  manual: { team: 'shop' },
};

export const tagExamples: ExamplesOf<typeof tagRoutes> = {
  listTags: {
    answer: {
      teamKey: 'team',
      items: [{ key: 'team', functions: 1, values: [{ value: 'shop', functions: 1 }], omitted: 0 }],
      nextCursor: null,
      omitted: 0,
      file: { rules: 3, readAt: '2026-11-28T07:56:52.172Z', errors: [] },
    },
  },
  saveReadTags: {
    body: { functions: [{ account: '000000000000', region: 'eu-west-1', name: 'search', tags: { team: 'web' } }] },
    answer: { functions: 1, leftOut: 0 },
  },
  getFunctionTags: {
    params: { id: '000000000000:eu-west-1:search' },
    answer: CHECKOUT,
  },
  saveFunctionTags: {
    params: { id: '000000000000:eu-west-1:search' },
    body: { tags: { team: 'shop' } },
    answer: CHECKOUT,
  },
};
