/** Examples of the operations in ../network.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { networkRoutes } from '../network.ts';
import type { ExamplesOf } from '../route.ts';

export const networkExamples: ExamplesOf<typeof networkRoutes> = {
  getFunctionNetwork: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-7d', to: 'now' },
    answer: {
      range: { from: '2026-11-21T07:56:55.830Z', to: '2026-11-28T07:56:55.830Z', bucketMs: 604800000 },
      vpc: true,
      summary: 'It is unknown whether the VPC makes cold starts longer.',
      summaryCode: { code: 'network-unknown', parameters: {} },
      era: 'shared',
      preInitMs: null,
      over2s: null,
      over10s: null,
      proactive: 0,
      eniLatencyMs: null,
      placementMs: null,
      edge: null,
      platformMs: { p50: null, p95: null, p99: null, n: 0 },
      firstConnectionMs: { n: 0, median: null, warmMedian: 223.660738, excess: null },
      eniEvents: { byName: [], failures: [], inLogs: [] },
      capacity: {
        subnets: 2,
        securityGroups: 1,
        peakConcurrency: 2,
        interfaces: 2,
        interfaceUse: 1.5e-5,
        database: null,
      },
      missingRoute: { suspected: false, timeouts: 0, reason: null },
      cohort: { functions: 0, coldStarts: 0, functionsInVpc: 0, coldStartsInVpc: 0 },
      truncated: false,
      method:
        'X-Ray: from the start of the service segment to that of Initialization, without Dwell Time; means of functions in and outside of a VPC, 95 % interval',
      methodCode: { code: 'network-method', parameters: {} },
      reason: 'Not observable in logs: REPORT begins after the network is attached. Enable active tracing (X-Ray).',
      reasonCode: { code: 'network-not-traced', parameters: {} },
    },
  },
  getFleetNetwork: {
    query: { from: 'now-30d', to: 'now' },
    answer: {
      range: { from: '2026-10-29T07:56:59.176Z', to: '2026-11-28T07:56:59.176Z', bucketMs: 86400000 },
      vpc: {
        functions: 2,
        invocations: 9744,
        coldStartRate: { value: 0.013855, low: 0.011718, high: 0.016375, n: 9744 },
        initMs: { p50: 314.235177, p95: 497.779401, p99: 507.835551, n: 70 },
      },
      other: {
        functions: 7,
        invocations: 40498,
        coldStartRate: { value: 0.017507, low: 0.016275, high: 0.018831, n: 40498 },
        initMs: { p50: 671.938629, p95: 1002.428009, p99: 1176.36644, n: 674 },
      },
      unknown: {
        functions: 0,
        invocations: 0,
        coldStartRate: { value: null, low: null, high: null, n: 0 },
        initMs: { p50: null, p95: null, p99: null, n: 0 },
      },
      eniEvents: {
        byName: [{ name: 'CreateNetworkInterface', n: 12, failed: 1 }],
        failures: [{ errorCode: 'Client.RequestLimitExceeded', n: 1 }],
        inLogs: [],
      },
      series: [{ at: '2026-11-27T00:00:00.000Z', created: 9, deleted: 3, failed: 1 }],
      subnets: [
        {
          subnetId: 'subnet-0aaa1111',
          functions: ['000000000000:eu-west-1:checkout'],
          interfacesCreated: 6,
          failed: 1,
          lastEventAt: '2026-11-28T04:08:24.000Z',
        },
      ],
      reason: null,
    },
  },
};
