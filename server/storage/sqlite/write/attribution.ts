/**
 * Writes the results of attribution, in the writer thread. A call is a sequence of short steps, each a transaction that leaves
 * the tables consistent, so that batches are stored between them. A call that is cut off is repeated by the next round.
 */
import type Database from 'better-sqlite3';
import { CAUSES, causeOf } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { AttributedHour, AttributedHours, AttributionStore, ColdStartRow } from '../../ports.ts';
import { allRows, COLD_STARTS_PER_PART, rowsOf } from '../../questions/attribution/cold-start-parts.ts';
import { coldStartEvidence, parseStored } from '../../stored-json.ts';
import type { BatchWriter } from './batch-writer.ts';
import { ErrorHours } from './error-hours.ts';
import type { ProactiveThresholds } from './proactive-thresholds.ts';
import { StaleHourTable } from './stale-hours.ts';

type Arguments<K extends keyof AttributionStore> = Parameters<AttributionStore[K]>;
/** All calls except `classifyPending`, since this writer classifies rows when it stores them. */
type Name = Exclude<keyof AttributionStore, 'classifyPending'>;
export type AttributionCall = { [K in Name]: { readonly name: K; readonly args: Arguments<K> } }[Name];

export class AttributionTables {
  readonly #db: Database.Database;
  readonly #rows: Rows;
  readonly #mark: StaleHourTable;
  readonly #errors: ErrorHours;
  readonly #sql;

  constructor(db: Database.Database, rows: Rows) {
    this.#db = db;
    this.#rows = rows;
    this.#mark = new StaleHourTable(db);
    this.#errors = new ErrorHours(db);
    this.#sql = prepare(db);
  }

  /** Each step runs one transaction of the call; `nowMs` is the time of the call. */
  *steps(call: AttributionCall, nowMs: number): Generator<void, void> {
    switch (call.name) {
      case 'saveHours':
        return yield* this.#saveHours(...call.args, nowMs);
      case 'saveIdleWindows':
        for (const window of call.args[0]) yield* this.#saveIdleWindow(window);
        return;
      case 'saveProactiveThresholds':
        for (const { functionId, limitMs } of call.args[0])
          yield* this.#moveProactiveThreshold(functionId, limitMs, nowMs);
    }
  }

  *#saveHours(functionId: number, { hours, nextHourMs }: AttributedHours, nowMs: number): Generator<void, void> {
    // First, so that the hour after the last one is attributed again even if the rest is cut off.
    if (nextHourMs !== null) this.#mark.set(functionId, nextHourMs, 1, nowMs);
    for (const together of stepsOf(hours)) {
      const [first] = together;
      if (first !== undefined && first.coldStarts.n > COLD_STARTS_PER_PART) {
        yield* this.#saveLargeHour(functionId, first, nowMs);
        continue;
      }
      yield this.#inTransaction(() => {
        for (const hour of together) this.#saveHour(functionId, hour, nowMs, true);
      });
    }
  }

  /** Stores the hour in slices, so that batches are not held up; it stays marked until its last slice. */
  *#saveLargeHour(functionId: number, hour: AttributedHour, nowMs: number): Generator<void, void> {
    yield this.#inTransaction(() => this.#dropHour(functionId, hour.hourMs));
    for (const part of hour.coldStarts.parts) {
      yield this.#inTransaction(() => {
        for (const row of rowsOf(part)) this.#addColdStart(functionId, hour.hourMs, row);
      });
    }
    yield this.#inTransaction(() => this.#saveHour(functionId, hour, nowMs, false));
  }

  #dropHour(functionId: number, hourMs: number): void {
    this.#sql.dropColdStarts.run(functionId, hourMs);
    this.#sql.dropChanges.run(functionId, hourMs);
  }

  #saveHour(functionId: number, hour: AttributedHour, nowMs: number, withColdStarts: boolean): void {
    if (withColdStarts) this.#dropHour(functionId, hour.hourMs);
    for (const { atMs, kind, before, after } of hour.changes) {
      this.#sql.addChange.run(functionId, hour.hourMs, atMs, kind, JSON.stringify(before), JSON.stringify(after));
    }
    if (withColdStarts) {
      for (const row of allRows(hour.coldStarts)) this.#addColdStart(functionId, hour.hourMs, row);
    }
    if (hour.errors !== null) this.#errors.save(functionId, hour.hourMs, hour.errors);
    if (hour.runs === 0) this.#sql.dropHour.run(functionId, hour.hourMs);
    else this.#sql.saveHour.run(functionId, hour.hourMs, hour.runs, hour.idleTimes, hour.carryOut);
    this.#settle(functionId, hour, nowMs);
  }

  #inTransaction(work: () => void): void {
    this.#db.transaction(work)();
  }

  /** Clears the mark, except for changes made since the hour was read and invocations that have not settled. */
  #settle(functionId: number, { hourMs, changesSeen, unsettled }: AttributedHour, nowMs: number): void {
    this.#sql.seen.run(changesSeen, functionId, hourMs);
    this.#sql.dropSeen.run(functionId, hourMs);
    if (unsettled > 0) this.#mark.set(functionId, hourMs, unsettled, nowMs);
  }

  #addColdStart(functionId: number, hourMs: number, row: ColdStartRow): void {
    this.#sql.addColdStart.run(
      functionId,
      hourMs,
      row.endMs,
      row.requestId,
      row.environmentId,
      row.seriesId,
      row.atMs,
      COLD_START_KINDS.indexOf(row.kind),
      row.userFelt ? 1 : 0,
      CAUSES.indexOf(row.cause),
      row.initMs === null ? null : Math.round(row.initMs * 1000),
      row.billedInitMs === null ? 0 : 1,
      row.billedInitMs === null ? null : Math.round(row.billedInitMs * 1000),
      Math.round(row.durationMs * 1000),
      row.failed ? 1 : 0,
      row.platformMs === null ? null : Math.round(row.platformMs),
      row.loop,
      JSON.stringify(row.evidence),
    );
  }

  /**
   * Classifies by the new threshold from the first step on, reclassifies the inits between it and the old one in slices,
   * then stores it: if interrupted, the next round sees the old one and repeats.
   */
  *#moveProactiveThreshold(functionId: number, limitMs: number, nowMs: number): Generator<void, void> {
    const { thresholds } = this.#rows;
    try {
      const affected = thresholds.move(functionId, limitMs);
      for (let at = 0; at < affected.length; at += INITS_PER_STEP) {
        const slice = affected.slice(at, at + INITS_PER_STEP);
        yield this.#withRows(nowMs, () => this.#rows.reclassifyInits(slice));
      }
      yield this.#withRows(nowMs, () => thresholds.save(functionId, limitMs));
    } catch (error) {
      thresholds.abandon(functionId);
      throw error;
    }
  }

  #withRows(nowMs: number, work: () => void): void {
    try {
      this.#inTransaction(() => {
        work();
        this.#rows.flush(nowMs);
      });
    } catch (error) {
      this.#rows.reset();
      throw error;
    }
  }

  /**
   * Updates causes that depend on the window, then stores the window: if interrupted, the next round sees the old one
   * and repeats.
   */
  *#saveIdleWindow({ functionId, window, source }: IdleWindow): Generator<void, void> {
    let last: ColdStartKey = { hourMs: -1, endMs: 0, requestId: '', environmentId: 0 };
    for (;;) {
      const rows = this.#sql.coldStarts.all(
        functionId,
        last.hourMs,
        last.endMs,
        last.requestId,
        last.environmentId,
        ROWS_PER_STEP,
      ) as (ColdStartKey & { evidence: string; cause: number })[];
      yield this.#inTransaction(() => {
        for (const { evidence: json, cause, hourMs, endMs, requestId, environmentId } of rows) {
          const evidence = parseStored(coldStartEvidence, json, `cold_start of function ${functionId} at ${endMs}`);
          if (evidence === null) continue;
          const next = CAUSES.indexOf(causeOf(evidence, window));
          if (next !== cause) this.#sql.setCause.run(next, functionId, hourMs, endMs, requestId, environmentId);
        }
      });
      const end = rows.at(-1);
      if (end === undefined || rows.length < ROWS_PER_STEP) break;
      last = end;
    }
    const [ms, surelyMs] = [window?.ms ?? null, window?.surelyMs ?? 0];
    yield void this.#sql.saveWindow.run(functionId, ms, surelyMs, window?.estimated === true ? 1 : 0, source);
  }
}

type IdleWindow = Arguments<'saveIdleWindows'>[0][number];

/** Small hours are stored together, because each step waits for the disk: at most this many, with so many cold starts. */
const HOURS_TOGETHER = 100;
const COLD_STARTS_TOGETHER = 1000;
/** Environments whose inits are reclassified per step, which takes a few milliseconds. */
const INITS_PER_STEP = 100;
/** Cold starts whose causes are updated per step, which takes a few milliseconds. */
const ROWS_PER_STEP = 500;

/** Reclassifies rows when a threshold changes. */
type Rows = Pick<BatchWriter, 'reclassifyInits' | 'flush' | 'reset'> & {
  readonly thresholds: Pick<ProactiveThresholds, 'move' | 'save' | 'abandon'>;
};

interface ColdStartKey {
  readonly hourMs: number;
  readonly endMs: number;
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
}

function prepare(db: Database.Database) {
  return {
    dropColdStarts: db.prepare('DELETE FROM cold_start WHERE function_id = ? AND slot_ms = ?'),
    addColdStart: db.prepare(
      `INSERT INTO cold_start (function_id, slot_ms, end_ms, request_id, environment_id, series_id, at_ms, kind,
       user_felt, cause, init_us, init_billed, billed_init_us, duration_us, failed, platform_ms, loop, evidence)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropChanges: db.prepare('DELETE FROM change WHERE function_id = ? AND slot_ms = ?'),
    addChange: db.prepare(
      'INSERT OR REPLACE INTO change (function_id, slot_ms, at_ms, kind, before, after) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    dropHour: db.prepare('DELETE FROM derived_slot WHERE function_id = ? AND slot_ms = ?'),
    saveHour: db.prepare(
      'INSERT OR REPLACE INTO derived_slot (function_id, slot_ms, runs, idle_times, closing) VALUES (?, ?, ?, ?, ?)',
    ),
    seen: db.prepare('UPDATE dirty_slot SET changes = changes - ? WHERE function_id = ? AND slot_ms = ?'),
    dropSeen: db.prepare('DELETE FROM dirty_slot WHERE function_id = ? AND slot_ms = ? AND changes <= 0'),
    saveWindow: db.prepare(
      'INSERT OR REPLACE INTO idle_window (function_id, window_ms, surely_ms, estimated, source) VALUES (?, ?, ?, ?, ?)',
    ),
    coldStarts: db.prepare(
      `SELECT slot_ms AS hourMs, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId, cause, evidence
       FROM cold_start WHERE function_id = ? AND kind = 0
       AND (slot_ms, end_ms, request_id, environment_id) > (?, ?, ?, ?)
       ORDER BY slot_ms, end_ms, request_id, environment_id LIMIT ?`,
    ),
    setCause: db.prepare(
      `UPDATE cold_start SET cause = ? WHERE function_id = ? AND slot_ms = ? AND end_ms = ? AND request_id = ?
       AND environment_id = ?`,
    ),
  };
}

/** Divides hours, in their order, into those that one step stores. */
function stepsOf(hours: readonly AttributedHour[]): readonly (readonly AttributedHour[])[] {
  const steps: AttributedHour[][] = [];
  let coldStarts = 0;
  for (const hour of hours) {
    const last = steps.at(-1);
    coldStarts += hour.coldStarts.n;
    if (last === undefined || last.length >= HOURS_TOGETHER || coldStarts > COLD_STARTS_TOGETHER) {
      steps.push([hour]);
      coldStarts = hour.coldStarts.n;
    } else last.push(hour);
  }
  return steps;
}
