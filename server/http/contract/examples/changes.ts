/** Examples of the operations in ../changes.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { changeRoutes } from '../changes.ts';
import type { ExamplesOf } from '../route.ts';

export const changeExamples: ExamplesOf<typeof changeRoutes> = {
  listChanges: {
    query: { from: 'now-7d', to: 'now', limit: 20 },
    answer: {
      range: { from: '2026-11-21T07:56:59.416Z', to: '2026-11-28T07:56:59.416Z', bucketMs: 604800000 },
      items: [
        {
          function: { id: '000000000000:eu-west-1:search', name: 'search' },
          at: '2026-11-27T06:58:11.000Z',
          source: 'logs',
          kinds: ['version'],
          label: 'version 43',
          deploy: {
            ...{ id: 'run-8123', at: '2026-11-27T06:57:40.000Z', functions: ['search'], label: null, version: '43' },
            ...{ commit: '9f2c1d7be04a', author: 'Ada', url: 'https://github.com/acme/search/commit/9f2c1d7be04a' },
            sender: 'pipeline',
          },
          before: { version: '42', memoryMb: 2048, extensions: [], runtimeVersionArn: null, deployedAtMs: null },
          after: { version: '43', memoryMb: 2048, extensions: [], runtimeVersionArn: null, deployedAtMs: null },
          n: { before: 14210, after: 3106 },
          isJudged: true,
          summary: 'p95 unchanged (+15 %, not significant), cost −8.0 %',
          verdict: 'improved',
          reason: null,
          hours: null,
          differences: [
            {
              ...{ metric: 'p95', unit: 'ms', before: 412.1, after: 473.9, change: 0.15, low: -0.06, high: 0.41 },
              ...{ p: 0.19, verdict: 'no-evidence', reason: null },
            },
            {
              ...{ metric: 'costPer1k', unit: 'USD', before: 0.0135, after: 0.01242, change: -0.08 },
              ...{ low: -0.11, high: -0.05, p: 0.001, verdict: 'improved', reason: null },
            },
          ],
          effect: null,
        },
      ],
      nextCursor: null,
      total: 1,
      truncated: false,
      verdicts: { improved: 1, worse: 0, 'no-evidence': 0, 'insufficient-data': 0 },
      notJudged: 0,
      runtimePatches: [],
    },
  },
};
