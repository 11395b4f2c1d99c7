/** Sampled invocations whose trace is not stored yet. */
import type { NotNull } from 'kysely';
import { sql } from 'kysely';
import { traceText } from '../../../../ingest/batch/request-id.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TraceToFetch } from './types.ts';

interface Values {
  fromMs: number;
  askedBeforeMs: number;
  maxTries: number;
  limit: number;
}

const TRACES_TO_FETCH = telemetryStatement((db, param: Param<Values>) =>
  db
    .selectFrom('function')
    .crossJoin('invocation')
    .leftJoin('trace_attempt', 'trace_attempt.trace_id', 'invocation.trace_id')
    .select(['invocation.trace_id as traceId', 'function.region', 'function.account'])
    .select(sql<number>`max(invocation.cold IS NOT NULL)`.as('cold'))
    .whereRef('invocation.function_id', '=', 'function.id')
    .where('invocation.end_ms', '>=', param('fromMs'))
    .where('function.last_seen_ms', '>=', param('fromMs'))
    .where('invocation.trace_id', 'is not', null)
    .$narrowType<{ traceId: NotNull }>()
    .where('invocation.sampled', '=', 1)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('trace_segment').select('id').whereRef('trace_segment.trace_id', '=', 'invocation.trace_id')),
      ),
    )
    .where((eb) =>
      eb.or([
        eb('trace_attempt.trace_id', 'is', null),
        eb.and([eb('tries', '<', param('maxTries')), eb('last_ms', '<', param('askedBeforeMs'))]),
      ]),
    )
    .groupBy('invocation.trace_id')
    .orderBy('cold', 'desc')
    .orderBy(({ fn }) => fn.max('invocation.end_ms'), 'desc')
    .limit(param('limit')),
);

/** Sampled invocations whose trace is not stored: cold starts first, then the newest. */
export async function tracesToFetch(
  { telemetry }: Databases,
  query: { readonly fromMs: number; readonly askedBeforeMs: number; readonly maxTries: number; readonly limit: number },
): Promise<readonly TraceToFetch[]> {
  return TRACES_TO_FETCH.all(telemetry, query).map((row) => ({
    traceId: typeof row.traceId === 'string' ? row.traceId : traceText(row.traceId),
    account: row.account,
    region: row.region,
    cold: row.cold === 1,
  }));
}
