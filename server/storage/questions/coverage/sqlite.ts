/** Counts behind coverage: per function, over the last days. */
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { sql } from 'kysely';
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';
import type { Databases } from '../../sqlite/databases.ts';

/** An invocation runs for fifteen minutes at most; its lines take some more. */
const OVERDUE_MS = 20 * 60_000;

interface Hours {
  readonly functionId: number;
  readonly name: string;
  readonly invocations: number;
  readonly withStart: number;
  readonly coldOnDemand: number;
  readonly activeHours: number;
  readonly firstHour: number;
  readonly lastHour: number;
}

export async function coverage(
  db: Databases,
  query: { readonly fromMs: number; readonly nowMs: number },
): Promise<readonly FunctionCoverage[]> {
  const hours = await sql<Hours>`
    SELECT f.id AS functionId, f.name AS name, sum(r.n) AS invocations, sum(r.with_start) AS withStart,
      sum(r.cold_on_demand) AS coldOnDemand, count(DISTINCT r.bucket) AS activeHours, min(r.bucket) AS firstHour,
      max(r.bucket) AS lastHour
    FROM function f CROSS JOIN rollup_1h r ON r.function_id = f.id AND r.bucket >= ${query.fromMs}
    WHERE f.last_seen_ms >= ${query.fromMs}
    GROUP BY f.id`.execute(db.telemetry);
  const overdue = await sql<{ functionId: number; n: number }>`
    SELECT e.function_id AS functionId, count(*) AS n
    FROM pending_start p JOIN environment e ON e.id = p.environment_id JOIN function f ON f.id = e.function_id
    WHERE p.start_ms >= ${query.fromMs} AND p.start_ms < min(f.last_seen_ms, ${query.nowMs}) - ${OVERDUE_MS}
    GROUP BY e.function_id`.execute(db.telemetry);
  const inits = await sql<{ functionId: number; n: number }>`
    SELECT e.function_id AS functionId, count(*) AS n
    FROM function f CROSS JOIN environment e ON e.function_id = f.id AND e.last_seen_ms >= ${query.fromMs}
    WHERE f.last_seen_ms >= ${query.fromMs} AND e.init_start_ms IS NOT NULL
    GROUP BY e.function_id`.execute(db.telemetry);
  const overdueOf = new Map(overdue.rows.map((row) => [row.functionId, row.n]));
  const initsOf = new Map(inits.rows.map((row) => [row.functionId, row.n]));
  return hours.rows.map((row) => ({
    name: row.name,
    invocations: row.invocations,
    withStart: row.withStart,
    coldOnDemand: row.coldOnDemand,
    initStarts: initsOf.get(row.functionId) ?? 0,
    overdueStarts: overdueOf.get(row.functionId) ?? 0,
    activeHours: row.activeHours,
    hours: (row.lastHour - row.firstHour) / HOUR_MS + 1,
    silentHours: Math.max(0, Math.floor((query.nowMs - row.lastHour - HOUR_MS) / HOUR_MS)),
  }));
}
