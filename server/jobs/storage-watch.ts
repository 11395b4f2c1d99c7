/** Watches over the disk and the files: says why nothing may be stored now, and raises an alert about it. */

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { DAY_MS } from '../../ingest/records/time.ts';
import { freeBytes, megabytes } from '../storage/free-space.ts';
import type { Damage, Maintenance } from '../storage/ports/maintenance.ts';
import type { DiskDecision } from './disk.ts';
import { ballastBytes, decideDisk } from './disk.ts';

/** What can be wrong with where things are stored. */
export type StorageTrouble = 'disk' | 'damage' | 'backup';

/** Called when something goes wrong, and with null when it is right again. */
export type OnTrouble = (trouble: StorageTrouble, sentence: string | null) => void;

export interface StorageWatchOptions {
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly upkeep: Maintenance;
  readonly now: () => number;
  readonly log: Logger;
  readonly onTrouble: OnTrouble;
}

const BALLAST = 'ballast';
const CHECK_EVERY_MS = DAY_MS;
const CHUNK_BYTES = 1_048_576;
/** Senders fill a disk by a few megabytes in this time. */
const STALE_MS = 100;

export interface StorageState {
  readonly freeBytes: number | null;
  readonly reusableBytes: number;
  readonly databaseBytes: number;
  /** Why nothing is stored; null while it is. */
  readonly paused: string | null;
  /** When the files were last read as a whole, and what was found. */
  readonly checkedMs: number | null;
  readonly damage: readonly Damage[];
}

export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #free: number | null = null;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #reusable = 0;
  /** null before the first look. */
  #paused: boolean | null = null;
  #checkedMs: number | null = null;
  #damage: readonly Damage[] = [];
  #checking: Promise<void> | null = null;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  /** Why nothing may be stored now, in a sentence for whoever sends; null where it may. Asked often, it looks often. */
  refusal(): string | null {
    if (performance.now() - this.#lookedMs > STALE_MS) void this.look().catch(() => undefined);
    // No names of files: strangers read this.
    if (isBroken(this.#damage)) return 'Storing is paused: the database is damaged. Send again later';
    if (this.#paused !== true) return null;
    const { minFreeBytes } = this.#options;
    return `Storing is paused: ${megabytes(this.#free ?? 0)} are free on the disk, ${megabytes(minFreeBytes)} are to stay free. Send again later`;
  }

  state(): StorageState {
    return {
      freeBytes: this.#free,
      reusableBytes: this.#reusable,
      databaseBytes: this.#options.upkeep.bytes(),
      paused: this.refusal(),
      checkedMs: this.#checkedMs,
      damage: this.#damage,
    };
  }

  /** Looks at the disk and sees to the ballast; once a day looks at the files. */
  async round(): Promise<void> {
    const { folder, minFreeBytes, now } = this.#options;
    const ballast = await this.look();
    const path = join(folder, BALLAST);
    if (ballast === 'release') rmSync(path, { force: true });
    if (ballast === 'lay') layBallast(path, ballastBytes(minFreeBytes));
    if (this.#checkedMs !== null && now() - this.#checkedMs >= CHECK_EVERY_MS) void this.check();
  }

  /** Looks at the disk; answers what is to be done about the ballast. */
  async look(): Promise<DiskDecision['ballast']> {
    const { folder, minFreeBytes, upkeep, onTrouble } = this.#options;
    this.#lookedMs = performance.now();
    this.#free = freeBytes(folder);
    if (this.#free < minFreeBytes * 2) this.#reusable = await upkeep.reusableBytes().catch(() => this.#reusable);
    const { paused, ballast } = decideDisk({
      freeBytes: this.#free,
      reusableBytes: this.#reusable,
      minFreeBytes,
      hasBallast: existsSync(join(folder, BALLAST)),
      wasPaused: this.#paused === true,
    });
    const changed = paused !== this.#paused;
    this.#paused = paused;
    if (changed) onTrouble('disk', paused ? this.refusal() : null);
    return ballast;
  }

  /** Reads the files as a whole. One at a time. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    const { upkeep, now, log, onTrouble } = this.#options;
    try {
      const damage = await upkeep.check();
      this.#damage = damage;
      this.#checkedMs = now();
      if (damage.length > 0) {
        log.error({ damage }, isBroken(damage) ? 'the database is damaged: storing is paused' : 'lines are damaged');
        onTrouble('damage', `${damageSentence(damage)}. ${RECOVERY_HINT}`);
      } else onTrouble('damage', null);
    } catch (error) {
      // Broken off by the end of the process, or by want of memory: looked at again tomorrow.
      this.#checkedMs = now();
      log.warn({ err: error }, 'the files could not be checked');
    }
  }
}

/** Room is made for opening the files, where there is none left. */
export function releaseBallast(folder: string, minFreeBytes: number): void {
  const path = join(folder, BALLAST);
  if (existsSync(path) && freeBytes(folder) < ballastBytes(minFreeBytes)) rmSync(path, { force: true });
}

/** A file whose structure is damaged is not written to. */
export function isBroken(damage: readonly Damage[]): boolean {
  return damage.some(({ kind }) => kind === 'structure');
}

/** For the operator. */
export const RECOVERY_HINT =
  'Put the newest backup in its place: thermocline restore. Or keep it under another name and begin anew: thermocline set-aside';

export function damageSentence(damage: readonly Damage[]): string {
  const [first] = damage;
  const more = damage.reduce((sum, { findings }) => sum + findings.length, 0) - 1;
  const finding = (first?.findings[0] ?? '').replaceAll(/\s+/g, ' ').slice(0, 300);
  return `${first?.file ?? 'a file'} is damaged: ${finding}${more > 0 ? ` (and ${more} more)` : ''}`;
}

/** Written out, not merely measured out: a hole in a file frees nothing. */
function layBallast(path: string, bytes: number): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    const chunk = new Uint8Array(CHUNK_BYTES).fill(0xa5);
    for (let left = bytes; left > 0; left -= CHUNK_BYTES) writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
    fsyncSync(file);
  } catch {
    rmSync(`${path}.new`, { force: true });
    return;
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
