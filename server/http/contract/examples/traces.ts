/** Examples of the operations in ../traces.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { ExamplesOf } from '../route.ts';
import type { traceRoutes } from '../traces.ts';

export const traceExamples: ExamplesOf<typeof traceRoutes> = {
  getTrace: {
    params: { traceId: '1-643aca1d-02e095f7341508e00b9b6d2b' },
    answer: {
      traceId: '1-643aca1d-02e095f7341508e00b9b6d2b',
      lambda: [
        {
          serviceSegmentId: '6b55dcc497934f1a',
          functionSegmentId: null,
          name: 'checkout',
          queuedMs: null,
          preInitMs: null,
          initMs: null,
          invocationMs: null,
          overheadMs: null,
        },
      ],
      map: { nodes: [{ name: 'checkout', kind: 'AWS::Lambda', n: 1, failed: 0, p50Ms: 1000, p95Ms: null }], edges: [] },
      startedAt: '2023-11-14T22:13:20.000Z',
      durationMs: 1000,
      limitExceeded: false,
      segments: [
        {
          id: '6b55dcc497934f1a',
          parentId: null,
          name: 'checkout',
          origin: 'AWS::Lambda',
          startNs: '1700000000000000000',
          endNs: '1700000001000000000',
          httpStatus: null,
          outcome: 'ok',
          requestId: null,
          resourceArn: null,
          notRead: null,
          annotations: {},
          offsetMs: 0,
          durationMs: 1000,
          subsegments: [],
        },
      ],
    },
  },
  getServiceMap: {
    query: { from: '2023-11-01', to: '2023-12-01' },
    answer: {
      range: { from: '2023-11-01T00:00:00.000Z', to: '2023-12-01T00:00:00.000Z', bucketMs: 2592000000 },
      nodes: [],
      edges: [],
      traces: 0,
      truncated: false,
      reason:
        'No trace is stored in this time range. Import X-Ray documents or spans, or fetch traces with thermocline traces.',
      reasonCode: { code: 'map-no-traces', parameters: {} },
    },
  },
};
