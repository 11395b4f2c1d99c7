/** Reads Lambda Insights: one embedded-metric document per invocation, in `/aws/lambda-insights`. */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Json } from './json.ts';
import { booleanAt, numberAt, objectAt, textAt } from './json.ts';
import { xrayTraceId } from './trace-id.ts';

export function readInsights(document: Json): DocumentResult {
  const requestId = textAt(document, 'request_id');
  const functionName = textAt(document, 'function_name');
  if (requestId === null || functionName === null) return { ok: false, reason: 'insights-without-request-id' };
  const number = (key: string): number | null => numberAt(document, key);
  const cold = numberAt(document, 'cold_start');
  return {
    ok: true,
    records: [
      {
        kind: 'resource-use',
        functionName,
        version: textAt(document, 'version'),
        requestId,
        atMs: numberAt(objectAt(document, '_aws'), 'Timestamp'),
        traceId: xrayTraceId(textAt(document, 'trace_id')),
        coldStart: cold === null ? booleanAt(document, 'cold_start') : cold !== 0,
        durationMs: number('duration'),
        billedMbMs: number('billed_mb_ms'),
        initDurationMs: number('init_duration'),
        usedMemoryMaxMb: number('used_memory_max'),
        totalMemoryMb: number('total_memory'),
        cpuUserMs: number('cpu_user_time'),
        cpuSystemMs: number('cpu_system_time'),
        cpuTotalMs: number('cpu_total_time'),
        rxBytes: number('rx_bytes'),
        txBytes: number('tx_bytes'),
        tmpFreeBytes: number('tmp_free'),
        tmpMaxBytes: number('tmp_max'),
        fdUse: number('fd_use'),
        threadsMax: number('threads_max'),
        timedOut: document['timeout'] === true || document['timeout'] === 1,
        shutdownReason: textAt(document, 'shutdown_reason'),
      },
    ],
  };
}
