/** Attribution's reads: hours that are pending, and their cold starts with causes. The replay is in analytics/cold-starts. */

import type { Kysely, NotNull } from 'kysely';
import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { MIN_PROACTIVE_THRESHOLD_MS } from '../../../analytics/cold-starts/classify.ts';
import { attributeHour } from '../../../analytics/cold-starts/hour.ts';
import type { AttributedColdStart, CarriedState } from '../../../analytics/cold-starts/hour-state.ts';
import { NO_CARRIED_STATE } from '../../../analytics/cold-starts/hour-state.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import { COLD_KIND } from '../../enums.ts';
import type { AttributedHour, AttributedHours, FunctionIdleTimes, FunctionInitGaps, StaleHour } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { EnvironmentReader } from '../../sqlite/environment-reader.ts';
import { hourErrors, unsettledFailures } from '../../sqlite/hour-failures.ts';
import { boundsOf, RUN_COUNT, runsOf } from '../../sqlite/hour-runs.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { hourState, idleTimeBins, parseStored } from '../../stored-json.ts';
import { packedParts } from './cold-start-parts.ts';
import { coldStartRow } from './result.ts';
import type { ColdStartRow } from './types.ts';

/** Hours before a function's newest that its idle window is estimated from. */
const WINDOW_SLOTS = 14 * 24;

const STALE_HOURS = telemetryStatement((db, param: Param<{ beforeMs: number; limit: number }>) =>
  db
    .selectFrom('dirty_slot')
    .leftJoin('derived_slot', (join) =>
      join
        .onRef('derived_slot.function_id', '=', 'dirty_slot.function_id')
        .onRef('derived_slot.slot_ms', '=', 'dirty_slot.slot_ms'),
    )
    .select(['dirty_slot.function_id as functionId', 'dirty_slot.slot_ms as hourMs', 'changes'])
    .select(['since_ms as sinceMs', 'runs'])
    .where('dirty_slot.slot_ms', '<', param('beforeMs'))
    // The oldest hour of each function, then the second: a function with very many hours does not delay the others.
    .orderBy(sql`row_number() OVER (PARTITION BY dirty_slot.function_id ORDER BY dirty_slot.slot_ms)`)
    .orderBy('dirty_slot.function_id')
    .limit(param('limit')),
);

/** Stale hours by function, oldest first: each hour starts with the state carried out of the one before it. */
export async function staleHours(
  db: Databases,
  query: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly StaleHour[]> {
  return STALE_HOURS.all(db.telemetry, query).toSorted((a, b) => a.functionId - b.functionId || a.hourMs - b.hourMs);
}

interface Query {
  readonly functionId: number;
  /** Starts of hours, epoch ms, ascending. */
  readonly hours: readonly number[];
  /** Invocations that end later are left for the next time, epoch ms. */
  readonly settledMs: number;
  /** Stops after the hour in which this many invocations were read. */
  readonly mostRuns: number;
}

/** Attributes the hours, and those whose starting state changes with them, until `mostRuns` invocations were read. */
export async function attributeHours({ telemetry }: Databases, query: Query): Promise<AttributedHours> {
  const { functionId } = query;
  const window = windowOf(IDLE_WINDOW.get(telemetry, { functionId }));
  const wanted = [...query.hours];
  const infos = new EnvironmentReader(telemetry, functionId);
  const results: AttributedHour[] = [];
  let carried = closingBefore(telemetry, functionId, wanted[0] ?? 0);
  let read = 0;
  let moved = false;
  for (let hourMs = wanted.shift(); hourMs !== undefined; hourMs = wanted.shift()) {
    const stored = STORED_CLOSING.get(telemetry, { functionId, hourMs });
    const wholeMs = hourMs + HOUR_MS + LONGEST_RUN_MS;
    const until = Math.min(wholeMs, query.settledMs + 1);
    const bounds = boundsOf(functionId, hourMs, hourMs, until);
    const { cold, runs } = runsOf(telemetry, bounds);
    const derived = attributeHour(hourMs, { cold, runs }, infos, carried);
    read += runs.count;
    infos.forget();
    const closing = JSON.stringify(derived.closing);
    results.push({
      hourMs,
      changesSeen: CHANGES_SEEN.get(telemetry, { functionId, hourMs }) ?? 0,
      unsettled:
        until === wholeMs
          ? 0
          : (RUN_COUNT.get(telemetry, boundsOf(functionId, hourMs, until, wholeMs)) ?? 0) +
            unsettledFailures(telemetry, { functionId, hourMs, settledMs: query.settledMs }),
      runs: runs.count,
      idleTimes: JSON.stringify([...derived.idleTimes].toSorted(([a], [b]) => a - b).map(([bin, n]) => [bin, ...n])),
      carryOut: closing,
      coldStarts: packedParts(rowsOf(derived.coldStarts, window)),
      changes: derived.changes,
      // Hours that only start from another state have the same failures as before.
      errors: query.hours.includes(hourMs)
        ? hourErrors(telemetry, { functionId, hourMs, settledMs: query.settledMs })
        : null,
    });
    if (runs.count > 0) carried = derived.closing;
    const next = NEXT_HOUR.get(telemetry, { functionId, hourMs });
    // An hour without invocations passes its starting state on.
    moved = runs.count > 0 ? stored !== closing : moved || stored !== undefined;
    if (moved && next !== undefined && next < (wanted[0] ?? Number.POSITIVE_INFINITY)) wanted.unshift(next);
    const following = wanted[0];
    // Unchanged hours lie between this one and the next wanted one: start from what the last of them carried out.
    if (following !== undefined && next !== undefined && next < following) {
      carried = closingBefore(telemetry, functionId, following);
    }
    if (read >= query.mostRuns) break;
  }
  const left = wanted[0];
  return { hours: results, nextHourMs: left === undefined || query.hours.includes(left) ? null : left };
}

function* rowsOf(coldStarts: readonly AttributedColdStart[], window: IdleWindow | null): Iterable<ColdStartRow> {
  for (const cold of coldStarts) yield coldStartRow(cold, window);
}

const NEWEST_HOURS = telemetryStatement((db) =>
  db
    .selectFrom('derived_slot')
    .select(({ fn }) => ['function_id as functionId', fn.max('slot_ms').as('newestMs')])
    .groupBy('function_id'),
);
const NEWEST_HOUR = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('derived_slot')
    .select('slot_ms')
    .where('function_id', '=', param('functionId'))
    .orderBy('slot_ms', 'desc')
    .limit(1),
).asValues();
const IDLE_TIMES = telemetryStatement((db, param: Param<{ functionId: number; afterMs: number }>) =>
  db
    .selectFrom('derived_slot')
    .select('idle_times')
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '>', param('afterMs')),
).asValues();

/** Idle times of these functions, or of every function, over its newest two weeks. */
export async function idleTimes(
  { telemetry }: Databases,
  { functionIds }: { readonly functionIds?: readonly number[] },
): Promise<readonly FunctionIdleTimes[]> {
  const newest =
    functionIds === undefined
      ? NEWEST_HOURS.all(telemetry)
      : functionIds.flatMap((functionId) => {
          const newestMs = NEWEST_HOUR.get(telemetry, { functionId });
          return newestMs === undefined ? [] : [{ functionId, newestMs }];
        });
  return newest.map(({ functionId, newestMs }) => {
    const times = new Map<number, [number, number]>();
    for (const text of IDLE_TIMES.all(telemetry, { functionId, afterMs: newestMs - WINDOW_SLOTS * HOUR_MS })) {
      const bins = parseStored(idleTimeBins, text, `derived_slot of function ${functionId}: idle_times`) ?? [];
      for (const [bin, reused, terminated] of bins) {
        const [r, g] = times.get(bin) ?? [0, 0];
        times.set(bin, [r + reused, g + terminated]);
      }
    }
    const stored = IDLE_WINDOW.get(telemetry, { functionId });
    return {
      functionId,
      times,
      window: stored === undefined ? null : { window: windowOf(stored), source: stored.source },
    };
  });
}

/** Newest inits per function that the proactive threshold is estimated from. */
const MOST_GAPS = 5000;

const INIT_GAPS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('cold_start')
    .select('platform_ms')
    .where('function_id', '=', param('functionId'))
    .where('kind', '=', COLD_KIND['on-demand'])
    .where('platform_ms', 'is not', null)
    .$narrowType<{ platform_ms: NotNull }>()
    .orderBy('slot_ms', 'desc')
    .orderBy('end_ms', 'desc')
    .orderBy('request_id')
    .orderBy('environment_id')
    .limit(MOST_GAPS),
).asValues();
const PROACTIVE_GAP = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db.selectFrom('function').select('proactive_gap_ms').where('id', '=', param('functionId')),
).asValues();

/** Times between the end of init and START of the newest on-demand inits, ms, and the function's threshold. */
export async function initGaps(
  { telemetry }: Databases,
  query: { readonly functionIds: readonly number[] },
): Promise<readonly FunctionInitGaps[]> {
  return query.functionIds.map((functionId) => ({
    functionId,
    gapsMs: INIT_GAPS.all(telemetry, { functionId }),
    proactiveThresholdMs: PROACTIVE_GAP.get(telemetry, { functionId }) ?? MIN_PROACTIVE_THRESHOLD_MS,
  }));
}

type Telemetry = Databases['telemetry'];

interface Hour {
  functionId: number;
  hourMs: number;
}

const storedHours = (db: Kysely<TelemetryTables>, param: Param<Hour>) =>
  db.selectFrom('derived_slot').where('function_id', '=', param('functionId'));

/** State carried out of an hour when it was last attributed. */
const STORED_CLOSING = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('closing').where('slot_ms', '=', param('hourMs')),
).asValues();
const CLOSING_BEFORE = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('closing').where('slot_ms', '<', param('hourMs')).orderBy('slot_ms', 'desc').limit(1),
).asValues();
const NEXT_HOUR = telemetryStatement((db, param: Param<Hour>) =>
  storedHours(db, param).select('slot_ms').where('slot_ms', '>', param('hourMs')).orderBy('slot_ms').limit(1),
).asValues();
const CHANGES_SEEN = telemetryStatement((db, param: Param<Hour>) =>
  db
    .selectFrom('dirty_slot')
    .select('changes')
    .where('function_id', '=', param('functionId'))
    .where('slot_ms', '=', param('hourMs')),
).asValues();

function closingBefore(telemetry: Telemetry, functionId: number, hourMs: number): CarriedState {
  const before = CLOSING_BEFORE.get(telemetry, { functionId, hourMs });
  if (before === undefined) return NO_CARRIED_STATE;
  const row = `derived_slot of function ${functionId} before ${hourMs}: closing`;
  return parseStored(hourState, before, row) ?? NO_CARRIED_STATE;
}

/** The stored idle window by which a function's cold-start causes are attributed. */
export const IDLE_WINDOW = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('idle_window')
    .select(['window_ms as windowMs', 'surely_ms as surelyMs', 'estimated', 'source'])
    .where('function_id', '=', param('functionId')),
);

/** Null while the window is not known. */
export function windowOf(row: ReturnType<(typeof IDLE_WINDOW)['get']>): IdleWindow | null {
  return row === undefined || row.windowMs === null
    ? null
    : { ms: row.windowMs, surelyMs: row.surelyMs, estimated: row.estimated === 1 };
}
