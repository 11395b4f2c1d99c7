/** Invocation rows: inserted once by natural key, completed by what arrives later, classified in the order of their environment. */
import type Database from 'better-sqlite3';
import { COLD_START_KINDS, classifyColdStart, PROACTIVE_GAP_MS } from '../../../analytics/cold-starts/classify.ts';
import type { InvocationMetrics } from '../../rollup/bucket.ts';
import type { EnvironmentState } from './dimension-cache.ts';
import type { Rollups } from './rollups.ts';
import type { DirtySlots } from './stale-hours.ts';

export interface InvocationRow extends InvocationMetrics {
  readonly functionId: number;
  readonly environmentId: number;
  readonly endMs: number;
  /** 16 bytes of a UUID, or text. */
  readonly requestId: Uint8Array | string;
  readonly seriesId: number;
  readonly billedRestoreMs: number | null;
  readonly errorTypeId: number | null;
  readonly sampled: number | null;
  readonly traceId: Uint8Array | string | null;
  readonly segmentId: string | null;
  readonly tenantId: number | null;
}

/** Rows of one statement: starting a statement costs a fifth of what storing a row does. */
export const ROWS_AT_ONCE = 33;
const PLAIN_COLUMNS = 10;

/**
 * A row that cannot be cold, and changes nothing about its neighbours. Where invocations failed, that holds for what
 * follows a success; `lastEndMs` is the end of what it would follow.
 */
export function isCalm(environment: EnvironmentState, row: InvocationRow, lastEndMs: number | null): boolean {
  if (!isPlain(row) || row.status !== 0) return false;
  if (!environment.odd) return true;
  return !environment.reinitialised && environment.lastStatus === 0 && lastEndMs !== null && row.endMs > lastEndMs;
}

/** What may still change on a stored row. */
export interface RowChange {
  readonly runMs?: number | null;
  readonly status?: number;
  readonly errorTypeId?: number | null;
}

export class Invocations {
  readonly #sql;
  readonly #rollups: Rollups;
  readonly #dirty: DirtySlots;
  /** By function: how long before START an init made ahead ended, at least. */
  readonly #gaps = new Map<number, number>();
  readonly #values = new Array<unknown>(ROWS_AT_ONCE * PLAIN_COLUMNS);

  constructor(db: Database.Database, rollups: Rollups, dirty: DirtySlots) {
    this.#rollups = rollups;
    this.#dirty = dirty;
    this.#sql = prepare(db);
  }

  /**
   * Stores {@link ROWS_AT_ONCE} calm rows of one environment with one statement. False, and nothing stored, when the key
   * of one of them is already there.
   */
  insertTogether(environment: EnvironmentState, rows: readonly InvocationRow[]): boolean {
    const values = this.#values;
    for (const [at, row] of rows.entries()) {
      const from = at * PLAIN_COLUMNS;
      values[from] = row.functionId;
      values[from + 1] = row.endMs;
      values[from + 2] = row.requestId;
      values[from + 3] = row.environmentId;
      values[from + 4] = row.seriesId;
      values[from + 5] = row.runMs;
      values[from + 6] = row.durationUs;
      values[from + 7] = row.billedMs;
      values[from + 8] = row.maxMemoryMb;
      values[from + 9] = row.status;
    }
    try {
      this.#sql.insertTogether.run(values);
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
    for (const row of rows) {
      this.#rollups.add(row.functionId, row.seriesId, row.endMs, row, 1);
      this.#note(environment, row);
    }
    return true;
  }

  /** Stores the row, classified; null when its key is already there. */
  insert(environment: EnvironmentState, row: InvocationRow): InvocationRow | null {
    const classified = this.#classified(environment, row);
    const { changes } = isPlain(classified)
      ? this.#sql.insertPlain.run(
          classified.functionId,
          classified.endMs,
          classified.requestId,
          classified.environmentId,
          classified.seriesId,
          classified.runMs,
          classified.durationUs,
          classified.billedMs,
          classified.maxMemoryMb,
          classified.status,
        )
      : this.#sql.insert.run(
          classified.functionId,
          classified.endMs,
          classified.requestId,
          classified.environmentId,
          classified.seriesId,
          classified.runMs,
          classified.durationUs,
          classified.billedMs,
          classified.maxMemoryMb,
          classified.status,
          classified.cold,
          classified.userFelt,
          classified.initUs,
          classified.restoreUs,
          classified.billedRestoreMs,
          classified.errorTypeId,
          classified.sampled,
          classified.traceId,
          classified.segmentId,
          classified.tenantId,
        );
    if (changes === 0) return null;
    this.#rollups.add(classified.functionId, classified.seriesId, classified.endMs, classified, 1);
    this.#note(environment, classified);
    return classified;
  }

  find(functionId: number, endMs: number, requestId: Uint8Array | string, environmentId: number): InvocationRow | null {
    return (this.#sql.find.get(functionId, endMs, requestId, environmentId) as InvocationRow | undefined) ?? null;
  }

  /** Applies late facts to a stored row and re-classifies it and its successor. */
  change(environment: EnvironmentState, row: InvocationRow, change: RowChange): void {
    const next = { ...row, ...change };
    if (next.status !== row.status) {
      if (row.status === 0) {
        environment.failures += 1;
        environment.odd = true;
      }
      if (row.endMs === environment.lastEndMs) environment.lastStatus = next.status;
    }
    this.#replace(row, this.#classified(environment, next));
    if (next.status !== row.status) this.reclassifyAfter(environment, row.endMs);
  }

  /** The first invocation of the environment that ends after `ms` is read again in its new light. */
  reclassifyAfter(environment: EnvironmentState, ms: number): void {
    if (environment.lastEndMs === null || environment.lastEndMs <= ms) return;
    const row = this.#sql.next.get(environment.functionId, ms, environment.lastEndMs, environment.id) as
      | InvocationRow
      | undefined;
    if (row !== undefined) this.#replace(row, this.#classified(environment, row));
  }

  /** The environment's reported init is read again: INIT_START or the initialization type came late. */
  reclassifyInit(environment: EnvironmentState): void {
    if (environment.firstEndMs === null || environment.lastEndMs === null) return;
    const row = this.#sql.cold.get(
      environment.functionId,
      environment.firstEndMs,
      environment.lastEndMs,
      environment.id,
    ) as InvocationRow | undefined;
    if (row !== undefined) this.#replace(row, this.#classified(environment, row));
  }

  /** Answers the environments whose init lies between the old limit and the new one. */
  moveGap(functionId: number, limitMs: number): readonly number[] {
    const before = this.#gapOf(functionId);
    this.#gaps.set(functionId, limitMs);
    this.#sql.saveGap.run(limitMs, functionId);
    return this.#sql.between.all(functionId, Math.min(before, limitMs), Math.max(before, limitMs)) as readonly number[];
  }

  /** After a rollback what is in mind may never have been. */
  reset(): void {
    this.#gaps.clear();
  }

  #gapOf(functionId: number): number {
    let gap = this.#gaps.get(functionId);
    if (gap === undefined) {
      gap = (this.#sql.gap.get(functionId) as number | null | undefined) ?? PROACTIVE_GAP_MS;
      this.#gaps.set(functionId, gap);
    }
    return gap;
  }

  #classified(environment: EnvironmentState, row: InvocationRow): InvocationRow {
    if (isCalm(environment, row, environment.lastEndMs)) return row;
    const before = environment.odd ? this.#before(environment, row.endMs) : CALM;
    const cold = classifyColdStart({
      startMs: row.runMs === null ? null : row.endMs - row.runMs,
      endMs: row.endMs,
      durationMs: row.durationUs / 1000,
      initMs: row.initUs === null ? null : row.initUs / 1000,
      restoreMs: row.restoreUs === null ? null : row.restoreUs / 1000,
      initializationType: environment.initializationType,
      initStartMs: environment.initStartMs,
      proactiveGapMs: this.#gapOf(environment.functionId),
      ...before,
    });
    const kind = cold === null ? null : COLD_START_KINDS.indexOf(cold.kind);
    const userFelt = cold === null ? null : cold.userFelt ? 1 : 0;
    return kind === row.cold && userFelt === row.userFelt ? row : { ...row, cold: kind, userFelt };
  }

  #before(environment: EnvironmentState, endMs: number): { previousFailed: boolean; reinitialised: boolean } {
    const previous = this.#previous(environment, endMs);
    const since = previous?.endMs ?? -1;
    const reinitialised = environment.reinitialised && this.#sql.reinit.get(environment.id, since, endMs) !== undefined;
    return { previousFailed: previous !== null && previous.status !== 0, reinitialised };
  }

  #previous(environment: EnvironmentState, endMs: number): { endMs: number; status: number } | null {
    if (environment.lastEndMs === null || environment.firstEndMs === null) return null;
    if (endMs > environment.lastEndMs) return { endMs: environment.lastEndMs, status: environment.lastStatus ?? 0 };
    const row = this.#sql.previous.get(environment.functionId, endMs, environment.firstEndMs, environment.id);
    return (row as { endMs: number; status: number } | undefined) ?? null;
  }

  #replace(old: InvocationRow, next: InvocationRow): void {
    if (
      old.runMs === next.runMs &&
      old.status === next.status &&
      old.cold === next.cold &&
      old.userFelt === next.userFelt &&
      old.errorTypeId === next.errorTypeId
    ) {
      return;
    }
    this.#sql.update.run(
      next.runMs,
      next.status,
      next.errorTypeId,
      next.cold,
      next.userFelt,
      old.functionId,
      old.endMs,
      old.requestId,
      old.environmentId,
    );
    this.#rollups.add(old.functionId, old.seriesId, old.endMs, old, -1);
    this.#rollups.add(next.functionId, next.seriesId, next.endMs, next, 1);
    this.#dirty.run(old.functionId, startOf(old), old.endMs, null);
    this.#dirty.run(next.functionId, startOf(next), next.endMs, null);
  }

  /** The environment's own account of a new row; a row that is not its newest changes what follows it. */
  #note(environment: EnvironmentState, row: InvocationRow): void {
    environment.invocations += 1;
    this.#dirty.run(row.functionId, startOf(row), row.endMs, environment.lastEndMs);
    if (row.status !== 0) {
      environment.failures += 1;
      environment.odd = true;
    }
    if (row.initUs !== null) environment.initUs = row.initUs;
    if (row.maxMemoryMb !== null) environment.maxMemoryMb = Math.max(environment.maxMemoryMb ?? 0, row.maxMemoryMb);
    const newest = environment.lastEndMs === null || row.endMs >= environment.lastEndMs;
    if (environment.firstEndMs === null || row.endMs < environment.firstEndMs) environment.firstEndMs = row.endMs;
    if (newest) {
      environment.lastEndMs = row.endMs;
      environment.lastStatus = row.status;
    } else if (environment.odd) {
      this.reclassifyAfter(environment, row.endMs);
    }
  }
}

/** START, or where it did not arrive the latest it can have been. */
function startOf(row: InvocationRow): number {
  return row.endMs - (row.runMs ?? Math.ceil(row.durationUs / 1000));
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Nearly every row is warm, succeeded and is not traced: binding ten NULLs would cost as much as its values. */
function isPlain(row: InvocationRow): boolean {
  return (
    row.cold === null &&
    row.initUs === null &&
    row.traceId === null &&
    row.errorTypeId === null &&
    row.tenantId === null &&
    row.sampled === null &&
    row.restoreUs === null &&
    row.billedRestoreMs === null &&
    row.segmentId === null
  );
}

const CALM = { previousFailed: false, reinitialised: false } as const;

const ROW = `function_id AS functionId, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId,
  series_id AS seriesId, run_ms AS runMs, duration_us AS durationUs, billed_ms AS billedMs, max_memory_mb AS maxMemoryMb,
  status, cold, user_felt AS userFelt, init_us AS initUs, restore_us AS restoreUs, billed_restore_ms AS billedRestoreMs,
  error_type_id AS errorTypeId, sampled, trace_id AS traceId, segment_id AS segmentId, tenant_id AS tenantId`;

function prepare(db: Database.Database) {
  return {
    insert: db.prepare(
      `INSERT OR IGNORE INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
       billed_ms, max_memory_mb, status, cold, user_felt, init_us, restore_us, billed_restore_ms, error_type_id, sampled,
       trace_id, segment_id, tenant_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertPlain: db.prepare(
      `INSERT OR IGNORE INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
       billed_ms, max_memory_mb, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertTogether: db.prepare(
      `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
       billed_ms, max_memory_mb, status) VALUES ${Array.from({ length: ROWS_AT_ONCE }, () => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    ),
    find: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?`,
    ),
    next: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms > ? AND end_ms <= ? AND environment_id = ?
       ORDER BY end_ms LIMIT 1`,
    ),
    previous: db.prepare(
      `SELECT end_ms AS endMs, status FROM invocation WHERE function_id = ? AND end_ms < ? AND end_ms >= ?
       AND environment_id = ? ORDER BY end_ms DESC LIMIT 1`,
    ),
    cold: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms BETWEEN ? AND ? AND environment_id = ?
       AND init_us IS NOT NULL ORDER BY end_ms LIMIT 1`,
    ),
    gap: db.prepare('SELECT proactive_gap_ms FROM function WHERE id = ?').pluck(),
    saveGap: db.prepare('UPDATE function SET proactive_gap_ms = ? WHERE id = ?'),
    between: db
      .prepare(
        `SELECT environment.id FROM environment JOIN invocation ON invocation.function_id = environment.function_id
           AND invocation.end_ms = environment.first_end_ms AND invocation.environment_id = environment.id
         WHERE environment.function_id = ? AND init_start_ms IS NOT NULL
         AND end_ms - run_ms - init_start_ms - invocation.init_us / 1000.0 BETWEEN ? - 1 AND ? + 1`,
      )
      .pluck(),
    reinit: db.prepare(
      `SELECT 1 FROM init_event WHERE environment_id = ? AND at_ms > ? AND at_ms <= ? AND kind = 'init-report'
       AND (phase = 'invoke' OR ifnull(status, 'success') <> 'success') LIMIT 1`,
    ),
    update: db.prepare(
      `UPDATE invocation SET run_ms = ?, status = ?, error_type_id = ?, cold = ?, user_felt = ?
       WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?`,
    ),
  };
}
