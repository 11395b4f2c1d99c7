/** Backups of the running store, on request and scheduled, one at a time. Old scheduled backups are deleted. */
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { Backup, BackupManifest, Maintenance, MaintenanceProgress } from '../storage/ports/maintenance.ts';
import type { OnTrouble } from './storage-watch.ts';

export interface BackupsOptions {
  readonly folder: string;
  /** Interval of scheduled backups; null disables them. */
  readonly everyMs: number | null;
  /** Number of scheduled backups to keep. */
  readonly keep: number;
  readonly version: string;
  /** Free disk space that a backup must leave. */
  readonly spareBytes: number;
  readonly maintenance: Maintenance;
  readonly files: Pick<FileThread, 'run'>;
  readonly now: () => number;
  readonly onTrouble: OnTrouble;
}

export interface BackupsState {
  readonly running: MaintenanceProgress | null;
  /** Why the last attempt failed; null if it succeeded. */
  readonly error: string | null;
  readonly items: readonly Backup[];
}

/** Delay before a failed scheduled backup is retried. */
const RETRY_MS = 900_000;

export class Backups {
  readonly #options: BackupsOptions;
  #running: MaintenanceProgress | null = null;
  #work: Promise<Backup> | null = null;
  #error: string | null = null;
  #newestMs: number | null = null;
  #failedMs = Number.NEGATIVE_INFINITY;
  #listedMs = Number.NEGATIVE_INFINITY;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  async state(): Promise<BackupsState> {
    return { running: this.#running, error: this.#error, items: await this.#list() };
  }

  async #list(): Promise<readonly Backup[]> {
    const { files, folder, now } = this.#options;
    const found = await files.run('backups', folder);
    this.#listedMs = now();
    // One of a clock that was ahead would defer all others.
    const times = found.map((backup) => Date.parse(backup.manifest.createdAt));
    this.#newestMs = times.find((ms) => ms <= now() + HOUR_MS) ?? null;
    return found;
  }

  /** Time of the newest backup that is not ahead of the clock, epoch ms; null without one, and before the backups were listed. */
  newestMs(): number | null {
    return this.#newestMs;
  }

  /** Creates a backup, or joins the one in progress. Rejects if it fails. */
  make(by: BackupManifest['by']): Promise<Backup> {
    this.#work ??= this.#make(by).finally(() => {
      this.#work = null;
      this.#running = null;
    });
    return this.#work;
  }

  /** Creates a scheduled backup if one is due. */
  async round(): Promise<void> {
    const { everyMs, now } = this.#options;
    if (everyMs === null) return this.#listHourly();
    await this.#list();
    const sinceFailureMs = now() - this.#failedMs;
    // Negative after the clock went back.
    if (sinceFailureMs >= 0 && sinceFailureMs < RETRY_MS) return;
    const newestMs = this.#newestMs;
    if (newestMs !== null && now() - newestMs < everyMs) return;
    await this.make('schedule');
    await this.#deleteOld();
  }

  /** Without a schedule the folder only shows the newest backup: the thread that reads it ends in between. */
  async #listHourly(): Promise<void> {
    const sinceListMs = this.#options.now() - this.#listedMs;
    // Negative after the clock went back.
    if (sinceListMs < 0 || sinceListMs >= HOUR_MS) await this.#list();
  }

  async #make(by: BackupManifest['by']): Promise<Backup> {
    const { folder, maintenance, version, spareBytes, now, onTrouble } = this.#options;
    this.#running = { what: 'starting', done: 0, total: 1 };
    try {
      const backup = await maintenance.backup({
        into: folder,
        by,
        version,
        spareBytes,
        onProgress: (progress) => (this.#running = progress),
      });
      onTrouble('backup', null);
      this.#newestMs = Date.parse(backup.manifest.createdAt);
      this.#error = null;
      return backup;
    } catch (error) {
      this.#failedMs = now();
      this.#error = error instanceof Error ? error.message : String(error);
      onTrouble('backup', `Backup failed: ${this.#error}`);
      throw error;
    }
  }

  async #deleteOld(): Promise<void> {
    const { files, keep } = this.#options;
    const scheduled = (await this.#list()).filter((backup) => backup.manifest.by === 'schedule');
    for (const backup of scheduled.slice(keep)) await files.run('removeBackup', backup.path);
  }
}
