/** Examples of the operations in ../health.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { healthRoutes } from '../health.ts';
import type { ExamplesOf } from '../route.ts';

export const healthExamples: ExamplesOf<typeof healthRoutes> = {
  getHealth: { answer: { status: 'ok' } },
  getReadiness: { answer: { status: 'ready', warnings: [] } },
  getMetrics: {
    answer:
      '# HELP process_cpu_user_seconds_total Total user CPU time spent in seconds.\n# TYPE process_cpu_user_seconds_total counter\nprocess_cpu_user_seconds_total 8.99...',
  },
  getOpenApi: {
    answer: {
      openapi: '3.1.0',
      info: { title: 'Thermocline', version: '0.1.0', description: 'Observability for AWS Lambda' },
      components: { schemas: {} },
      paths: {
        '/healthz': {
          get: {
            operationId: 'getHealth',
            summary: 'Liveness: the process answers',
            'x-scope': 'public',
            responses: { '200': { description: 'Success' } },
          },
        },
      },
    },
  },
};
