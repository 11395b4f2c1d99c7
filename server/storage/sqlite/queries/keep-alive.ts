/** How long idle environments of one function live: from the runs of its environments, the newest first. */
import { Random } from '../../../../ingest/random.ts';
import type { AgedIdlePeriod, EnvironmentLife } from '../../../analytics/keep-alive/idle-periods.ts';
import { idlePeriods } from '../../../analytics/keep-alive/idle-periods.ts';
import { FEWEST_DEATHS, survivalOf } from '../../../analytics/keep-alive/survival.ts';
import type { FunctionFilter, KeepAlive, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';
import { narrows, seriesIn } from './shared.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number };

interface Run {
  readonly environmentId: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  /** When the request came that waited for this environment's init; null where none did. */
  readonly demandedMs: number | null;
}

/** Status codes that end the environment with the invocation: timeout, out of memory, exit. */
const ENDS_ENVIRONMENT: ReadonlySet<number> = new Set([1, 3, 4]);

export async function keepAlive(db: Databases, query: Query): Promise<KeepAlive> {
  const series = await seriesIn(db, [query.functionId], query);
  let select = db.telemetry
    .selectFrom('invocation')
    .select(['environment_id', 'series_id', 'end_ms', 'run_ms', 'duration_us', 'status', 'user_felt', 'init_us'])
    .where('function_id', '=', query.functionId)
    .where('end_ms', '>=', query.fromMs)
    .where('end_ms', '<', query.toMs)
    .orderBy('end_ms', 'desc')
    .limit(query.maxRuns + 1);
  if (narrows(query)) select = select.where('series_id', 'in', [...series.keys()]);
  const rows = await select.execute();
  const looked = rows.slice(0, query.maxRuns);
  // One configuration at a time: a request never goes to an environment of another version or size.
  const bySeries = new Map<number, Map<number, Run[]>>();
  for (const row of looked) {
    const environments = bySeries.get(row.series_id) ?? new Map<number, Run[]>();
    bySeries.set(row.series_id, environments);
    const runs = environments.get(row.environment_id) ?? [];
    environments.set(row.environment_id, runs);
    const startMs = row.end_ms - (row.run_ms ?? row.duration_us / 1000);
    runs.push({
      environmentId: row.environment_id,
      startMs,
      endMs: row.end_ms,
      failed: ENDS_ENVIRONMENT.has(row.status),
      demandedMs: row.user_felt === 1 && row.init_us !== null ? startMs - row.init_us / 1000 : null,
    });
  }
  const born = await bornOf(db, query);
  const periods = [...bySeries.values()].flatMap((environments) =>
    idlePeriods([...environments].map(([id, runs]) => lifeOf(runs.toReversed(), born.get(id)))),
  );
  return {
    ...curveOf(periods, query.functionId),
    invocations: looked.length,
    environments: [...bySeries.values()].reduce((sum, environments) => sum + environments.size, 0),
    truncated: rows.length > query.maxRuns,
  };
}

function lifeOf(runs: readonly Run[], bornMs: number | undefined): EnvironmentLife {
  return {
    bornMs: bornMs ?? runs[0]?.startMs ?? 0,
    runs,
    demandedMs: runs.find((run) => run.demandedMs !== null)?.demandedMs ?? null,
    crashed: runs.at(-1)?.failed ?? false,
  };
}

/** Young environments alone where they say enough: older ones are also recycled for their age. */
function curveOf(
  periods: readonly AgedIdlePeriod[],
  seed: number,
): Pick<KeepAlive, 'survival' | 'deaths' | 'n' | 'youngOnly'> {
  const told = periods.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY || period.afterMs > 0);
  const young = told.filter((period) => period.young);
  const youngOnly = deathsOf(young) >= FEWEST_DEATHS;
  const used = youngOnly ? young : told;
  const random = new Random(seed);
  return {
    n: used.length,
    deaths: deathsOf(used),
    youngOnly,
    survival: survivalOf(used, () => random.next()),
  };
}

function deathsOf(periods: readonly AgedIdlePeriod[]): number {
  return periods.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY).length;
}

async function bornOf(db: Databases, query: Query): Promise<ReadonlyMap<number, number>> {
  const rows = await db.telemetry
    .selectFrom('environment')
    .select(['id', 'first_seen_ms'])
    .where('function_id', '=', query.functionId)
    .where('last_seen_ms', '>=', query.fromMs)
    .execute();
  return new Map(rows.map((row) => [row.id, row.first_seen_ms]));
}
