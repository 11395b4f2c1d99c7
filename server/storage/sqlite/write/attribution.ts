/** Stores what derivation found. Runs in the writer's thread; each call is one transaction. */
import type Database from 'better-sqlite3';
import { CAUSES, causeOf } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { AttributedHour, AttributedHours, AttributionStore, ColdStartRow } from '../../ports.ts';
import { coldStartEvidence, parseStored } from '../../stored-json.ts';
import type { BatchWriter } from './batch-writer.ts';
import { StaleHourTable } from './stale-hours.ts';

type Arguments<K extends keyof AttributionStore> = Parameters<AttributionStore[K]>;
/** Everything but what the writer does anyway. */
type Name = Exclude<keyof AttributionStore, 'classifyPending'>;
export type DerivedCall = { [K in Name]: { readonly name: K; readonly args: Arguments<K> } }[Name];

export class DerivedTables {
  readonly #db: Database.Database;
  readonly #rows: Rows;
  readonly #mark: StaleHourTable;
  readonly #sql;

  constructor(db: Database.Database, rows: Rows) {
    this.#db = db;
    this.#rows = rows;
    this.#mark = new StaleHourTable(db);
    this.#sql = prepare(db);
  }

  apply(call: DerivedCall, nowMs: number): void {
    this.#db.transaction(() => {
      switch (call.name) {
        case 'saveHours':
          this.#save(...call.args, nowMs);
          return;
        case 'saveIdleWindows':
          this.#judge(...call.args);
          return;
        case 'saveProactiveThresholds':
          this.#moveProactiveThresholds(...call.args, nowMs);
      }
    })();
  }

  #save(functionId: number, { hours: slots, nextHourMs: nextSlotMs }: AttributedHours, nowMs: number): void {
    for (const slot of slots) {
      this.#sql.dropColdStarts.run(functionId, slot.hourMs);
      this.#sql.dropChanges.run(functionId, slot.hourMs);
      for (const { atMs, kind, before, after } of slot.changes) {
        this.#sql.addChange.run(functionId, slot.hourMs, atMs, kind, JSON.stringify(before), JSON.stringify(after));
      }
      for (const row of slot.coldStarts) this.#addColdStart(functionId, slot.hourMs, row);
      if (slot.runs === 0) this.#sql.dropSlot.run(functionId, slot.hourMs);
      else this.#sql.saveSlot.run(functionId, slot.hourMs, slot.runs, slot.idleTimes, slot.carryOut);
      this.#settle(functionId, slot, nowMs);
    }
    if (nextSlotMs !== null) this.#mark.set(functionId, nextSlotMs, 1, nowMs);
  }

  /** What was read is no longer pending; what came meanwhile, and what has not settled, is. */
  #settle(functionId: number, { hourMs: slotMs, changesSeen, unsettled }: AttributedHour, nowMs: number): void {
    this.#sql.seen.run(changesSeen, functionId, slotMs);
    this.#sql.dropSeen.run(functionId, slotMs);
    if (unsettled > 0) this.#mark.set(functionId, slotMs, unsettled, nowMs);
  }

  #addColdStart(functionId: number, slotMs: number, row: ColdStartRow): void {
    this.#sql.addColdStart.run(
      functionId,
      slotMs,
      row.endMs,
      row.requestId,
      row.environmentId,
      row.seriesId,
      row.atMs,
      COLD_START_KINDS.indexOf(row.kind),
      row.userFelt ? 1 : 0,
      CAUSES.indexOf(row.cause),
      row.initMs === null ? null : Math.round(row.initMs * 1000),
      row.initBilled ? 1 : 0,
      Math.round(row.durationMs * 1000),
      row.failed ? 1 : 0,
      row.platformMs === null ? null : Math.round(row.platformMs),
      row.loop,
      JSON.stringify(row.evidence),
    );
  }

  #moveProactiveThresholds(limits: Arguments<'saveProactiveThresholds'>[0], nowMs: number): void {
    try {
      for (const { functionId, limitMs } of limits) this.#rows.moveProactiveThreshold(functionId, limitMs);
      this.#rows.flush(nowMs);
    } catch (error) {
      this.#rows.reset();
      throw error;
    }
  }

  #judge(windows: Arguments<'saveIdleWindows'>[0]): void {
    for (const { functionId, window, source } of windows) {
      this.#sql.saveWindow.run(
        functionId,
        window?.ms ?? null,
        window?.surelyMs ?? 0,
        window?.estimated === true ? 1 : 0,
        source,
      );
      const rows = this.#sql.coldStarts.all(functionId) as (ColdStartKey & { evidence: string; cause: number })[];
      for (const { evidence: json, cause, slotMs, endMs, requestId, environmentId } of rows) {
        const evidence = parseStored(coldStartEvidence, json, `cold_start of function ${functionId} at ${endMs}`);
        if (evidence === null) continue;
        const next = CAUSES.indexOf(causeOf(evidence, window));
        if (next !== cause) this.#sql.setCause.run(next, functionId, slotMs, endMs, requestId, environmentId);
      }
    }
  }
}

/** What writes the rows themselves: a limit that moves changes some of them. */
type Rows = Pick<BatchWriter, 'moveProactiveThreshold' | 'flush' | 'reset'>;

interface ColdStartKey {
  readonly slotMs: number;
  readonly endMs: number;
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
}

function prepare(db: Database.Database) {
  return {
    dropColdStarts: db.prepare('DELETE FROM cold_start WHERE function_id = ? AND slot_ms = ?'),
    addColdStart: db.prepare(
      `INSERT INTO cold_start (function_id, slot_ms, end_ms, request_id, environment_id, series_id, at_ms, kind,
       user_felt, cause, init_us, init_billed, duration_us, failed, platform_ms, loop, evidence)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropChanges: db.prepare('DELETE FROM change WHERE function_id = ? AND slot_ms = ?'),
    addChange: db.prepare(
      'INSERT OR REPLACE INTO change (function_id, slot_ms, at_ms, kind, before, after) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    dropSlot: db.prepare('DELETE FROM derived_slot WHERE function_id = ? AND slot_ms = ?'),
    saveSlot: db.prepare(
      'INSERT OR REPLACE INTO derived_slot (function_id, slot_ms, runs, idle_times, closing) VALUES (?, ?, ?, ?, ?)',
    ),
    seen: db.prepare('UPDATE dirty_slot SET changes = changes - ? WHERE function_id = ? AND slot_ms = ?'),
    dropSeen: db.prepare('DELETE FROM dirty_slot WHERE function_id = ? AND slot_ms = ? AND changes <= 0'),
    saveWindow: db.prepare(
      'INSERT OR REPLACE INTO idle_window (function_id, window_ms, surely_ms, estimated, source) VALUES (?, ?, ?, ?, ?)',
    ),
    coldStarts: db.prepare(
      `SELECT slot_ms AS slotMs, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId, cause, evidence
       FROM cold_start WHERE function_id = ? AND kind = 0`,
    ),
    setCause: db.prepare(
      `UPDATE cold_start SET cause = ? WHERE function_id = ? AND slot_ms = ? AND end_ms = ? AND request_id = ?
       AND environment_id = ?`,
    ),
  };
}
