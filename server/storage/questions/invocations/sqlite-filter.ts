/** What lists of invocations on SQLite share: the filters of their rows, the newest first, and where a page ended. */
import type { Expression, SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import { requestIdText, traceBytes } from '../../../../ingest/batch/request-id.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { STATUS } from '../../enums.ts';
import type { InvocationQuery } from '../../ports.ts';
import type { InvocationRow, TelemetryTables } from '../../sqlite/schema.ts';
import { START_SLOT } from '../causes/sqlite.ts';
import type { InvocationCursor } from './cursor.ts';

/** The function of a row in the indexes of cold starts and of failures, which a query has SQLite use by this. */
export const INDEXED_FUNCTION = sql<number>`(invocation.function_id + 0)`;

/** The function of a row, by which a list with these filters finds its rows. */
export function functionColumn({ cold, cause, status }: InvocationQuery): Expression<number> {
  const isRare = cold === true || cause !== undefined || (status !== undefined && status !== 'success');
  return isRare ? INDEXED_FUNCTION : sql.ref('invocation.function_id');
}

/** Keeps the rows that the filters select, other than those of series. */
export function narrowed<O>(
  select: SelectQueryBuilder<TelemetryTables, 'invocation', O>,
  query: InvocationQuery,
): SelectQueryBuilder<TelemetryTables, 'invocation', O> {
  let narrowed = select;
  if (query.cold !== undefined) narrowed = narrowed.where('cold', query.cold ? 'is not' : 'is', null);
  if (query.status !== undefined) narrowed = narrowed.where('status', '=', STATUSES.indexOf(query.status));
  // So that SQLite uses the index of failures.
  if (query.status !== undefined && query.status !== 'success')
    narrowed = narrowed.where('status', '<>', STATUS.success);
  if (query.minDurationMs !== undefined)
    narrowed = narrowed.where('duration_us', '>=', Math.round(query.minDurationMs * 1000));
  if (query.traceId !== undefined) {
    const bytes = traceBytes(query.traceId);
    narrowed = narrowed.where('trace_id', '=', bytes === null ? query.traceId : Buffer.from(bytes));
  }
  if (query.traced !== undefined)
    narrowed = narrowed.where((eb) => eb(eb.fn.coalesce('sampled', eb.lit(0)), query.traced === true ? '=' : '<>', 1));
  const { tenant } = query;
  if (tenant !== undefined) {
    narrowed = narrowed.where('tenant_id', '=', (eb) =>
      eb.selectFrom('label').select('label.id').where('text', '=', tenant),
    );
  }
  if (query.cause !== undefined) {
    const cause = CAUSES.indexOf(query.cause);
    narrowed = narrowed
      .where('cold', 'is not', null)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('cold_start')
            .select('cold_start.cause')
            .whereRef('cold_start.function_id', '=', 'invocation.function_id')
            .where('cold_start.slot_ms', '=', START_SLOT)
            .whereRef('cold_start.end_ms', '=', 'invocation.end_ms')
            .whereRef('cold_start.request_id', '=', 'invocation.request_id')
            .whereRef('cold_start.environment_id', '=', 'invocation.environment_id')
            .where('cold_start.cause', '=', cause),
        ),
      );
  }
  return narrowed;
}

export function newestFirst(a: InvocationRow, b: InvocationRow): number {
  return (
    b.end_ms - a.end_ms ||
    b.function_id - a.function_id ||
    b.environment_id - a.environment_id ||
    compareIds(b.request_id, a.request_id)
  );
}

/** Compares like SQLite, which sorts text before blobs. */
function compareIds(a: InvocationRow['request_id'], b: InvocationRow['request_id']): number {
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function cursorOf({
  end_ms: endMs,
  function_id: functionId,
  environment_id: environmentId,
  request_id: id,
}: InvocationRow): InvocationCursor {
  return { endMs, functionId, environmentId, requestId: requestIdText(id) };
}
