/** Examples of the operations in ../metrics.ts. */
import type { metricRoutes } from '../metrics.ts';
import type { ExamplesOf } from '../route.ts';

const range = { from: '2026-11-27T08:00:00.000Z', to: '2026-11-27T10:00:00.000Z', bucketMs: 3600000 };
const orderApi = {
  id: '000000000000:eu-west-1:order-api',
  name: 'order-api',
  account: '000000000000',
  region: 'eu-west-1',
};

export const metricExamples: ExamplesOf<typeof metricRoutes> = {
  listMetrics: {
    query: { namespace: 'Shop' },
    answer: {
      items: [
        {
          key: '5c1f0a9be27d4410',
          namespace: 'Shop',
          name: 'Orders',
          unit: 'Count',
          dimensions: { service: 'checkout' },
          source: 'emf',
          function: orderApi,
          account: '000000000000',
          region: 'eu-west-1',
          firstAt: '2026-11-20T08:00:12.001Z',
          lastAt: '2026-11-27T09:58:41.120Z',
        },
      ],
      nextCursor: null,
      dropped: [
        {
          function: orderApi,
          source: 'emf',
          namespace: 'Shop',
          name: 'Basket',
          reason: 'series-of-function',
          values: 412,
          firstAt: '2026-11-26T20:11:02.480Z',
          lastAt: '2026-11-27T09:58:41.120Z',
        },
      ],
      limits: { ofOne: 1000, inAll: 20000 },
    },
  },
  getMetricPoints: {
    query: {
      from: '2026-11-27T08:00:00Z',
      to: '2026-11-27T10:00:00Z',
      namespace: 'Shop',
      name: 'Orders',
      dimensions: '{"service":"checkout"}',
      interval: '1h',
    },
    answer: {
      range,
      namespace: 'Shop',
      name: 'Orders',
      found: true,
      source: 'emf',
      unit: 'Count',
      statistic: 'sum',
      dimensions: ['service'],
      others: { sources: [], units: [], dimensions: [['service', 'tenant']] },
      groups: [
        {
          group: null,
          series: 1,
          n: 310,
          value: 342,
          reason: null,
          points: [
            { at: '2026-11-27T08:00:00.000Z', value: 342, n: 310 },
            { at: '2026-11-27T09:00:00.000Z', value: null, n: 0 },
          ],
        },
      ],
      truncated: false,
    },
  },
  getPlatformMetrics: {
    params: { id: '000000000000:eu-west-1:order-api' },
    query: { from: '2026-11-27T08:00:00Z', to: '2026-11-27T10:00:00Z', interval: '1h' },
    answer: {
      range,
      connected: true,
      reason: null,
      lastAt: '2026-11-27T09:57:00.000Z',
      items: [
        {
          metric: 'throttles',
          name: 'Throttles',
          statistic: 'sum',
          unit: 'count',
          value: 14,
          n: 120,
          points: [
            { at: '2026-11-27T08:00:00.000Z', value: 0, n: 60 },
            { at: '2026-11-27T09:00:00.000Z', value: 14, n: 60 },
          ],
        },
      ],
      invocations: {
        aws: 4180,
        ours: 4169,
        share: 0.9973684210526316,
        reasons: ['lines-missing'],
        partMs: 3600000,
        parts: [
          { at: '2026-11-27T08:00:00.000Z', aws: 2050, ours: 2050, share: 1, reason: null },
          { at: '2026-11-27T09:00:00.000Z', aws: 2130, ours: 2119, share: 0.9948356807511737, reason: 'lines-missing' },
        ],
      },
      errors: {
        aws: 12,
        ours: 12,
        share: 1,
        reasons: [],
        partMs: 3600000,
        parts: [
          { at: '2026-11-27T08:00:00.000Z', aws: 5, ours: 5, share: 1, reason: null },
          { at: '2026-11-27T09:00:00.000Z', aws: 7, ours: 7, share: 1, reason: null },
        ],
      },
    },
  },
};
