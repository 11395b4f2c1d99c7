/** The reader port on ClickHouse. */
import type { TelemetryReader } from '../ports.ts';
import { attributeHours, idleTimes, initGaps, staleHours } from '../questions/attribution/clickhouse.ts';
import type { AttributionReader } from '../questions/attribution/types.ts';
import { telemetryReaderOf } from '../questions/telemetry-reader.generated.ts';
import type { QueryContext } from './query-context.ts';
import { telemetryQuestions } from './telemetry-questions.generated.ts';

/** Returns the reader of telemetry and attribution; the parts of one question share identical queries. */
export function telemetryReader(context: QueryContext): TelemetryReader & AttributionReader {
  const call =
    <K extends keyof TelemetryReader>(name: K) =>
    (query: Parameters<TelemetryReader[K]>[0]): ReturnType<TelemetryReader[K]> =>
      telemetryQuestions[name]({ ...context, client: context.client.forOneQuestion() }, query);
  return {
    ...telemetryReaderOf(call),
    staleHours: (query) => staleHours(context.client, context.shard(), query),
    attributeHours: (query) => attributeHours(context.client, query),
    idleTimes: (query) => idleTimes(context.client, query),
    initGaps: (query) => initGaps(context.client, query),
  };
}
