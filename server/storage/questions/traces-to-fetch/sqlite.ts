/** Sampled invocations whose trace is not stored completely. */
import type { NotNull } from 'kysely';
import { sql } from 'kysely';
import { traceText } from '../../../../ingest/batch/request-id.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TracesToFetchQuery, TraceToFetch } from './types.ts';

interface Values {
  fromMs: number;
  toMs: number;
  /** JSON list, or null. */
  regions: string | null;
  nowMs: number;
  waitMs: number;
  maxTries: number;
  limit: number;
}

/** Condition: a segment of the invocation's trace meets the given condition. */
const segmentWhere = (condition: string) =>
  sql<boolean>`EXISTS (SELECT 1 FROM trace_segment AS s WHERE s.trace_id = invocation.trace_id AND ${sql.raw(condition)})`;

const TRACES_TO_FETCH = telemetryStatement((db, param: Param<Values>) =>
  db
    .selectFrom('function')
    .crossJoin('invocation')
    .leftJoin('trace_attempt', 'trace_attempt.trace_id', 'invocation.trace_id')
    .select(['invocation.trace_id as traceId', 'function.region', 'function.account'])
    .select(sql<number>`max(invocation.cold IS NOT NULL)`.as('cold'))
    .whereRef('invocation.function_id', '=', 'function.id')
    .where('invocation.end_ms', '>=', param('fromMs'))
    .where('invocation.end_ms', '<=', param('toMs'))
    .where(
      sql<boolean>`(${param('regions')} IS NULL OR function.region IN (SELECT value FROM json_each(${param('regions')})))`,
    )
    .where('function.last_seen_ms', '>=', param('fromMs'))
    .where('invocation.trace_id', 'is not', null)
    .$narrowType<{ traceId: NotNull }>()
    .where('invocation.sampled', '=', 1)
    .where(({ or, and, not }) =>
      or([
        not(segmentWhere('1')),
        segmentWhere('s.end_ns IS NULL'),
        and([segmentWhere("s.origin = 'AWS::Lambda'"), not(segmentWhere("s.origin = 'AWS::Lambda::Function'"))]),
      ]),
    )
    .where((eb) =>
      eb.or([
        eb('trace_attempt.trace_id', 'is', null),
        eb.and([
          eb('tries', '<', param('maxTries')),
          // A shift by two multiplies by four.
          sql<boolean>`last_ms + (${param('waitMs')} << (2 * (tries - 1))) <= ${param('nowMs')}`,
        ]),
      ]),
    )
    .groupBy('invocation.trace_id')
    .orderBy('cold', 'desc')
    .orderBy(({ fn }) => fn.max('invocation.end_ms'), 'desc')
    .limit(param('limit')),
);

/** Sampled invocations whose trace is not stored completely: cold starts first, then the newest. */
export async function tracesToFetch(
  { telemetry }: Databases,
  { regions, ...query }: TracesToFetchQuery,
): Promise<readonly TraceToFetch[]> {
  const values = { ...query, regions: regions === null ? null : JSON.stringify(regions) };
  return TRACES_TO_FETCH.all(telemetry, values).map((row) => ({
    traceId: typeof row.traceId === 'string' ? row.traceId : traceText(row.traceId),
    account: row.account,
    region: row.region,
    cold: row.cold === 1,
  }));
}
