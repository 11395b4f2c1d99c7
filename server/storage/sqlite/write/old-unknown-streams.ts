/**
 * Versions before schema 8 stored lines without a log stream in an environment named `unknown`. Moves them to where such lines
 * are stored now, a slice at a time: the rows left in those environments are the remaining work, also after a restart.
 */
import type Database from 'better-sqlite3';
import type { ExtensionEvent, FaultEvent, InitEvent, PendingStart } from '../../../../ingest/records/stream-events.ts';
import type { Attempts } from './attempts.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import type { Extensions } from './extensions.ts';
import type { Faults } from './faults.ts';
import type { InitEvents } from './init-events.ts';
import { ROW } from './invocation-sql.ts';
import type { InvocationRow, Invocations } from './invocations.ts';
import type { PendingStarts } from './pending-starts.ts';
import type { SameAttempt } from './same-attempt.ts';

/** The name that such environments had. No log stream of Lambda has it. */
const OLD_NAME = 'unknown';
/** Rows of one table per slice. */
const SLICE = 200;

interface Parts {
  readonly invocations: Invocations;
  readonly attempts: Attempts;
  readonly same: SameAttempt;
  readonly inits: InitEvents;
  readonly faults: Faults;
  readonly starts: PendingStarts;
  readonly extensions: Extensions;
}

export class OldUnknownStreams {
  readonly #dimensions: DimensionCache;
  readonly #parts: Parts;
  readonly #sql;
  /** Ids of environments that may have rows; null before the first look. */
  #left: number[] | null = null;
  /** Ends of invocations up to this time are moved, epoch ms. */
  #movedMs = Number.MIN_SAFE_INTEGER;

  constructor(db: Database.Database, dimensions: DimensionCache, parts: Parts) {
    this.#dimensions = dimensions;
    this.#parts = parts;
    this.#sql = prepare(db);
  }

  /** Returns whether rows are left to move. */
  isDue(): boolean {
    this.#left ??= this.#sql.environments.all(OLD_NAME) as number[];
    return this.#left.length > 0;
  }

  /** Moves a slice. The caller owns the transaction. */
  step(): void {
    const [id] = this.#left ?? [];
    if (id === undefined) return;
    const from = this.#dimensions.environmentById(id);
    const to = this.#dimensions.unknownOf(from);
    if (this.#moveInvocations(from, to) || this.#moveLines(from, to)) return;
    for (const statement of this.#sql.forget) statement.run(id);
    this.#dimensions.forgetEnvironments();
    this.#left = (this.#left ?? []).filter((other) => other !== id);
    this.#movedMs = Number.MIN_SAFE_INTEGER;
  }

  /** Searches for such environments again, after a rollback. */
  reset(): void {
    this.#left = null;
    this.#movedMs = Number.MIN_SAFE_INTEGER;
  }

  #moveInvocations(from: EnvironmentState, to: EnvironmentState): boolean {
    const { invocations, same, attempts, faults } = this.#parts;
    const rows = this.#sql.rows.all(from.functionId, this.#movedMs, from.id, SLICE) as InvocationRow[];
    // The bounds of an environment that ends need no upkeep.
    from.firstEndMs = null;
    from.lastEndMs = null;
    for (const row of rows) {
      this.#movedMs = row.endMs;
      invocations.remove(from, row);
      const given = {
        ...row,
        environmentId: to.id,
        cold: null,
        userFelt: null,
        hiddenInitUs: null,
        initTimedOut: null,
      };
      this.#dimensions.touch(to, row.endMs);
      const copy = same.find(to, given) ?? invocations.find(row.functionId, row.endMs, row.requestId, to.id);
      if (copy !== null) same.merge(to, copy, given);
      else attempts.moved(invocations.insert(to, faults.applyTo(to, given)) ?? given);
    }
    return rows.length > 0;
  }

  /** Lines are deleted before they are added again, or they would be found as copies of themselves. */
  #moveLines(from: EnvironmentState, to: EnvironmentState): boolean {
    const { inits, faults, starts, extensions } = this.#parts;
    const sql = this.#sql;
    const take = <T>({ read, drop }: Line, move: (line: T) => unknown): number => {
      const lines = read.all(from.id, SLICE) as T[];
      if (lines.length > 0) drop.run(from.id, SLICE);
      for (const line of lines) move(line);
      return lines.length;
    };
    const moved =
      take<InitEvent>(sql.init, (line) => inits.add(to, { ...line, stream: 0 })) +
      take<FaultEvent>(sql.fault, (line) => faults.add(to, { ...line, stream: 0, requestId: line.requestId || null })) +
      take<PendingStart>(sql.start, (line) => starts.add(to, { ...line, stream: 0 })) +
      take<ExtensionEvent>(sql.extension, (line) => extensions.add(to, { ...line, stream: 0 })) +
      sql.chunks.run(to.id, from.id, SLICE).changes +
      sql.runtimeDone.run(to.id, from.id, SLICE).changes;
    return moved > 0;
  }
}

interface Line {
  readonly read: Database.Statement;
  readonly drop: Database.Statement;
}

function prepare(db: Database.Database) {
  const line = (table: string, key: string, columns: string): Line => ({
    read: db.prepare(`SELECT ${columns} FROM ${table} WHERE environment_id = ? ORDER BY ${key} LIMIT ?`),
    drop: db.prepare(
      `DELETE FROM ${table} WHERE (environment_id, ${key}) IN (
         SELECT environment_id, ${key} FROM ${table} WHERE environment_id = ? ORDER BY ${key} LIMIT ?)`,
    ),
  });
  const moved = (table: string, key: string): Database.Statement =>
    db.prepare(
      `UPDATE OR REPLACE ${table} SET environment_id = ? WHERE (environment_id, ${key}) IN (
         SELECT environment_id, ${key} FROM ${table} WHERE environment_id = ? LIMIT ?)`,
    );
  return {
    environments: db
      .prepare(
        'SELECT id FROM environment WHERE log_group_id IN (SELECT id FROM log_group) AND log_stream = ? AND id > 0',
      )
      .pluck(),
    rows: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms >= ? AND environment_id = ? ORDER BY end_ms LIMIT ?`,
    ),
    init: line(
      'init_event',
      'at_ms, kind',
      `at_ms AS atMs, kind, duration_us / 1000.0 AS durationMs, phase, status, error_type AS errorType,
       initialization_type AS initializationType, NULL AS runtimeVersion, NULL AS runtimeVersionArn`,
    ),
    fault: line(
      'fault',
      'at_ms, kind, request_id',
      'at_ms AS atMs, kind, request_id AS requestId, error_type AS errorType, message, stack',
    ),
    start: line(
      'pending_start',
      'request_id, start_ms',
      'request_id AS requestId, start_ms AS startMs, version, tenant',
    ),
    extension: line('extension', 'kind, name, state', 'kind, name, state, detail, at_ms AS atMs'),
    chunks: moved('raw_chunk', 'id'),
    runtimeDone: moved('runtime_done', 'request_id, at_ms'),
    forget: ['environment_tenant WHERE environment_id = ?', 'environment WHERE id = ?'].map((rest) =>
      db.prepare(`DELETE FROM ${rest}`),
    ),
  };
}
