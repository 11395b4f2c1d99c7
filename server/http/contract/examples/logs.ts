/** Examples of the operations in ../logs.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { logRoutes } from '../logs.ts';
import type { ExamplesOf } from '../route.ts';

export const logExamples: ExamplesOf<typeof logRoutes> = {
  countLogs: {
    query: { from: 'now-1h', to: 'now', q: 'timeout', bins: 60 },
    answer: {
      widthMs: 60_000,
      bins: [{ start: '2026-11-28T07:56:00.000Z', errors: 3, warnings: 0, others: 1 }],
      countedFrom: null,
      readBytes: 524288,
      stored: { lines: 48211, bytes: 6412063 },
    },
  },
  exportLogs: {
    query: { from: 'now-1h', to: 'now', q: 'level:error', limit: 1000 },
    answer: {
      timestamp: '2026-11-28T07:56:50.120Z',
      message: '{"level":"ERROR","message":"timeout while charging the card","service":"checkout"}\n',
      level: 'error',
      source: 'function',
      function: '000000000000:eu-west-1:checkout',
      logGroup: '/aws/lambda/checkout',
      logStream: '2026/11/28/[$LATEST]0c4f6a4d5e7a4c0f9b1d2e3f4a5b6c7d',
      requestId: null,
      traceId: null,
    },
  },
  searchLogs: {
    query: { from: 'now-1h', to: 'now', q: 'level:error timeout -retry' },
    answer: {
      items: [
        {
          timestamp: '2026-11-28T07:56:50.120Z',
          message: '{"level":"ERROR","message":"timeout while charging the card","service":"checkout"}\n',
          messageChars: 83,
          level: 'error',
          source: 'function',
          function: {
            id: '000000000000:eu-west-1:checkout',
            name: 'checkout',
            account: '000000000000',
            region: 'eu-west-1',
          },
          logGroup: '/aws/lambda/checkout',
          logStream: '2026/11/28/[$LATEST]0c4f6a4d5e7a4c0f9b1d2e3f4a5b6c7d',
          requestId: null,
          traceId: null,
        },
      ],
      nextCursor: null,
      search: { readBytes: 524288, endedAt: null, damagedBlocks: 0, rebuildingBlocks: 0 },
      kept: {
        lines: 'all',
        deleted: [{ reason: 'age', until: '2026-11-21T07:56:50.000Z', lines: 120345 }],
      },
    },
  },
  streamLogs: {
    query: { function: '000000000000:eu-west-1:checkout', q: 'level:error' },
    answer: {
      timestamp: '2026-11-28T07:56:50.120Z',
      message: '{"level":"ERROR","message":"timeout while charging the card","service":"checkout"}\n',
      messageChars: 83,
      level: 'error',
      source: 'function',
      function: {
        id: '000000000000:eu-west-1:checkout',
        name: 'checkout',
        account: '000000000000',
        region: 'eu-west-1',
      },
      logGroup: '/aws/lambda/checkout',
      logStream: '2026/11/28/[$LATEST]0c4f6a4d5e7a4c0f9b1d2e3f4a5b6c7d',
      requestId: null,
      traceId: null,
    },
  },
};
