/** Examples of the operations in ../otlp.ts. */
import type { otlpRoutes } from '../otlp.ts';
import type { ExamplesOf } from '../route.ts';

export const otlpExamples: ExamplesOf<typeof otlpRoutes> = {
  otlpTraces: {
    body: {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'faas.name', value: { stringValue: 'checkout' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '6b0a12ad000000000000000000000005',
                  spanId: '00f067aa0ba902b7',
                  name: 'checkout',
                  kind: 2,
                  startTimeUnixNano: '1795000000000000000',
                  endTimeUnixNano: '1795000000250000000',
                  attributes: [
                    {
                      key: 'faas.invocation_id',
                      value: { stringValue: '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c' },
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
    answer: {},
  },
  otlpLogs: {
    body: {
      resourceLogs: [
        {
          scopeLogs: [
            { logRecords: [{ timeUnixNano: '1795000000000000000', body: { stringValue: 'order 17 is paid' } }] },
          ],
        },
      ],
    },
    answer: {
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage:
          '1 log record was not stored: otlp-function-not-named (1). They are kept as dead letters: see the Ingest page',
      },
    },
  },
};
