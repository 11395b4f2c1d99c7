/**
 * Table `invocation`: one row per REPORT, inserted once by natural key (function, end, request id, environment). START and
 * fault lines that arrive later complete it. Each row is classified by the rule in analytics/cold-starts/classify.ts when it
 * is inserted, and again when a line arrives that can change the result.
 */
import type Database from 'better-sqlite3';
import { isWholeSecond } from '../../../../ingest/records/attempt.ts';
import type { ColdStart } from '../../../analytics/cold-starts/classify.ts';
import {
  classifyColdStart,
  classifyWithoutStream,
  NOTHING_PRECEDING,
} from '../../../analytics/cold-starts/classify.ts';
import { COLD_KIND, STATUS } from '../../enums.ts';
import type { InvocationMetrics } from '../../rollup/bucket.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';
import { OWN_VALUES, prepareInvocations } from './invocation-sql.ts';
import { PrecedingInvocations } from './preceding-invocations.ts';
import { ProactiveThresholds } from './proactive-thresholds.ts';
import { decisiveStatus } from './reset-statuses.ts';
import type { Rollups } from './rollups.ts';
import type { StaleHours } from './stale-hours.ts';

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
  /** 1 if the suppressed init, or the init that it repeats, was stopped at its time limit. */
  readonly initTimedOut: number | null;
}

/**
 * Fast path: returns true for a warm success that cannot be a cold start and does not change the classification of its
 * neighbours. In an environment with failures that holds only for the newest row, after a success. `lastEndMs` is the end of
 * the environment's newest row, epoch ms.
 */
export function isWarmSuccess(environment: EnvironmentState, row: InvocationRow, lastEndMs: number | null): boolean {
  if (!isPlain(row) || row.status !== STATUS.success) return false;
  if (!environment.hasFailures || !hasStream(environment)) return true;
  return (
    !environment.hasReinits && environment.lastStatus === STATUS.success && lastEndMs !== null && row.endMs > lastEndMs
  );
}

/** Fields of a stored row that later lines can change. */
export interface RowChange {
  readonly runMs?: number | null;
  readonly status?: number;
  readonly errorTypeId?: number | null;
}

export class Invocations {
  readonly #sql;
  readonly #rollups: Rollups;
  readonly #staleHours: StaleHours;
  readonly #preceding: PrecedingInvocations;
  readonly thresholds: ProactiveThresholds;

  constructor(db: Database.Database, rollups: Rollups, dirty: StaleHours) {
    this.#rollups = rollups;
    this.#staleHours = dirty;
    this.#preceding = new PrecedingInvocations(db);
    this.thresholds = new ProactiveThresholds(db);
    this.#sql = prepareInvocations(db);
  }

  /**
   * Stores warm successes of one environment and series with one statement, as many as it has rows. Returns false and stores
   * nothing if the key of one of them exists.
   */
  insertTogether(environment: EnvironmentState, rows: readonly InvocationRow[]): boolean {
    const [first] = rows;
    const together = this.#sql.insertTogether.get(rows.length);
    if (first === undefined || together === undefined) return false;
    const { statement, values } = together;
    for (let at = 0, from = 0; at < rows.length; at += 1, from += OWN_VALUES) {
      const row = rows[at] ?? first;
      values[from] = row.endMs;
      values[from + 1] = row.requestId;
      values[from + 2] = row.runMs;
      values[from + 3] = row.durationUs;
      values[from + 4] = row.billedMs;
      values[from + 5] = row.maxMemoryMb;
    }
    try {
      statement.run(values, first);
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

  /** Classifies and stores the row. Returns null if its key exists. */
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
          classified.hiddenInitUs,
          classified.initTimedOut,
        );
    if (changes === 0) return null;
    this.#rollups.add(classified.functionId, classified.seriesId, classified.endMs, classified, 1);
    this.#note(environment, classified);
    return classified;
  }

  find(functionId: number, endMs: number, requestId: Uint8Array | string, environmentId: number): InvocationRow | null {
    return (this.#sql.find.get(functionId, endMs, requestId, environmentId) as InvocationRow | undefined) ?? null;
  }

  /** Invocations of the environment that ended at or after `atMs` and may have been open then. */
  openAt(environment: EnvironmentState, atMs: number): readonly InvocationRow[] {
    if (environment.lastEndMs === null || environment.lastEndMs < atMs) return [];
    const next = this.#sql.next.get(environment.functionId, atMs - 1, environment.lastEndMs, environment.id) as
      | InvocationRow
      | undefined;
    if (next === undefined) return [];
    const after = this.#sql.next.get(environment.functionId, next.endMs, environment.lastEndMs, environment.id) as
      | InvocationRow
      | undefined;
    return [
      ...(this.#sql.endingAt.all(environment.functionId, next.endMs, environment.id) as InvocationRow[]),
      ...(after === undefined || next.endMs !== atMs ? [] : [after]),
    ];
  }

  /** Applies what a later line says to a stored row, and classifies it and the next row again. */
  change(environment: EnvironmentState, row: InvocationRow, change: RowChange): void {
    const next = { ...row, ...change };
    const isWorse = next.status !== row.status;
    if (isWorse) {
      if (row.status === STATUS.success) {
        environment.failures += 1;
        environment.hasFailures = true;
      }
      if (row.endMs === environment.lastEndMs) {
        environment.lastStatus = decisiveStatus(environment.lastStatus ?? next.status, next.status);
      }
    }
    this.#replace(row, this.#classified(environment, next));
    if (isWorse) this.reclassifyAfter(environment, row.endMs);
  }

  /** Deletes a stored row, which is about to be stored under another key: its log stream or its exact end is known now. */
  remove(environment: EnvironmentState, row: InvocationRow): void {
    const { functionId, endMs, requestId, environmentId } = row;
    this.#sql.remove.run(functionId, endMs, requestId, environmentId);
    this.#rollups.add(functionId, row.seriesId, endMs, row, -1);
    this.#staleHours.run(functionId, startOf(row), endMs, null);
    environment.invocations -= 1;
    if (row.status !== STATUS.success) environment.failures -= 1;
    if (!hasStream(environment) || (endMs !== environment.firstEndMs && endMs !== environment.lastEndMs)) return;
    const bounds = [functionId, environment.firstEndMs, environment.lastEndMs, environmentId];
    const ends = this.#sql.ends.get(bounds) as {
      readonly firstMs: number | null;
      readonly lastMs: number | null;
    };
    environment.firstEndMs = ends.firstMs;
    environment.lastEndMs = ends.lastMs;
    environment.lastStatus =
      ends.lastMs === null ? null : (this.#sql.statusAt.get(functionId, ends.lastMs, environmentId) as number);
  }

  /** Classifies the first invocation of the environment that ends after `ms` again. */
  reclassifyAfter(environment: EnvironmentState, ms: number): void {
    if (!hasStream(environment)) return;
    if (environment.lastEndMs === null || environment.lastEndMs <= ms) return;
    const next = this.#sql.next.get(environment.functionId, ms, environment.lastEndMs, environment.id) as
      | InvocationRow
      | undefined;
    if (next === undefined) return;
    // Usually this row alone; invocations that end in the same millisecond follow the same one.
    this.#reclassify(environment, this.#sql.endingAt.all(environment.functionId, next.endMs, environment.id));
  }

  /**
   * Classifies invocations that depend on INIT_START or the initialization type again, because one of them arrived late.
   * An environment without failures has one init, so the search ends at the first.
   */
  reclassifyInits(environment: EnvironmentState): void {
    const { functionId, firstEndMs, lastEndMs, id, hasFailures } = environment;
    if (firstEndMs === null || lastEndMs === null || !hasStream(environment)) return;
    const limit = hasFailures ? NO_LIMIT : 1;
    this.#reclassify(environment, this.#sql.inits.all(functionId, firstEndMs, lastEndMs, id, limit));
  }

  /** Clears caches after a rollback. */
  reset(): void {
    this.thresholds.reset();
  }

  #reclassify(environment: EnvironmentState, rows: readonly unknown[]): void {
    for (const row of rows as InvocationRow[]) this.#replace(row, this.#classified(environment, row));
  }

  #classified(environment: EnvironmentState, row: InvocationRow): InvocationRow {
    if (!hasStream(environment)) return withColdStart(row, classifyWithoutStream(row));
    if (isWarmSuccess(environment, row, environment.lastEndMs)) return row;
    const cold = classifyColdStart(
      { ...row, startMs: row.runMs === null ? null : row.endMs - row.runMs },
      {
        initializationType: environment.initializationType,
        initStartMs: environment.initStartMs,
        proactiveThresholdMs: this.thresholds.of(environment.functionId),
      },
      environment.hasFailures ? this.#preceding.of(environment, row.endMs) : NOTHING_PRECEDING,
    );
    return withColdStart(row, cold);
  }

  #replace(old: InvocationRow, next: InvocationRow): void {
    if (
      old.runMs === next.runMs &&
      old.status === next.status &&
      old.cold === next.cold &&
      old.userFelt === next.userFelt &&
      old.hiddenInitUs === next.hiddenInitUs &&
      old.initTimedOut === next.initTimedOut &&
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
      next.hiddenInitUs,
      next.initTimedOut,
      old.functionId,
      old.endMs,
      old.requestId,
      old.environmentId,
    );
    this.#rollups.add(old.functionId, old.seriesId, old.endMs, old, -1);
    this.#rollups.add(next.functionId, next.seriesId, next.endMs, next, 1);
    this.#staleHours.run(old.functionId, startOf(old), old.endMs, null);
    this.#staleHours.run(next.functionId, startOf(next), next.endMs, null);
  }

  /** Updates the environment's totals. A row that is not its newest can change the classification of the next. */
  #note(environment: EnvironmentState, row: InvocationRow): void {
    environment.invocations += 1;
    if (isCut(row)) environment.hasWholeSeconds = true;
    this.#staleHours.run(row.functionId, startOf(row), row.endMs, environment.lastEndMs);
    if (row.status !== STATUS.success) {
      environment.failures += 1;
      environment.hasFailures = true;
    }
    if (row.initUs !== null) environment.initUs = row.initUs;
    if (row.maxMemoryMb !== null) environment.maxMemoryMb = Math.max(environment.maxMemoryMb ?? 0, row.maxMemoryMb);
    const lastEndMs = environment.lastEndMs ?? Number.NEGATIVE_INFINITY;
    if (environment.firstEndMs === null || row.endMs < environment.firstEndMs) environment.firstEndMs = row.endMs;
    if (row.endMs >= lastEndMs) {
      environment.lastStatus =
        row.endMs === lastEndMs && environment.lastStatus !== null
          ? decisiveStatus(environment.lastStatus, row.status)
          : row.status;
      environment.lastEndMs = row.endMs;
    } else if (environment.hasFailures) {
      this.reclassifyAfter(environment, row.endMs);
    }
  }
}

function withColdStart(row: InvocationRow, cold: ColdStart | null): InvocationRow {
  const kind = cold === null ? null : COLD_KIND[cold.kind];
  const userFelt = cold === null || cold.userFelt === null ? null : Number(cold.userFelt);
  const hiddenInitUs = cold?.hiddenInitUs ?? null;
  const initTimedOut = cold?.initTimedOut === true ? 1 : null;
  return kind === row.cold &&
    userFelt === row.userFelt &&
    hiddenInitUs === row.hiddenInitUs &&
    initTimedOut === row.initTimedOut
    ? row
    : { ...row, cold: kind, userFelt, hiddenInitUs, initTimedOut };
}

/** START, or Duration before the end if START did not arrive. Epoch ms. */
function startOf(row: InvocationRow): number {
  return row.endMs - (row.runMs ?? Math.ceil(row.durationUs / 1000));
}

/** The times that are known may be truncated to the second. */
function isCut({ endMs, runMs }: InvocationRow): boolean {
  return isWholeSecond(endMs) && (runMs === null || isWholeSecond(runMs));
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Returns true for a row that sets none of the rare columns. Most rows are plain, and binding ten NULLs costs as much as the values. */
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

/** SQLite's LIMIT for all rows. */
const NO_LIMIT = -1;
