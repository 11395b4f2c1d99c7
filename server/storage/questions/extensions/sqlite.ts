/** What extensions cost: init, and the time between the runtime's answer and the end of the invocation. */

import type { ColdStartCauses, TimeRange } from '../../ports.ts';
import { medianUs } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';

/** Newest warm invocations looked at. */
const MOST_RUNS = 2000;
/** Clocks of two lines of one invocation. */
const CLOCK_MS = 5;

interface Group {
  readonly inits: number[];
  readonly after: number[];
}

/**
 * By the set of extensions of the environment. `inRange` selects cold starts, with what `bounds` binds; kind 0 is on-demand.
 * The time after the runtime is Duration less that of `platform.runtimeDone`, which JSON logs print.
 */
export function byExtensions(
  db: Databases,
  query: TimeRange & { readonly functionId: number },
  bounds: object,
  inRange: string,
): ColdStartCauses['byExtensions'] {
  const groups = new Map<string, Group>();
  const names = namesOf(db);
  const groupOf = (key: string): Group => {
    const group = groups.get(key) ?? { inits: [], after: [] };
    groups.set(key, group);
    return group;
  };
  const inits = db.raw
    .prepare<[object], { us: number; names: string | null }>(
      `SELECT init_us AS us, (SELECT group_concat(name, char(10)) FROM (
         SELECT DISTINCT name FROM extension WHERE environment_id = cold_start.environment_id AND kind = 'extension'
         ORDER BY name)) AS names ${inRange} AND kind = 0 AND init_us IS NOT NULL`,
    )
    .iterate(bounds);
  // There may be hundreds of thousands: one at a time, and only the figure of each is kept.
  for (const one of inits) groupOf(one.names ?? '').inits.push(one.us);
  const runs = db.raw
    .prepare<[number, number, number], { environmentId: number; us: number }>(
      `SELECT runs.environment_id AS environmentId, duration_us - runtime_us AS us FROM (
         SELECT environment_id, request_id, end_ms, duration_us FROM invocation
         WHERE function_id = ? AND end_ms >= ? AND end_ms < ? AND status = 0 AND cold IS NULL
         ORDER BY end_ms DESC LIMIT ${MOST_RUNS}
       ) AS runs JOIN runtime_done AS done ON done.environment_id = runs.environment_id
         AND done.request_id = runs.request_id
         AND done.at_ms BETWEEN end_ms - duration_us / 1000 - ${CLOCK_MS} AND end_ms + ${CLOCK_MS}`,
    )
    .all(query.functionId, query.fromMs, query.toMs);
  for (const { environmentId, us } of runs) groupOf(names(environmentId)).after.push(Math.max(0, us));
  return [...groups].map(([key, { inits: initsUs, after }]) => ({
    extensions: key === '' ? [] : key.split('\n'),
    n: initsUs.length,
    initMedianMs: medianUs(initsUs),
    afterRuntimeMs: { n: after.length, median: medianUs(after) },
  }));
}

/** The names of an environment's extensions, one a line, in order; each environment is asked for once. */
function namesOf(db: Databases): (environmentId: number) => string {
  const known = new Map<number, string>();
  const select = db.raw
    .prepare<[number], string>(
      "SELECT DISTINCT name FROM extension WHERE environment_id = ? AND kind = 'extension' ORDER BY name",
    )
    .pluck();
  return (environmentId) => {
    const found = known.get(environmentId) ?? select.all(environmentId).join('\n');
    known.set(environmentId, found);
    return found;
  };
}
