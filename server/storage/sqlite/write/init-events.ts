/** Table `init_event`: lines about inits and restores. One that arrives both with and without its log stream is stored once. */
import type Database from 'better-sqlite3';
import { exactBounds, isWholeSecond, moreExact, secondOf } from '../../../../ingest/records/attempt.ts';
import type { InitEvent } from '../../../../ingest/records/stream-events.ts';
import { micros } from './column-reader.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream, isStreamId } from './environments.ts';

/** Effect of storing a line. */
interface AddedInit {
  /** The line was not stored before. */
  readonly isNew: boolean;
  /** The environment about which it adds a fact: it was not stored there, or not with its exact time. */
  readonly home: EnvironmentState | null;
  /** Its time, exact if any copy has it, epoch ms. */
  readonly atMs: number;
  /** The time that was stored before, epoch ms, if it was truncated to the second. */
  readonly cutMs: number | null;
}

interface StoredInit {
  readonly environmentId: number;
  readonly atMs: number;
}

export class InitEvents {
  readonly #dimensions: DimensionCache;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#sql = prepare(db);
  }

  /** Stores a line. Of two copies the log stream and the exact time are kept, whichever has them. */
  add(environment: EnvironmentState, init: InitEvent): AddedInit {
    const us = micros(init.durationMs ?? Number.NaN);
    if (isWholeSecond(init.atMs)) environment.hasWholeSeconds = true;
    const same = this.#same(environment, init, us);
    const place = hasStream(environment) ? undefined : same.find((one) => isStreamId(one.environmentId));
    const home = place === undefined ? environment : this.#dimensions.environmentById(place.environmentId);
    const atMs = same.reduce((ms, one) => moreExact(ms, one.atMs), init.atMs);
    const isHere = (one: StoredInit): boolean => one.environmentId === home.id && one.atMs === atMs;
    const isKnown = same.some(isHere);
    const lessComplete = same.filter((one) => !isHere(one) && isLessComplete(one, { environmentId: home.id, atMs }));
    for (const one of lessComplete) this.#sql.drop.run(one.environmentId, one.atMs, init.kind);
    if (isKnown || !this.#insert(home, { ...init, atMs }, us)) return { isNew: false, home: null, atMs, cutMs: null };
    const cutMs = lessComplete.find((one) => one.environmentId === home.id)?.atMs ?? null;
    return { isNew: same.length === 0, home: hasStream(home) ? home : null, atMs, cutMs };
  }

  /** Copies of the line: in its environment and without log stream; for a line without one, in any environment. */
  #same(environment: EnvironmentState, { atMs, kind }: InitEvent, us: number | null): readonly StoredInit[] {
    const { id, functionId, hasWholeSeconds } = environment;
    const unknown = this.#dimensions.withoutStream(functionId);
    const [fromMs, toMs] = exactBounds(atMs);
    const cutMs = secondOf(atMs);
    if (!hasStream(environment)) {
      this.#dimensions.flush();
      return this.#sql.known.all(functionId, cutMs, toMs, cutMs, fromMs, toMs, kind, us) as StoredInit[];
    }
    if (unknown === null && !hasWholeSeconds) return [];
    const within = (environmentId: number): StoredInit[] =>
      this.#sql.within.all(environmentId, cutMs, fromMs, toMs, kind, us) as StoredInit[];
    return [...within(id), ...(unknown === null ? [] : within(unknown.id))];
  }

  #insert({ id }: EnvironmentState, init: InitEvent, us: number | null): boolean {
    const { atMs, kind, phase, status, errorType, initializationType } = init;
    return this.#sql.add.run(id, atMs, kind, us, phase, status, errorType, initializationType).changes > 0;
  }
}

/** Returns whether a stored copy of a line contains less than another: without log stream, or with its time truncated to the second. */
export function isLessComplete(copy: StoredInit, { environmentId, atMs }: StoredInit): boolean {
  return (
    (copy.environmentId === environmentId || !isStreamId(copy.environmentId)) && moreExact(copy.atMs, atMs) === atMs
  );
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      `INSERT OR IGNORE INTO init_event (environment_id, at_ms, kind, duration_us, phase, status, error_type,
       initialization_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    within: db.prepare(
      `SELECT environment_id AS environmentId, at_ms AS atMs FROM init_event
       WHERE environment_id = ? AND (at_ms = ? OR at_ms BETWEEN ? AND ?) AND kind = ? AND duration_us IS ?`,
    ),
    known: db.prepare(
      `SELECT environment_id AS environmentId, at_ms AS atMs FROM environment
       JOIN init_event ON init_event.environment_id = environment.id
       WHERE function_id = ? AND last_seen_ms >= ? AND first_seen_ms <= ?
         AND (at_ms = ? OR at_ms BETWEEN ? AND ?) AND kind = ? AND duration_us IS ?`,
    ),
    drop: db.prepare('DELETE FROM init_event WHERE environment_id = ? AND at_ms = ? AND kind = ?'),
  };
}
