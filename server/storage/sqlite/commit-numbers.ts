/** Numbers the commits of a store, and gives both of its databases the same id. */
import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { CommitPosition, HighWater } from './high-water.ts';
import { HighWaterFile, readHighWater } from './high-water.ts';
import type { StoreIdentity } from './maintenance/completeness.ts';
import { readIdentity } from './maintenance/completeness.ts';

/** Numbers the acknowledged commits of one database. */
export class CommitNumbers {
  readonly #name: 'telemetry' | 'control';
  readonly #mark: HighWaterFile;
  readonly #advance: Database.Statement;
  #pending: CommitPosition | null = null;

  constructor(db: Database.Database, name: 'telemetry' | 'control', mark: HighWaterFile) {
    this.#name = name;
    this.#mark = mark;
    this.#advance = db.prepare(
      'UPDATE store SET commits = commits + 1, committed_ms = ? RETURNING commits, committed_ms AS committedMs',
    );
  }

  /** Numbers the commit. Part of its transaction. */
  advance(nowMs: number): void {
    this.#pending = this.#advance.get(nowMs) as CommitPosition;
  }

  /** Notes the number in the high-water mark. Call when the commit is durable, before it is acknowledged. */
  committed(): void {
    if (this.#pending === null) return;
    this.#mark.note(this.#name, this.#pending);
    this.#pending = null;
  }

  /** Call after a rollback. */
  rolledBack(): void {
    this.#pending = null;
  }
}

/**
 * Gives both databases the id of their store, and starts its high-water mark from what they contain. Call when the files
 * were found complete, and are migrated and open.
 */
export function openHighWater(folder: string, telemetry: Database.Database, control: Database.Database): HighWaterFile {
  const found = readHighWater(folder);
  const mark: HighWater = typeof found === 'string' ? { id: null, telemetry: null, control: null } : found;
  const [inTelemetry, inControl] = [readIdentity(telemetry), readIdentity(control)];
  const isKnown = mark.telemetry !== null || mark.control !== null;
  const id = (isKnown ? mark.id : null) ?? inTelemetry?.id ?? inControl?.id ?? mark.id ?? randomUUID();
  return new HighWaterFile(folder, {
    id,
    telemetry: adopt(telemetry, inTelemetry, id),
    control: adopt(control, inControl, id),
  });
}

function adopt(db: Database.Database, identity: StoreIdentity | null, id: string): CommitPosition {
  if (identity === null) db.prepare('INSERT INTO store (one, id, commits, committed_ms) VALUES (1, ?, 0, 0)').run(id);
  else if (identity.id !== id) db.prepare('UPDATE store SET id = ?').run(id);
  return { commits: identity?.commits ?? 0, committedMs: identity?.committedMs ?? 0 };
}
