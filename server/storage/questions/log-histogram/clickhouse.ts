/** Counts matches of a log search: a thread does it (storage/clickhouse/lines/count.ts). */
import { answerOf } from '../../clickhouse/lines/line-threads.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { LogHistogram, LogHistogramQuery } from './types.ts';

export function logHistogram({ lines, signal }: QueryContext, query: LogHistogramQuery): Promise<LogHistogram> {
  return answerOf(lines, { op: 'count', query }, signal);
}
