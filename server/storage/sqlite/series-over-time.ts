/** Which series of a function match a filter, and when: the architecture of a series may change. */
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import { spansOf } from '../../analytics/cost/architectures.ts';
import type { FunctionFilter, FunctionIdentity, TimeRange } from '../ports.ts';
import { architecturesOf } from './architectures.ts';
import type { Databases } from './databases.ts';
import type { TelemetryTables } from './schema.ts';
import type { Series } from './series.ts';

interface SeriesSpan extends TimeRange {
  readonly seriesIds: readonly number[];
}

/** `series`: those of the function that match the filter's version and memory size. */
export function seriesOverTime(
  db: Databases,
  owner: FunctionIdentity | undefined,
  series: ReadonlyMap<number, Series>,
  query: TimeRange & FunctionFilter,
): readonly SeriesSpan[] {
  if (owner === undefined) return [];
  const { architecture, fromMs, toMs } = query;
  const own = [...series].filter(([, one]) => one.functionId === owner.functionId);
  if (architecture === undefined) return [{ fromMs, toMs, seriesIds: own.map(([id]) => id) }];
  return spansOf(architecturesOf(db, [owner.functionId]), owner, query).map((span) => ({
    fromMs: span.fromMs,
    toMs: span.toMs,
    seriesIds: own.filter(([, one]) => span.of(one.version) === architecture).map(([id]) => id),
  }));
}

/** Condition that an invocation is of a span. */
export function matches(
  eb: ExpressionBuilder<TelemetryTables, 'invocation'>,
  { seriesIds, fromMs, toMs }: SeriesSpan,
): ExpressionWrapper<TelemetryTables, 'invocation', SqlBool> {
  return eb.and([
    eb('invocation.series_id', 'in', [...seriesIds]),
    eb('invocation.end_ms', '>=', fromMs),
    eb('invocation.end_ms', '<', toMs),
  ]);
}
