/** Maintenance of a SQLite store. Jobs that read whole files run in a child process. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { byteSize } from '../../../../ingest/text/quantities.ts';
import { freeBytes } from '../../free-space.ts';
import type { Backup, Damage, Maintenance } from '../../ports/maintenance.ts';
import { StoreError } from '../../ports.ts';
import type { SqliteOptions } from '../options.ts';
import { UpkeepProcesses } from './child.ts';
import { STORE_FILES } from './manifest.ts';

export class SqliteUpkeep implements Maintenance {
  readonly #options: Pick<SqliteOptions, 'folder' | 'now'>;
  readonly #processes: UpkeepProcesses;
  readonly reusableBytes: () => Promise<number>;
  readonly detached: () => string | null;

  constructor(options: SqliteOptions, reusableBytes: () => Promise<number>, detached: () => string | null) {
    this.#options = options;
    this.#processes = new UpkeepProcesses(options.workers);
    this.reusableBytes = reusableBytes;
    this.detached = detached;
  }

  async check(): Promise<readonly Damage[]> {
    return (await this.#processes.run({ op: 'check', folder: this.#options.folder })) as readonly Damage[];
  }

  async backup({ into, by, version, spareBytes, onProgress }: Parameters<Maintenance['backup']>[0]): Promise<Backup> {
    const { folder, now } = this.#options;
    mkdirSync(into, { recursive: true, mode: 0o700 });
    const free = freeBytes(into);
    const needed = this.bytes() + spareBytes;
    if (free < needed)
      throw new StoreError(
        'unavailable',
        `${byteSize(needed)} of free space are required in ${into} (the files and the minimum free space); ${byteSize(free)} are free`,
      );
    const job = { op: 'backup', folder, into, by, version, nowMs: now() } as const;
    return (await this.#processes.run(job, onProgress)) as Backup;
  }

  bytes(): number {
    const names = STORE_FILES.flatMap((name) => [name, `${name}-wal`]);
    return names.reduce(
      (sum, name) => sum + (statSync(join(this.#options.folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  close(): void {
    this.#processes.close();
  }
}
