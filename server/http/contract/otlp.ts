/** OTLP/HTTP: what exporters and collectors of OpenTelemetry send. Answers and failures have the forms of the protocol. */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

/** int64 in the JSON of Protocol Buffers. */
const int64 = z.string().regex(/^\d+$/);

const tracesAnswer = z
  .object({
    partialSuccess: z
      .object({ rejectedSpans: int64, errorMessage: z.string() })
      .optional()
      .describe('Absent if every span was stored'),
  })
  .meta({ id: 'ExportTraceServiceResponse' });

const logsAnswer = z
  .object({
    partialSuccess: z
      .object({ rejectedLogRecords: int64, errorMessage: z.string() })
      .optional()
      .describe('Absent if every log record was stored'),
  })
  .meta({ id: 'ExportLogsServiceResponse' });

/** google.rpc.Status. */
export const otlpStatus = z
  .object({ code: z.number().int().describe('google.rpc.Code'), message: z.string() })
  .meta({ id: 'OtlpStatus' });

const OTLP_TYPES = ['application/x-protobuf', 'application/json'] as const;

export const otlpRoutes = declareRoutes({
  otlpTraces: {
    method: 'post',
    path: '/v1/traces',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store spans of OpenTelemetry (OTLP/HTTP)',
    bodyTypes: OTLP_TYPES,
    answer: tracesAnswer,
  },
  otlpLogs: {
    method: 'post',
    path: '/v1/logs',
    scope: 'ingest',
    tag: 'Ingest',
    summary: 'Store log records of OpenTelemetry (OTLP/HTTP), among them events of the Telemetry API',
    bodyTypes: OTLP_TYPES,
    answer: logsAnswer,
  },
});
