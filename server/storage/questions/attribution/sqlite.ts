/** Derivation's reads: which hours are due, and what comes of them. The playing itself is analytics/causes. */

import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { COLD_START_KINDS, PROACTIVE_GAP_MS } from '../../../analytics/cold-starts/classify.ts';
import type { ColdStartRun, EnvironmentLife, Lives, Run, Snapshot } from '../../../analytics/cold-starts/hour.ts';
import { deriveSlot, NOTHING_BEFORE } from '../../../analytics/cold-starts/hour.ts';
import type { IdleWindow } from '../../../analytics/cold-starts/idle-window.ts';
import type { AttributedHour, AttributedHours, FunctionIdleTimes, FunctionInitGaps, StaleHour } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { coldStartRow } from './result.ts';

/** Longest an invocation runs, with room: a run belongs to the hour it begins in, and is stored by its end. */
/** Hours that the estimate of the idle window looks back from a function's newest. */
const WINDOW_SLOTS = 14 * 24;
/** `start` of a row in SQL: END less the run, or less Duration where START did not arrive. */
const START = 'end_ms - ifnull(run_ms, (duration_us + 999) / 1000)';

/** Oldest hours first within a function: each begins with what the one before it left. */
export async function staleHours(
  db: Databases,
  query: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly StaleHour[]> {
  return db.raw
    .prepare<[number, number], StaleHour>(
      `SELECT dirty_slot.function_id AS functionId, dirty_slot.slot_ms AS hourMs, changes, since_ms AS sinceMs, runs
       FROM dirty_slot LEFT JOIN derived_slot USING (function_id, slot_ms)
       WHERE dirty_slot.slot_ms < ? ORDER BY dirty_slot.function_id, dirty_slot.slot_ms LIMIT ?`,
    )
    .all(query.beforeMs, query.limit);
}

interface Query {
  readonly functionId: number;
  /** Starts of hours, ascending. */
  readonly slots: readonly number[];
  /** Invocations that ended later are left for the next time. */
  readonly settledMs: number;
  /** Stops after the hour in which so many invocations were read. */
  readonly mostRuns: number;
}

/** Derives the hours, and those that follow from a change of theirs, until `mostRuns` were read. */
export async function attributeHours(db: Databases, query: Query): Promise<AttributedHours> {
  const sql = prepare(db);
  const window = windowOf(sql.window.get(query.functionId));
  const wanted = [...query.slots];
  const lives = new LivesRead(sql);
  const results: AttributedHour[] = [];
  let carried = closingBefore(sql, query.functionId, wanted[0] ?? 0);
  let read = 0;
  let moved = false;
  while (wanted.length > 0 && (read < query.mostRuns || results.length === 0)) {
    const slotMs = wanted.shift() as number;
    const stored = sql.slot.get(query.functionId, slotMs);
    const wholeMs = slotMs + HOUR_MS + LONGEST_RUN_MS;
    const until = Math.min(wholeMs, query.settledMs + 1);
    const bounds: RunBounds = [query.functionId, slotMs, until, slotMs, slotMs + HOUR_MS];
    const runs = new RunsRead(sql, bounds);
    const cold = sql.cold.all(...bounds).flatMap((row) => coldRunOf(row) ?? []);
    const derived = deriveSlot(slotMs, { cold, runs }, lives, carried);
    read += runs.count;
    lives.forget();
    const closing = JSON.stringify(derived.closing);
    results.push({
      hourMs: slotMs,
      changesSeen: sql.changes.get(query.functionId, slotMs)?.changes ?? 0,
      unsettled: until === wholeMs ? 0 : unsettledOf(sql, query.functionId, slotMs, until),
      runs: runs.count,
      idleTimes: JSON.stringify([...derived.idleTimes].toSorted(([a], [b]) => a - b).map(([bin, n]) => [bin, ...n])),
      carryOut: closing,
      coldStarts: derived.coldStarts.map((cold) => coldStartRow(cold, window)),
      changes: derived.changes,
    });
    if (runs.count > 0) carried = derived.closing;
    const next = sql.next.get(query.functionId, slotMs)?.slotMs;
    // An hour without runs hands on what it was given.
    moved = runs.count > 0 ? stored?.closing !== closing : moved || stored !== undefined;
    if (moved && next !== undefined && next < (wanted[0] ?? Number.POSITIVE_INFINITY)) wanted.unshift(next);
    const following = wanted[0];
    // Hours between, which did not change, stand between this one's end and the next one's beginning.
    if (following !== undefined && next !== undefined && next < following) {
      carried = closingBefore(sql, query.functionId, following);
    }
  }
  const left = wanted[0];
  return { hours: results, nextHourMs: left === undefined || query.slots.includes(left) ? null : left };
}

export async function idleTimes(db: Databases): Promise<readonly FunctionIdleTimes[]> {
  const functions = db.raw
    .prepare<[], { functionId: number; newestMs: number }>(
      'SELECT function_id AS functionId, max(slot_ms) AS newestMs FROM derived_slot GROUP BY function_id',
    )
    .all();
  const slots = db.raw.prepare<[number, number], { idleTimes: string }>(
    'SELECT idle_times AS idleTimes FROM derived_slot WHERE function_id = ? AND slot_ms > ?',
  );
  const window = db.raw.prepare<[number], WindowRow>(WINDOW);
  return functions.map(({ functionId, newestMs }) => {
    const times = new Map<number, [number, number]>();
    for (const row of slots.all(functionId, newestMs - WINDOW_SLOTS * HOUR_MS)) {
      for (const [bin, reused, gone] of JSON.parse(row.idleTimes) as [number, number, number][]) {
        const [r, g] = times.get(bin) ?? [0, 0];
        times.set(bin, [r + reused, g + gone]);
      }
    }
    const judged = window.get(functionId);
    return {
      functionId,
      times,
      window: judged === undefined ? null : { window: windowOf(judged), source: judged.source },
    };
  });
}

/** Newest inits that the limit between handovers and inits made ahead is read from. */
const MOST_GAPS = 5000;

export async function initGaps(
  db: Databases,
  query: { readonly functionIds: readonly number[] },
): Promise<readonly FunctionInitGaps[]> {
  const gaps = db.raw
    .prepare<[number], number>(
      `SELECT platform_ms FROM cold_start WHERE function_id = ? AND kind = 0 AND platform_ms IS NOT NULL
       ORDER BY slot_ms DESC, end_ms DESC, request_id, environment_id LIMIT ${MOST_GAPS}`,
    )
    .pluck();
  const limit = db.raw.prepare<[number], number | null>('SELECT proactive_gap_ms FROM function WHERE id = ?').pluck();
  return query.functionIds.map((functionId) => ({
    functionId,
    gapsMs: gaps.all(functionId),
    proactiveThresholdMs: limit.get(functionId) ?? PROACTIVE_GAP_MS,
  }));
}

/** Environments as they are asked for; what neither this hour nor the one before it asked for is let go. */
class LivesRead implements Lives {
  readonly #sql: Sql;
  #now = new Map<number, EnvironmentLife>();
  #before = new Map<number, EnvironmentLife>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(id: number): EnvironmentLife | undefined {
    const known = this.#now.get(id);
    if (known !== undefined) return known;
    const before = this.#before.get(id);
    const row = before === undefined ? this.#sql.life.get(id) : undefined;
    const life = before ?? (row && lifeOf(row));
    if (life !== undefined) this.#now.set(id, life);
    return life;
  }

  /** An hour is over. */
  forget(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}

/** Runs of an hour, one in memory at a time. */
class RunsRead implements Iterable<Run> {
  readonly #sql: Sql;
  readonly #bounds: RunBounds;
  count = 0;

  constructor(sql: Sql, bounds: RunBounds) {
    this.#sql = sql;
    this.#bounds = bounds;
  }

  *[Symbol.iterator](): Iterator<Run> {
    for (const row of this.#sql.runs.iterate(...this.#bounds)) {
      this.count += 1;
      yield coldRunOf(row) ?? runOf(row);
    }
  }
}

/** Invocations of the hour that ended after `fromMs`. */
function unsettledOf(sql: Sql, functionId: number, slotMs: number, fromMs: number): number {
  const untilMs = slotMs + HOUR_MS + LONGEST_RUN_MS;
  return sql.unsettled.get(functionId, fromMs, untilMs, slotMs, slotMs + HOUR_MS)?.n ?? 0;
}

function closingBefore(sql: Sql, functionId: number, slotMs: number): Snapshot {
  const before = sql.before.get(functionId, slotMs);
  return before === undefined ? NOTHING_BEFORE : (JSON.parse(before.closing) as Snapshot);
}

function runOf([environmentId, endMs, startMs, status]: RunRow): Run & { readonly cold: null } {
  return { environmentId, startMs, endMs, failed: status !== 0, cold: null };
}

function coldRunOf(row: RunRow): ColdStartRun | null {
  const [, , , , coldKind, requestId, order, felt, seriesId, initUs, restoreUs, durationUs, billedMs] = row;
  const kind = coldKind === null ? undefined : COLD_START_KINDS[coldKind];
  if (kind === undefined || requestId === null || order === null) return null;
  return {
    ...runOf(row),
    cold: {
      requestId,
      order,
      kind,
      userFelt: felt === 1,
      seriesId,
      initMs: initUs === null && restoreUs === null ? null : ((initUs ?? 0) + (restoreUs ?? 0)) / 1000,
      durationMs: durationUs / 1000,
      billedMs,
    },
  };
}

interface LifeRow {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly extensions: string | null;
  readonly runtime: string | null;
  readonly initStartMs: number | null;
  readonly lastEndMs: number | null;
}

function lifeOf({ version, memoryMb, extensions, runtime, initStartMs, lastEndMs }: LifeRow): EnvironmentLife {
  return {
    configuration: JSON.stringify([version, memoryMb, extensions]),
    runtime: runtime ?? '',
    initStartMs,
    lastEndMs: lastEndMs ?? 0,
  };
}

export interface WindowRow {
  readonly windowMs: number | null;
  readonly surelyMs: number;
  readonly estimated: number;
  readonly source: 'own' | 'fleet';
}

export const WINDOW =
  'SELECT window_ms AS windowMs, surely_ms AS surelyMs, estimated, source FROM idle_window WHERE function_id = ?';

export function windowOf(row: WindowRow | undefined): IdleWindow | null {
  return row === undefined || row.windowMs === null
    ? null
    : { ms: row.windowMs, surelyMs: row.surelyMs, estimated: row.estimated === 1 };
}

type RunRow = [
  environmentId: number,
  endMs: number,
  startMs: number,
  status: number,
  cold: number | null,
  requestId: Uint8Array | string | null,
  order: string | null,
  felt: number | null,
  seriesId: number,
  initUs: number | null,
  restoreUs: number | null,
  durationUs: number,
  billedMs: number | null,
];

/** Function, ends from and before, starts from and before. */
type RunBounds = [functionId: number, endFromMs: number, endToMs: number, startFromMs: number, startToMs: number];

const RUNS = `SELECT environment_id, end_ms, ${START}, status, cold, CASE WHEN cold IS NOT NULL THEN request_id END,
  CASE WHEN cold IS NOT NULL THEN hex(request_id) END, user_felt, series_id, init_us, restore_us, duration_us, billed_ms
  FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms < ? AND ${START} >= ? AND ${START} < ?`;

type Sql = ReturnType<typeof prepare>;

function prepare({ raw }: Databases) {
  return {
    window: raw.prepare<[number], WindowRow>(WINDOW),
    life: raw.prepare<[number], LifeRow>(
      `SELECT version, memory_mb AS memoryMb, runtime_version_arn AS runtime, init_start_ms AS initStartMs,
       last_end_ms AS lastEndMs, (SELECT group_concat(name, char(10)) FROM (
         SELECT DISTINCT name FROM extension WHERE environment_id = environment.id AND kind = 'extension' ORDER BY name
       )) AS extensions FROM environment WHERE id = ?`,
    ),
    before: raw.prepare<[number, number], { closing: string }>(
      'SELECT closing FROM derived_slot WHERE function_id = ? AND slot_ms < ? ORDER BY slot_ms DESC LIMIT 1',
    ),
    slot: raw.prepare<[number, number], { closing: string }>(
      'SELECT closing FROM derived_slot WHERE function_id = ? AND slot_ms = ?',
    ),
    next: raw.prepare<[number, number], { slotMs: number }>(
      'SELECT slot_ms AS slotMs FROM derived_slot WHERE function_id = ? AND slot_ms > ? ORDER BY slot_ms LIMIT 1',
    ),
    changes: raw.prepare<[number, number], { changes: number }>(
      'SELECT changes FROM dirty_slot WHERE function_id = ? AND slot_ms = ?',
    ),
    unsettled: raw.prepare<[number, number, number, number, number], { n: number }>(
      `SELECT count(*) AS n FROM invocation WHERE function_id = ? AND end_ms >= ? AND end_ms < ?
       AND ${START} >= ? AND ${START} < ?`,
    ),
    cold: raw.prepare<RunBounds, RunRow>(`${RUNS} AND cold IS NOT NULL`).raw(true),
    runs: raw.prepare<RunBounds, RunRow>(`${RUNS} ORDER BY 3, 2, request_id, environment_id`).raw(true),
  };
}
