/** Backups of the running store: on request and by the clock, one at a time; old ones of the clock's are removed. */
import { rmSync } from 'node:fs';
import type { Backup, BackupManifest, Maintenance, MaintenanceProgress } from '../storage/ports/maintenance.ts';
import type { OnTrouble } from './storage-watch.ts';

export interface BackupsOptions {
  readonly folder: string;
  /** null: only on request. */
  readonly everyMs: number | null;
  readonly keep: number;
  readonly version: string;
  readonly spareBytes: number;
  readonly upkeep: Maintenance;
  readonly list: (folder: string) => readonly Backup[];
  readonly now: () => number;
  readonly onTrouble: OnTrouble;
}

export interface BackupsState {
  readonly running: MaintenanceProgress | null;
  /** Why the newest attempt failed; null when it did not. */
  readonly error: string | null;
  readonly items: readonly Backup[];
}

/** A failed backup is tried again sooner than the next is due. */
const RETRY_MS = 900_000;

export class Backups {
  readonly #options: BackupsOptions;
  #running: MaintenanceProgress | null = null;
  #work: Promise<Backup> | null = null;
  #error: string | null = null;
  #failedMs = Number.NEGATIVE_INFINITY;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  state(): BackupsState {
    return { running: this.#running, error: this.#error, items: this.#options.list(this.#options.folder) };
  }

  newestMs(): number | null {
    const [newest] = this.#options.list(this.#options.folder);
    return newest === undefined ? null : Date.parse(newest.manifest.createdAt);
  }

  /** Makes a backup now; joins the one under way, if any. Rejects with why it could not be made. */
  make(by: BackupManifest['by']): Promise<Backup> {
    this.#work ??= this.#make(by).finally(() => {
      this.#work = null;
      this.#running = null;
    });
    return this.#work;
  }

  /** Makes the backup that is due by the clock, if one is. */
  async round(): Promise<void> {
    const { everyMs, now } = this.#options;
    if (everyMs === null || now() - this.#failedMs < RETRY_MS) return;
    const newestMs = this.newestMs();
    if (newestMs !== null && now() - newestMs < everyMs) return;
    await this.make('schedule');
    this.#removeOld();
  }

  async #make(by: BackupManifest['by']): Promise<Backup> {
    const { folder, upkeep, version, spareBytes, now, onTrouble } = this.#options;
    this.#running = { what: 'starting', done: 0, total: 1 };
    try {
      const backup = await upkeep.backup({
        into: folder,
        by,
        version,
        spareBytes,
        onProgress: (progress) => (this.#running = progress),
      });
      onTrouble('backup', null);
      this.#error = null;
      return backup;
    } catch (error) {
      this.#failedMs = now();
      this.#error = error instanceof Error ? error.message : String(error);
      onTrouble('backup', `No backup could be made: ${this.#error}`);
      throw error;
    }
  }

  #removeOld(): void {
    const { folder, keep, list } = this.#options;
    const mine = list(folder).filter((backup) => backup.manifest.by === 'schedule');
    for (const backup of mine.slice(keep)) rmSync(backup.path, { recursive: true, force: true });
  }
}
