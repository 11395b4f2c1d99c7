/** Settings of the export of metrics by OTLP. */
import * as z from 'zod';
import { secretReference } from './secret-reference.ts';
import { number } from './setting-numbers.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'expected a URL such as https://otlp.example.com/v1/metrics' })
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password, hash } = new URL(text);
    return username === '' && password === '' && hash === '';
  }, 'expected a URL without user, password and fragment: THERMOCLINE_OTLP_METRICS_HEADERS has credentials');

export const metricExportVariables = {
  THERMOCLINE_OTLP_METRICS_URL: url
    .optional()
    .describe(
      'Address that derived metrics are sent to by OTLP/HTTP, as it is, such as `https://otlp.example.com/v1/metrics`. Private networks as for webhooks. Unset: nothing is sent',
    ),
  THERMOCLINE_OTLP_METRICS_HEADERS: secretReference
    .optional()
    .describe(
      'Where the headers of these requests are: `env:NAME` or `file:/path`, with a text such as `authorization=Bearer%20TOKEN`, as in `OTEL_EXPORTER_OTLP_HEADERS`',
    ),
  THERMOCLINE_OTLP_METRICS_SECONDS: number(10, 3600, true)
    .default(60)
    .describe('Interval at which derived metrics are sent, in seconds'),
  THERMOCLINE_OTLP_METRICS_ENCODING: z
    .enum(['protobuf', 'json'], {
      error: ({ input }) => `expected protobuf or json, got ${JSON.stringify(String(input).slice(0, 50))}`,
    })
    .default('protobuf')
    .describe('Encoding of these requests: `protobuf` or `json`'),
} as const;
