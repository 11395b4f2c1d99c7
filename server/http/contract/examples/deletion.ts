/** Examples of the operations in ../deletion.ts. */

import type { deletionRoutes } from '../deletion.ts';
import type { ExamplesOf } from '../route.ts';

export const deletionExamples: ExamplesOf<typeof deletionRoutes> = {
  deleteFunction: { params: { id: '000000000000:eu-west-1:checkout' }, answer: {} },
  previewLineDeletion: {
    query: { request: '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c' },
    answer: {
      lines: 7,
      bytes: 1124,
      firstAt: '2026-11-20T10:00:00.000Z',
      lastAt: '2026-11-20T10:00:00.250Z',
      damagedBlocks: 0,
    },
  },
  deleteLines: {
    query: { function: 'checkout', from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z' },
    answer: {
      lines: 1480,
      bytes: 204_120,
      firstAt: '2026-11-20T10:00:00.000Z',
      lastAt: '2026-11-20T10:59:59.120Z',
      damagedBlocks: 0,
    },
  },
};
