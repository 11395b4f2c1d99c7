/** Monitors free disk space and database integrity. Pauses ingest and raises alerts when there is a problem. */

import type { Logger } from 'pino';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import { byteSize } from '../../ingest/text/quantities.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { Damage, Maintenance } from '../storage/ports/maintenance.ts';
import type { DiskDecision } from './disk.ts';
import { ballastBytes, decideDisk } from './disk.ts';

/** Kinds of problems that the server reports of itself. */
export type Trouble = 'disk' | 'damage' | 'files' | 'backup' | 'attribution' | 'clock' | 'rules' | 'export';

/** Called with a sentence when a problem starts, and with null when it ends. */
export type OnTrouble = (trouble: Trouble, sentence: string | null) => void;

export interface StorageWatchOptions {
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly maintenance: Maintenance;
  readonly files: Pick<FileThread, 'run'>;
  readonly now: () => number;
  readonly log: Logger;
  readonly onTrouble: OnTrouble;
  /** When telemetry was last written, ms of performance.now(); null if it is not known. */
  readonly lastWriteMs: () => number | null;
}

const CHECK_INTERVAL_MS = DAY_MS;
/** Free space is measured again after this time; senders can write a few megabytes in between. */
const MAX_READING_AGE_MS = 100;
/** Nothing was written for this long: the server is at rest, ms. */
const REST_MS = MINUTE_MS;
/** Interval of measurements at rest, ms. A request that arrives has the disk measured, as ever. */
const REST_INTERVAL_MS = 5 * SECOND_MS;
/** Interval of the rounds, ms. */
const ROUND_MS = SECOND_MS;
/** With less than this many times the least free space, it is measured as often at rest as under load. */
const AMPLE = 4;
/** A disk that has not answered for this time hangs, ms. */
const HANGS_MS = 5000;

export interface StorageState {
  readonly freeBytes: number | null;
  readonly reusableBytes: number;
  readonly databaseBytes: number;
  /** Why ingest is paused; null if it is not. */
  readonly paused: string | null;
  /** Time of the last complete integrity check, epoch ms; null before the first. */
  readonly checkedMs: number | null;
  readonly damage: readonly Damage[];
}

export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #free: number | null = null;
  #hasBallast = false;
  #measuredMs = Number.NEGATIVE_INFINITY;
  #reusable = 0;
  #databaseBytes = 0;
  /** The measurement in progress. */
  #measuring: Promise<DiskDecision['ballast']> | null = null;
  /** Start of the measurement in progress, ms of performance.now(). */
  #startedMs = 0;
  /** Null before the first measurement. */
  #paused: boolean | null = null;
  #checkedMs: number | null = null;
  #damage: readonly Damage[] = [];
  /** The last reported sentence about a detached file; null if none is. */
  #detached: string | null = null;
  #checking: Promise<void> | null = null;
  /** Nothing is accepted before the first check has ended, or until this time, ms of performance.now(). */
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  /** Why ingest is paused, as a sentence for senders; null if it is not. Measures again if the last reading is old. */
  pauseReason(): string | null {
    if (performance.now() - this.#measuredMs > MAX_READING_AGE_MS) void this.measure().catch(() => undefined);
    // No paths: unauthenticated senders see this.
    if (this.#options.maintenance.detached() !== null)
      return 'Ingest is paused: a database file was deleted, replaced or truncated while the server was running. Retry later.';
    if (this.#hangs()) return 'Ingest is paused: the disk does not answer. Retry later.';
    if (this.#checkedMs === null && performance.now() < this.#heldUntilMs)
      return 'Ingest is paused: the database is checked after the start, which takes some seconds. Retry later.';
    if (isBroken(this.#damage)) return 'Ingest is paused: the database is damaged. Retry later.';
    if (this.#paused !== true) return null;
    const { minFreeBytes } = this.#options;
    return `Ingest is paused: ${byteSize(this.#free ?? 0)} of disk space are free, at least ${byteSize(minFreeBytes)} are required. Retry later.`;
  }

  state(): StorageState {
    return {
      freeBytes: this.#free,
      reusableBytes: this.#reusable,
      databaseBytes: this.#databaseBytes,
      paused: this.pauseReason(),
      checkedMs: this.#checkedMs,
      damage: this.#damage,
    };
  }

  /** Measures free space, maintains the ballast file, and starts the daily integrity check. */
  async round(): Promise<void> {
    const { folder, minFreeBytes, now, files } = this.#options;
    if (this.#isDetached()) return;
    if (this.#checkedMs !== null && now() - this.#checkedMs >= CHECK_INTERVAL_MS) void this.check();
    if (this.#rests()) return;
    const ballast = await this.measure();
    if (ballast === 'release') await files.run('releaseBallast', folder, Number.POSITIVE_INFINITY);
    if (ballast === 'create') await files.run('createBallast', folder, ballastBytes(minFreeBytes));
  }

  /** Whether the last reading is enough for now: nothing is written, and the disk had ample space a moment ago. */
  #rests(): boolean {
    const isAmple = this.#paused === false && (this.#free ?? 0) >= AMPLE * this.#options.minFreeBytes;
    if (!isAmple || !this.#hasBallast || this.#measuring !== null) return false;
    return performance.now() - this.#measuredMs < REST_INTERVAL_MS - ROUND_MS / 2 && this.#isAtRest();
  }

  #isAtRest(): boolean {
    const nowMs = performance.now();
    return nowMs - (this.#options.lastWriteMs() ?? nowMs) >= REST_MS;
  }

  /** Reports a detached file once. Nothing is created in the folder meanwhile: it may be another one, or gone. */
  #isDetached(): boolean {
    const { maintenance, log, onTrouble } = this.#options;
    const detached = maintenance.detached();
    if (detached !== this.#detached) {
      this.#detached = detached;
      if (detached !== null)
        log.error({ detached }, 'a database file is not the one that was opened: nothing is stored');
      onTrouble('files', detached === null ? null : `${detached}. ${DETACHED_HINT}`);
    }
    return detached !== null;
  }

  #hangs(): boolean {
    return this.#measuring !== null && performance.now() - this.#startedMs > HANGS_MS;
  }

  /** Measures free space, or joins the measurement in progress. Returns what to do with the ballast file. */
  measure(): Promise<DiskDecision['ballast']> {
    if (this.#measuring !== null) return this.#measuring;
    this.#startedMs = performance.now();
    this.#measuring = this.#measure().finally(() => {
      this.#measuring = null;
    });
    return this.#measuring;
  }

  async #measure(): Promise<DiskDecision['ballast']> {
    const { folder, minFreeBytes, maintenance, files, onTrouble } = this.#options;
    const byFileThread = () => files.run('measure', folder);
    const reading = this.#isAtRest() ? await maintenance.measure().catch(byFileThread) : await byFileThread();
    this.#measuredMs = performance.now();
    this.#free = reading.freeBytes;
    this.#databaseBytes = reading.databaseBytes;
    this.#hasBallast = reading.hasBallast;
    if (this.#free < minFreeBytes * 2) this.#reusable = await maintenance.reusableBytes().catch(() => this.#reusable);
    const { paused, ballast } = decideDisk({
      freeBytes: this.#free,
      reusableBytes: this.#reusable,
      minFreeBytes,
      hasBallast: reading.hasBallast,
      wasPaused: this.#paused === true,
    });
    const changed = paused !== this.#paused;
    this.#paused = paused;
    if (changed) onTrouble('disk', paused ? this.pauseReason() : null);
    return ballast;
  }

  /** Pauses ingest until the first check has ended, for up to `mostMs`: pages are answered meanwhile. */
  holdIngest(mostMs: number): void {
    this.#heldUntilMs = performance.now() + mostMs;
  }

  /** Checks the integrity of all files, or joins the check in progress. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    const { maintenance, now, log, onTrouble } = this.#options;
    try {
      const damage = await maintenance.check();
      this.#damage = damage;
      this.#checkedMs = now();
      if (damage.length > 0) {
        log.error({ damage }, isBroken(damage) ? 'the database is damaged: ingest is paused' : 'raw lines are damaged');
        onTrouble('damage', `${damageSentence(damage)}. ${RECOVERY_HINT}`);
      } else onTrouble('damage', null);
    } catch (error) {
      // The process is stopping or out of memory: check again tomorrow.
      this.#checkedMs = now();
      log.warn({ err: error }, 'integrity check failed to run');
    }
  }
}

/** True if the structure of a file is damaged; such a file is not written to. */
export function isBroken(damage: readonly Damage[]): boolean {
  return damage.some(({ kind }) => kind === 'structure');
}

/** Tells the operator how to recover from damage. */
export const RECOVERY_HINT =
  'Restore the newest backup (thermocline restore), or set the file aside and start empty (thermocline set-aside)';

/** Tells the operator what to do about a file that was deleted, replaced or truncated. */
export const DETACHED_HINT =
  'Nothing is stored, and senders receive 503. Put the file back to continue, or stop the server, restore a backup (thermocline restore) and start it';

/** Describes the first finding and counts the others. */
export function damageSentence(damage: readonly Damage[]): string {
  const [first] = damage;
  const more = damage.reduce((sum, { findings }) => sum + findings.length, 0) - 1;
  const finding = (first?.findings[0] ?? '').replaceAll(/\s+/g, ' ').slice(0, 300);
  return `${first?.file ?? 'a file'} is damaged: ${finding}${more > 0 ? ` (and ${more} more)` : ''}`;
}
