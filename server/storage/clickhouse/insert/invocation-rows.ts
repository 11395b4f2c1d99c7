/** SQL for classified invocations: facts merged by key, with their classification. */
import { CLASSIFICATION_AT, CLASSIFICATION_SQL, IS_COPY } from '../classify/classification.ts';

/**
 * Returns a subquery with one row per invocation: `function_id`, `end_ms`, `request_id`, `environment_id`, `run_ms` and
 * the fields of the port. `where` filters on the key before rows are merged; it must bound the function and the time.
 */
export function invocationRows(where: string): string {
  return `(SELECT function_id, end_ms, request_id, stream_id AS environment_id, ${CLASSIFICATION_SQL.version} AS series_version,
    memory_mb, if(start_ms > end_ms, 0, end_ms - start_ms) AS run_ms, duration_us, billed_ms, max_memory_mb, ${CLASSIFICATION_SQL.status} AS judged_status,
    ${CLASSIFICATION_SQL.cold} AS cold, ${CLASSIFICATION_SQL.userFelt} AS user_felt, init_us, restore_us, billed_restore_ms,
    ${CLASSIFICATION_SQL.errorType} AS judged_error_type, ${CLASSIFICATION_SQL.hiddenInitUs} AS hidden_init_us,
    ${CLASSIFICATION_SQL.initTimedOut} AS init_timed_out, sampled, trace_id, segment_id, tenant
   FROM ${mergedFacts(where)})`;
}

/**
 * Returns a subquery with one row per invocation: its facts and the stored `verdict`. Facts with and without the log stream are
 * of one invocation if request id and end are the same.
 */
export function mergedFacts(where: string): string {
  return `(SELECT * EXCEPT(known_stream), known_stream AS stream_id FROM (
   SELECT function_id, end_ms, request_id, max(f.stream_id) AS known_stream, max(f.start_ms) AS start_ms, max(f.duration_us) AS duration_us,
    max(f.billed_ms) AS billed_ms, max(f.memory_mb) AS memory_mb, max(f.max_memory_mb) AS max_memory_mb,
    max(f.init_us) AS init_us, max(f.restore_us) AS restore_us, max(f.billed_restore_ms) AS billed_restore_ms,
    max(f.status) AS status, max(f.error_type) AS error_type, max(f.sampled) AS sampled, max(f.trace_id) AS trace_id,
    max(f.segment_id) AS segment_id, max(f.tenant) AS tenant, max(f.version) AS version, max(f.received_ms) AS received_ms,
    if(known_stream = 0, max(f.verdict), maxIf(f.verdict, f.stream_id > 0)) AS verdict
   FROM invocation_fact AS f WHERE ${where} GROUP BY function_id, end_ms, request_id HAVING NOT ${IS_COPY}))`;
}

/**
 * Returns a condition for {@link invocationRows}: some classification of the invocation was a cold start. Rows that a
 * later classification made warm still match. Reads one column of rows that do not match.
 */
export function wasOnceCold(where: string): string {
  return `(function_id, end_ms, request_id) IN (SELECT function_id, end_ms, request_id FROM invocation_fact
    WHERE ${where} AND verdict <> '' AND substring(verdict, ${CLASSIFICATION_AT.cold}, 1) <> '-')`;
}
