/** Examples of the operations in ../alert-instances.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { alertInstanceRoutes } from '../alert-instances.ts';
import type { ExamplesOf } from '../route.ts';
import { summaryCode } from './alert-summary.ts';

export const alertInstanceExamples: ExamplesOf<typeof alertInstanceRoutes> = {
  listAlerts: {
    answer: {
      items: [
        {
          id: 'al_c3e746ad020b925787e27ec0',
          sequence: 1,
          ruleId: 'anything',
          ruleName: 'Invocations at all',
          signal: 'metric',
          severity: 'critical',
          runbookUrl: null,
          summary: 'search: Invocations at all: 17,316 (n = 17,316), threshold > 0',
          summaryCode: summaryCode(
            { subject: 'search', rule: 'Invocations at all', unit: 'count' },
            { valueQuantity: 17316, n: 17316, thresholdQuantity: 0 },
          ),
          value: 17316,
          threshold: 0,
          unit: 'count',
          n: 17316,
          coverage: 1,
          window: { from: '2026-11-21T07:57:00.000Z', to: '2026-11-28T07:57:00.000Z' },
          startsAt: '2026-11-28T07:56:50.000Z',
          endsAt: null,
          reason: null,
          labels: {
            account: '000000000000',
            region: 'eu-west-1',
            function: 'search',
            alertname: 'Invocations at all',
            severity: 'critical',
          },
          annotations: {},
          interval: null,
          evidence: [
            {
              requestId: 'd83a5be3-faab-4a20-a49c-c54ad88610bd',
              logStream: '2026/11/28/[$LATEST]d6e6550531c1ce2e9415c6f53bab4596',
              timestamp: '2026-11-28T06:59:01.615Z',
              status: 'success',
              cause: null,
              line: 'REPORT RequestId: d83a5be3-faab-4a20-a49c-c54ad88610bd\tDuration: 176.40 ms\tBilled Duration: 177 ms\tMemory Size: 2048 MB\tMax Memory Used: 157 MB\t\nXRAY TraceId...',
            },
          ],
          state: 'firing',
          failing: false,
          silenced: false,
          inhibited: false,
          notifies: ['team-pager'],
        },
      ],
      nextCursor: null,
    },
  },
  listAlertHistory: {
    query: { limit: 50 },
    answer: {
      items: [
        {
          id: 'al_2a15e7691d148d1c28f1c3c2',
          sequence: 1,
          ruleId: 'anything',
          ruleName: 'Invocations at all',
          signal: 'metric',
          severity: 'critical',
          runbookUrl: null,
          summary: 'pricing: Invocations at all: 160 (n = 160), threshold > 0',
          summaryCode: summaryCode(
            { subject: 'pricing', rule: 'Invocations at all', unit: 'count' },
            { valueQuantity: 160, n: 160, thresholdQuantity: 0 },
          ),
          value: 160,
          threshold: 0,
          unit: 'count',
          n: 160,
          coverage: 1,
          window: { from: '2026-11-21T07:56:50.000Z', to: '2026-11-28T07:56:50.000Z' },
          startsAt: '2026-11-28T07:56:50.000Z',
          endsAt: null,
          reason: null,
          labels: {
            account: '000000000000',
            region: 'eu-west-1',
            function: 'pricing',
            alertname: 'Invocations at all',
            severity: 'critical',
          },
          annotations: {},
          interval: null,
          evidence: [
            {
              requestId: '0f333c86-2464-429a-a502-b86da314f2ca',
              logStream: '2026/11/28/[$LATEST]75420b8effb8c5772cc14d6d083f0154',
              timestamp: '2026-11-28T06:57:01.526Z',
              status: 'success',
              cause: null,
              line: 'REPORT RequestId: 0f333c86-2464-429a-a502-b86da314f2ca\tDuration: 427.99 ms\tBilled Duration: 973 ms\tMemory Size: 1024 MB\tMax Memory Used: 166 MB\tInit Duration...',
            },
          ],
          status: 'firing',
          at: '2026-11-28T07:56:54.373Z',
        },
      ],
      nextCursor: null,
    },
  },
};
