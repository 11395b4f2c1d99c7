/** Examples of the operations in ../alert-configuration.ts. */

import type { alertConfigurationRoutes } from '../alert-configuration.ts';
import type { ExamplesOf } from '../route.ts';

const desired = {
  owner: 'team-orders',
  prune: true,
  rules: [
    {
      file: 'rules/checkout.yaml',
      document: {
        id: 'checkout-errors',
        name: 'Checkout errors',
        severity: 'critical' as const,
        signal: { kind: 'metric' as const, metric: 'errorRate' as const, aggregation: 'value' as const },
        threshold: 0.02,
        bound: 'certain' as const,
        functions: ['checkout'],
        receivers: ['orders-pager'],
      },
    },
  ],
  receivers: [
    {
      file: 'rules/receivers.yaml',
      document: { id: 'orders-pager', name: 'Orders pager', url: 'https://hooks.example.com/thermocline' },
      references: { url: 'env:ORDERS_PAGER_URL' },
    },
  ],
};

const plan = {
  revision: 'b0Qy3mXn7dKs1vLc',
  counts: { create: 1, change: 1, adopt: 0, delete: 0, unchanged: 0 },
  changes: [
    {
      kind: 'rule' as const,
      id: 'checkout-errors',
      name: 'Checkout errors',
      action: 'change' as const,
      file: 'rules/checkout.yaml',
      fields: [{ field: 'threshold', before: '0.01', after: '0.02' }],
    },
    {
      kind: 'receiver' as const,
      id: 'orders-pager',
      name: 'Orders pager',
      action: 'create' as const,
      file: 'rules/receivers.yaml',
      fields: [],
    },
  ],
};

export const alertConfigurationExamples: ExamplesOf<typeof alertConfigurationRoutes> = {
  exportAlertConfiguration: {
    answer: `rules:
  - id: checkout-errors
    name: Checkout errors
    severity: critical
    signal:
      kind: metric
      metric: errorRate
      aggregation: value
      filters: []
    comparison: ">"
    threshold: 0.02
receivers: []
routes: []
inhibitions: []
`,
  },
  planAlertConfiguration: { body: desired, answer: plan },
  applyAlertConfiguration: { body: { ...desired, revision: 'b0Qy3mXn7dKs1vLc' }, answer: plan },
  releaseAlertConfiguration: { params: { owner: 'team-orders' }, answer: { released: 2 } },
};
