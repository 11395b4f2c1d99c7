/** Examples of the operations in ../errors.ts. */

import type { errorRoutes } from '../errors.ts';
import type { ExamplesOf } from '../route.ts';

const range = { from: '2026-11-27T08:00:00.000Z', to: '2026-11-27T12:00:00.000Z', bucketMs: 3600000 };

const params = { id: '000000000000:eu-west-1:order-api', fingerprint: '5c1f0a9be27d4410' };

const group = {
  function: { id: '000000000000:eu-west-1:order-api', name: 'order-api', account: '000000000000', region: 'eu-west-1' },
  fingerprint: '5c1f0a9be27d4410',
  title: 'KeyError: ""',
  kind: 'handler',
  errorType: 'KeyError',
  message: '""',
  frame: 'load (orders.py)',
  state: 'open',
  decidedAt: null,
  failures: 17,
  invocations: 9,
  initFailures: 0,
  firstAt: '2026-11-27T09:12:44.120Z',
  lastAt: '2026-11-27T11:58:01.002Z',
  firstVersion: '44',
  lastVersion: '44',
  versions: [
    {
      version: '44',
      failures: 17,
      invocations: 9,
      initFailures: 0,
      firstAt: '2026-11-27T09:12:44.120Z',
      lastAt: '2026-11-27T11:58:01.002Z',
    },
  ],
  series: [0, 3, 6, 8],
} as const;

export const errorExamples: ExamplesOf<typeof errorRoutes> = {
  listErrors: {
    query: { from: '2026-11-27T08:00:00Z', to: '2026-11-27T12:00:00Z', kind: 'handler' },
    answer: {
      range,
      items: [{ ...group, merged: [], versions: [...group.versions], series: [...group.series] }],
      nextCursor: null,
      total: 1,
      failures: 17,
      truncated: false,
    },
  },
  getErrorGroup: {
    params,
    query: { from: '2026-11-27T08:00:00Z', to: '2026-11-27T12:00:00Z' },
    answer: {
      range,
      group: { ...group, merged: [], versions: [...group.versions], series: [...group.series] },
      returned: null,
      deploy: { at: '2026-11-27T09:10:02.000Z', kind: 'code' },
      examples: [
        {
          at: '2026-11-27T11:58:01.002Z',
          requestId: '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11',
          version: '44',
          status: 'error',
          errorType: 'KeyError',
          message: "'order'",
          stack: ['File "/var/task/orders.py", line 7, in load', 'File "/var/task/app.py", line 3, in handler'],
        },
      ],
    },
  },
  setErrorState: {
    params,
    body: { state: 'resolved' },
    answer: { fingerprint: '5c1f0a9be27d4410', state: 'resolved', merged: [] },
  },
  mergeErrors: {
    params,
    body: { fingerprints: ['91d3c07f20ab55e6'] },
    answer: { fingerprint: '5c1f0a9be27d4410', state: 'open', merged: ['91d3c07f20ab55e6'] },
  },
  splitErrors: {
    params,
    body: { fingerprints: ['91d3c07f20ab55e6'] },
    answer: { fingerprint: '5c1f0a9be27d4410', state: 'open', merged: [] },
  },
};
