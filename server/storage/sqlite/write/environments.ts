/**
 * Table `environment`: one row per log stream, with what its lines say about it as a whole. Lines of an unknown log stream
 * belong to one row per function, which represents no environment: its id is that of the function, negated.
 */
import type Database from 'better-sqlite3';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import { ENVIRONMENT_FLAG } from '../../enums.ts';

/** The writer's copy of a row, changed in place and written once per commit. Times in epoch ms. */
export interface EnvironmentState {
  readonly id: number;
  readonly functionId: number;
  version: string | null;
  memoryMb: number | null;
  runtimeVersion: string | null;
  runtimeVersionArn: string | null;
  initializationType: string | null;
  initStartMs: number | null;
  initUs: number | null;
  firstSeenMs: number;
  lastSeenMs: number;
  firstEndMs: number | null;
  lastEndMs: number | null;
  lastStatus: number | null;
  invocations: number;
  failures: number;
  maxMemoryMb: number | null;
  /** An invocation or an init failed: the order of its invocations matters. */
  hasFailures: boolean;
  /** An init failed or ran inside an invocation. Implies {@link hasFailures}. */
  hasReinits: boolean;
  /** Fault lines are stored: they may apply to a new row. */
  hasFaultLines: boolean;
  /** An invocation is stored whose times may be truncated to the second. */
  hasWholeSeconds: boolean;
  pendingStarts: number;
  attributes: string | null;
  /** Series of its newest row, which the next row nearly always shares. */
  series: { readonly version: string | null; readonly memoryMb: number | null; readonly id: number } | null;
  isChanged: boolean;
}

type Flags = Pick<EnvironmentState, 'hasFailures' | 'hasReinits' | 'hasFaultLines' | 'hasWholeSeconds'>;
type EnvironmentRow = Omit<EnvironmentState, keyof Flags | 'series' | 'isChanged'> & { readonly flags: number };

export class Environments {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = prepare(db);
  }

  find(logGroupId: number, logStream: string): EnvironmentState | null {
    const row = this.#sql.find.get(logGroupId, logStream) as EnvironmentRow | undefined;
    return row === undefined ? null : { ...row, ...decodeFlags(row.flags), series: null, isChanged: false };
  }

  findById(id: number): EnvironmentState | null {
    const row = this.#sql.findById.get(id) as EnvironmentRow | undefined;
    return row === undefined ? null : { ...row, ...decodeFlags(row.flags), series: null, isChanged: false };
  }

  /** Inserts an environment that was first seen at `seenMs`, epoch ms. `id`: null for the next free one. */
  add(
    id: number | null,
    functionId: number,
    logGroupId: number,
    { logStream, version }: Pick<StreamHeader, 'logStream' | 'version'>,
    seenMs: number,
  ): EnvironmentState {
    const { lastInsertRowid } = this.#sql.add.run(id, functionId, logGroupId, logStream, version, seenMs, seenMs);
    return {
      id: id ?? Number(lastInsertRowid),
      functionId,
      version,
      memoryMb: null,
      runtimeVersion: null,
      runtimeVersionArn: null,
      initializationType: null,
      initStartMs: null,
      initUs: null,
      firstSeenMs: seenMs,
      lastSeenMs: seenMs,
      firstEndMs: null,
      lastEndMs: null,
      lastStatus: null,
      invocations: 0,
      failures: 0,
      maxMemoryMb: null,
      hasFailures: false,
      hasReinits: false,
      hasFaultLines: false,
      hasWholeSeconds: false,
      pendingStarts: 0,
      attributes: null,
      series: null,
      isChanged: false,
    };
  }

  /** Account, region, log group and log stream of a stored environment. */
  headerOf(id: number): Pick<StreamHeader, 'account' | 'region' | 'logGroup' | 'logStream'> {
    return this.#sql.headerOf.get(id) as Pick<StreamHeader, 'account' | 'region' | 'logGroup' | 'logStream'>;
  }

  save(state: EnvironmentState): void {
    this.#sql.save.run({
      ...state,
      flags: encodeFlags(state),
      hasFailures: null,
      hasReinits: null,
      hasFaultLines: null,
      hasWholeSeconds: null,
      series: null,
      isChanged: null,
    });
    state.isChanged = false;
  }
}

/** The environment of a batch's stream. @throws RangeError if the batch has no such stream */
export function environmentOf(environments: readonly EnvironmentState[], stream: number): EnvironmentState {
  const environment = environments[stream];
  if (environment === undefined) throw new RangeError(`stream ${stream} of ${environments.length}`);
  return environment;
}

/** Returns whether the log stream is known. If not, the state represents all lines of its function without one. */
export function hasStream({ id }: Pick<EnvironmentState, 'id'>): boolean {
  return isStreamId(id);
}

/** Like {@link hasStream}, of the environment with this id. */
export function isStreamId(environmentId: number): boolean {
  return environmentId > 0;
}

/** Id of the row for lines of a function whose log stream is unknown. */
export function unknownEnvironmentId(functionId: number): number {
  return -functionId;
}

function encodeFlags({ hasFailures, hasReinits, hasFaultLines, hasWholeSeconds }: Flags): number {
  return (
    (hasFailures ? ENVIRONMENT_FLAG.hasFailures : 0) |
    (hasFaultLines ? ENVIRONMENT_FLAG.hasFaultLines : 0) |
    (hasReinits ? 0 : ENVIRONMENT_FLAG.hasNoReinits) |
    (hasWholeSeconds ? ENVIRONMENT_FLAG.hasWholeSeconds : 0)
  );
}

function decodeFlags(flags: number): Flags {
  const hasFailures = (flags & ENVIRONMENT_FLAG.hasFailures) !== 0;
  return {
    hasFailures,
    hasReinits: hasFailures && (flags & ENVIRONMENT_FLAG.hasNoReinits) === 0,
    hasFaultLines: (flags & ENVIRONMENT_FLAG.hasFaultLines) !== 0,
    hasWholeSeconds: (flags & ENVIRONMENT_FLAG.hasWholeSeconds) !== 0,
  };
}

const STATE = `id, function_id AS functionId, version, memory_mb AS memoryMb, runtime_version AS runtimeVersion,
  runtime_version_arn AS runtimeVersionArn, initialization_type AS initializationType, init_start_ms AS initStartMs,
  init_us AS initUs, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs, first_end_ms AS firstEndMs,
  last_end_ms AS lastEndMs, last_status AS lastStatus, invocations, failures, max_memory_mb AS maxMemoryMb,
  odd AS flags, pending_starts AS pendingStarts, attributes`;

function prepare(db: Database.Database) {
  return {
    find: db.prepare(`SELECT ${STATE} FROM environment WHERE log_group_id = ? AND log_stream = ?`),
    findById: db.prepare(`SELECT ${STATE} FROM environment WHERE id = ?`),
    headerOf: db.prepare(
      `SELECT account, region, log_group.name AS logGroup, log_stream AS logStream
       FROM environment JOIN log_group ON log_group.id = log_group_id WHERE environment.id = ?`,
    ),
    add: db.prepare(
      `INSERT INTO environment (id, function_id, log_group_id, log_stream, version, first_seen_ms, last_seen_ms)
       VALUES (ifnull(?, (SELECT max(0, ifnull(max(id), 0)) + 1 FROM environment)), ?, ?, ?, ?, ?, ?)`,
    ),
    save: db.prepare(
      `UPDATE environment SET version = @version, memory_mb = @memoryMb, runtime_version = @runtimeVersion,
       runtime_version_arn = @runtimeVersionArn, initialization_type = @initializationType, init_start_ms = @initStartMs,
       init_us = @initUs, first_seen_ms = @firstSeenMs, last_seen_ms = @lastSeenMs, first_end_ms = @firstEndMs,
       last_end_ms = @lastEndMs, last_status = @lastStatus, invocations = @invocations, failures = @failures,
       max_memory_mb = @maxMemoryMb, odd = @flags, pending_starts = @pendingStarts, attributes = @attributes WHERE id = @id`,
    ),
  };
}
