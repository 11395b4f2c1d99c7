/** Maintenance of a SQLite store. Jobs that read whole files run in a child process. */
import type { Backup, Damage, FolderReading, Maintenance } from '../../ports/maintenance.ts';
import type { SqliteOptions } from '../options.ts';
import type { StoreCheck } from './check.ts';
import { UpkeepProcesses } from './child.ts';

/** Checks of a running server read at most this much per second. */
const SCRUB_BYTES_PER_SECOND = 32 * 1_048_576;

export class SqliteUpkeep implements Maintenance {
  readonly #options: Pick<SqliteOptions, 'folder' | 'now'>;
  readonly #processes: UpkeepProcesses;
  /** The start waits for the first check. */
  #isFirstCheck = true;
  readonly #addSums: (added: StoreCheck['added']) => Promise<unknown>;
  readonly reusableBytes: () => Promise<number>;
  readonly measure: () => Promise<FolderReading>;
  readonly detached: () => string | null;

  constructor(
    options: SqliteOptions,
    writer: {
      readonly reusableBytes: () => Promise<number>;
      readonly measure: () => Promise<FolderReading>;
      readonly detached: () => string | null;
      readonly addSums: (added: StoreCheck['added']) => Promise<unknown>;
    },
  ) {
    this.#options = options;
    this.#processes = new UpkeepProcesses(options.workers);
    this.reusableBytes = writer.reusableBytes;
    this.measure = writer.measure;
    this.detached = writer.detached;
    this.#addSums = writer.addSums;
  }

  async check(): Promise<readonly Damage[]> {
    const bytesPerSecond = this.#isFirstCheck ? null : SCRUB_BYTES_PER_SECOND;
    this.#isFirstCheck = false;
    const job = { op: 'check', folder: this.#options.folder, thorough: false, bytesPerSecond } as const;
    const { damage, added } = (await this.#processes.run(job)) as StoreCheck;
    try {
      await this.#addSums(added);
    } catch (error) {
      // What was found may be why the writer cannot store them.
      if (damage.length === 0) throw error;
    }
    return damage;
  }

  async backup({ into, by, version, spareBytes, onProgress }: Parameters<Maintenance['backup']>[0]): Promise<Backup> {
    const { folder, now } = this.#options;
    const job = { op: 'backup', folder, into, by, version, spareBytes, nowMs: now() } as const;
    return (await this.#processes.run(job, onProgress)) as Backup;
  }

  close(): void {
    this.#processes.close();
  }
}
