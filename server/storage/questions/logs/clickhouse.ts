/** Search of log lines: a thread runs it (storage/clickhouse/lines/search.ts). */
import { answerOf } from '../../clickhouse/lines/line-threads.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { LogPage, LogQuery } from './types.ts';

export function logs({ lines, signal }: QueryContext, query: LogQuery): Promise<LogPage> {
  return answerOf(lines, { op: 'search', query }, signal);
}
