/** Examples of the operations in ../keep-alive.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { keepAliveRoutes } from '../keep-alive.ts';
import type { ExamplesOf } from '../route.ts';

export const keepAliveExamples: ExamplesOf<typeof keepAliveRoutes> = {
  getFunctionKeepAlive: {
    params: { id: '000000000000:eu-west-1:webhook-fanout' },
    query: { from: 'now-7d', to: 'now' },
    answer: {
      n: 3451,
      deaths: 32,
      medianMs: 593793.083979,
      p10Ms: 526470.683084,
      p90Ms: 669724.332066,
      medianInterval: { low: 520103.66535, high: 824592.7707 },
      curve: [{ idleMs: 1000, survival: 0.996793, low: 0.994964, high: 0.998562 }],
      method:
        'interval-censored survival (Turnbull), band from 200 resamples of hours; median: log-logistic window with evictions; its interval: likelihood ratio',
      methodCode: { code: 'keep-alive-method', parameters: { shape: 'window' } },
      evidence: { invocations: 3749, environments: 36, truncated: false, youngOnly: true },
      reason: null,
    },
  },
};
