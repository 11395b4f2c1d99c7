/** Reads the failures around one hour of a function, with their lines. */
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import type { FaultKind } from '../../../../ingest/records/fault-line.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { FAULT_AFTER_END_MS } from '../../../analytics/cold-starts/fault-match.ts';
import type { FailedInit, FaultOfFunction, HourErrors, ToldFailure } from '../../../analytics/errors/hour.ts';
import { countErrors, toldFailures } from '../../../analytics/errors/hour.ts';
import { STATUS } from '../../enums.ts';
import { invocationRows } from '../insert/invocation-rows.ts';
import { isOwnLine } from '../insert/own-line.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** Failed attempts of an hour that are read. */
const MOST_FAILURES = 100_000;

interface Hour {
  readonly functionId: number;
  readonly hourMs: number;
  /** Attempts that ended later are left out, epoch ms. */
  readonly settledMs: number;
}

/** Failures that ended in the hour, by group. */
export async function hourErrors(client: ClickHouseQueryClient, hour: Hour): Promise<HourErrors> {
  return countErrors(await hourFailures(client, hour));
}

/** Failed attempts of the hour that ended after `settledMs`. */
export async function unsettledFailures(
  client: ClickHouseQueryClient,
  { functionId, hourMs, settledMs }: Hour,
): Promise<number> {
  const row = await client.one<{ n: number }>(`SELECT count() AS n FROM ${FAILED}`, {
    functionId,
    fromMs: Math.max(hourMs, settledMs + 1),
    toMs: hourMs + HOUR_MS,
  });
  return row?.n ?? 0;
}

const FAILED = `${invocationRows(
  'function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}',
)} WHERE judged_status <> ${STATUS.success}`;

const LINES = 'function_id = {functionId:UInt64} AND at_ms >= {fromMs:Int64} AND at_ms < {toMs:Int64}';

/** Failures that ended in the hour, with what their lines say. */
export async function hourFailures(
  client: ClickHouseQueryClient,
  { functionId, hourMs, settledMs }: Hour,
): Promise<readonly ToldFailure[]> {
  const endMs = hourMs + HOUR_MS;
  const lines = { functionId, fromMs: hourMs - LONGEST_RUN_MS, toMs: endMs + FAULT_AFTER_END_MS };
  const [attempts, faults, inits] = await Promise.all([
    client.all<{
      endMs: number;
      requestId: string;
      environmentId: number;
      runMs: number | null;
      durationUs: number;
      status: number;
      errorType: string | null;
      version: string | null;
    }>(
      // A line without a request id may be of an attempt that ends after the hour.
      `SELECT end_ms AS endMs, request_id AS requestId, environment_id AS environmentId, run_ms AS runMs,
         duration_us AS durationUs, judged_status AS status, judged_error_type AS errorType, series_version AS version
       FROM ${FAILED} ORDER BY end_ms, request_id, environment_id LIMIT ${MOST_FAILURES}`,
      { functionId, fromMs: hourMs, toMs: Math.min(endMs + LONGEST_RUN_MS, settledMs + 1) },
    ),
    client.all<Omit<FaultOfFunction, 'isNamed' | 'kind'> & { readonly kind: string }>(
      `SELECT stream_id AS environmentId, at_ms AS atMs, kind, request_id AS requestId, max(f.error_type) AS errorType,
         max(f.message) AS message, max(f.stack) AS stack FROM fault_fact AS f
       WHERE ${LINES} AND ${isOwnLine('fault_fact', LINES, 'kind')} GROUP BY stream_id, at_ms, kind, request_id`,
      lines,
    ),
    client.all<FailedInit>(
      `SELECT environmentId, atMs, errorType FROM (
         SELECT stream_id AS environmentId, at_ms AS atMs, max(f.error_type) AS errorType, max(f.status) AS init_status,
           max(f.phase) AS init_phase FROM init_fact AS f WHERE ${LINES} AND kind = 'init-report'
         GROUP BY stream_id, at_ms
       ) WHERE init_status = 'error' AND ifNull(init_phase, 'init') <> 'invoke' AND environmentId > 0`,
      { functionId, fromMs: hourMs, toMs: endMs },
    ),
  ]);
  if (attempts.length === 0 && faults.length === 0 && inits.length === 0) return [];
  const environments = await client.all<{ id: number; version: string | null; type: string | null }>(
    `SELECT environment_id AS id, version, initialization_type AS type FROM environment FINAL
     WHERE function_id = {functionId:UInt64} AND environment_id IN {ids:Array(UInt64)}`,
    { functionId, ids: [...new Set([...faults, ...inits].map(({ environmentId }) => environmentId))] },
  );
  return toldFailures(
    { fromMs: hourMs, toMs: endMs },
    {
      attempts: attempts.map(({ runMs, status, ...row }) => {
        const stated = STATUSES[status];
        return {
          ...row,
          startMs: runMs === null ? null : row.endMs - runMs,
          status: stated === undefined || stated === 'success' ? 'error' : stated,
        };
      }),
      faults: faults.map((fault) => ({
        ...fault,
        kind: fault.kind as FaultKind,
        isNamed: fault.requestId !== '',
      })),
      inits,
      environments: new Map(
        environments.map(({ id, version, type }) => [id, { version, overlaps: type === 'lambda-managed-instances' }]),
      ),
    },
  );
}
