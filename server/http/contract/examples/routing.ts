/** Examples of the operations in ../routing.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { ExamplesOf } from '../route.ts';
import type { routingRoutes } from '../routing.ts';

export const routingExamples: ExamplesOf<typeof routingRoutes> = {
  previewAlertRouting: {
    body: { labels: { alertname: 'Error rate above 10 %', severity: 'critical', function: 'checkout' } },
    answer: { matched: [{ route: 0, receiver: 'team-pager' }] },
  },
  getAlertRouting: {
    answer: {
      revision: 'q1vN8sW0c5LkTz2E',
      managed: { routes: null, inhibitions: null },
      inhibitions: [
        {
          source: [{ name: 'alertname', value: 'No lines arrive', isRegex: false, isEqual: true }],
          target: [
            {
              name: 'alertname',
              value: 'Error rate.*|User-felt cold starts.*|Cost per day.*',
              isRegex: true,
              isEqual: true,
            },
          ],
          equal: [],
        },
      ],
      routes: [
        {
          matchers: [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }],
          groupBy: ['alertname'],
          muteTimes: [],
          continue: false,
          receiver: 'team-pager',
          groupWait: '30s',
          groupInterval: '5m',
          repeatInterval: '4h',
        },
      ],
    },
  },
  updateAlertRouting: {
    body: {
      routes: [{ matchers: [{ name: 'severity', value: 'critical' }], receiver: 'team-pager', groupBy: ['alertname'] }],
    },
    answer: {
      revision: 'q1vN8sW0c5LkTz2E',
      managed: { routes: null, inhibitions: null },
      inhibitions: [
        {
          source: [{ name: 'alertname', value: 'No lines arrive', isRegex: false, isEqual: true }],
          target: [
            {
              name: 'alertname',
              value: 'Error rate.*|User-felt cold starts.*|Cost per day.*',
              isRegex: true,
              isEqual: true,
            },
          ],
          equal: [],
        },
      ],
      routes: [
        {
          matchers: [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }],
          groupBy: ['alertname'],
          muteTimes: [],
          continue: false,
          receiver: 'team-pager',
          groupWait: '30s',
          groupInterval: '5m',
          repeatInterval: '4h',
        },
      ],
    },
  },
};
