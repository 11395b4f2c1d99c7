/** The connections of a reader thread: one for callers that may read everything, and one for each recent restriction. */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { StoreRestriction } from '../../restriction.ts';
import { openReader, releaseReader } from '../connection.ts';
import type { Databases } from '../databases.ts';
import { ReadConnection } from '../read-connection.ts';
import { restrictConnection } from '../restricted-views.ts';

/** Restricted connections that are kept open in one thread; beyond them, the one unused for longest is closed. */
const MOST_RESTRICTED = 4;

export interface ReaderConnection {
  /** For transactions. */
  readonly telemetry: Database.Database;
  readonly databases: Databases;
}

export class ReaderConnections {
  readonly #path: string;
  readonly #mappedBytes: number | undefined;
  readonly #controlFile: Database.Database;
  readonly #control: Databases['control'];
  readonly #all: ReaderConnection;
  /** By the JSON of their restrictions, the one unused for longest first. */
  readonly #restricted = new Map<string, ReaderConnection>();

  /** Opens the databases of a data folder. */
  constructor(folder: string, mappedBytes: number | undefined) {
    this.#path = join(folder, 'telemetry.db');
    this.#mappedBytes = mappedBytes;
    this.#controlFile = openReader(join(folder, 'control.db'), mappedBytes);
    this.#control = new ReadConnection(this.#controlFile);
    this.#all = this.#open(null);
  }

  /** The connection of a caller. Null: one that may read everything. Valid until the next call. */
  of(restriction: StoreRestriction | null): ReaderConnection {
    if (restriction === null) return this.#all;
    const key = JSON.stringify(restriction);
    const known = this.#restricted.get(key) ?? this.#open(restriction);
    this.#restricted.delete(key);
    this.#restricted.set(key, known);
    const [oldest] = this.#restricted;
    if (this.#restricted.size > MOST_RESTRICTED && oldest !== undefined) {
      this.#restricted.delete(oldest[0]);
      oldest[1].telemetry.close();
    }
    return known;
  }

  /** Gives memory back between two queries. */
  release(): void {
    const open = [this.#all, ...this.#restricted.values()].map(({ telemetry }) => telemetry);
    for (const db of [this.#controlFile, ...open]) releaseReader(db, this.#mappedBytes);
  }

  #open(restriction: StoreRestriction | null): ReaderConnection {
    const telemetry = openReader(this.#path, this.#mappedBytes);
    if (restriction !== null) restrictConnection(telemetry, restriction);
    const databases = {
      telemetry: new ReadConnection(telemetry),
      control: this.#control,
      files: { telemetry: this.#path },
    } as Databases;
    return { telemetry, databases };
  }
}
