/**
 * The high-water mark: number and time of the last acknowledged commit of each database, in a file of its own. A database that
 * is behind its mark lost commits, for example because its write-ahead log was damaged or deleted.
 *
 * The file holds two slots that are written in turn, so that an interrupted write leaves the other one. The mark is written to
 * the system's cache with each commit, and synced at most once a second and when the store is closed: it is never ahead of
 * the database, which is synced before.
 */
import { closeSync, fdatasync, fstatSync, fsyncSync, lstatSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { openExisting, writeNew } from '../own-files.ts';
import { sync } from './maintenance/sync.ts';

const NAME = 'high-water';
const SLOT_BYTES = 512;
const SYNC_MS = 1000;

/** A commit of one database. */
export interface CommitPosition {
  readonly commits: number;
  /** Time of the commit, epoch ms. */
  readonly committedMs: number;
}

export interface HighWater {
  /** Id of the store; null before one is given. */
  readonly id: string | null;
  /** Null if any content is accepted, for example of a file that was restored. */
  readonly telemetry: CommitPosition | null;
  readonly control: CommitPosition | null;
}

const position = z.object({ commits: z.int().nonnegative(), committedMs: z.number() }).nullable();
const slotSchema = z.object({
  sequence: z.int().nonnegative(),
  id: z.string().nullable(),
  telemetry: position,
  control: position,
});

/** Reads the mark. `missing`: there is no file; `damaged`: neither slot can be read. */
export function readHighWater(folder: string): HighWater | 'missing' | 'damaged' {
  let bytes: Buffer;
  try {
    const file = openExisting(join(folder, NAME), 'read');
    try {
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    return 'damaged';
  }
  const slots = [0, 1].flatMap((at) => decode(bytes.subarray(at * SLOT_BYTES, (at + 1) * SLOT_BYTES)) ?? []);
  const newest = slots.toSorted((a, b) => b.sequence - a.sequence)[0];
  return newest === undefined ? 'damaged' : { id: newest.id, telemetry: newest.telemetry, control: newest.control };
}

/** Replaces the mark durably, in one step. For use while the store is closed. */
export function writeHighWater(folder: string, mark: HighWater): void {
  const path = join(folder, NAME);
  const bytes = Buffer.concat([encode({ ...mark, sequence: 0 }), encode({ ...mark, sequence: 1 })]);
  writeNew(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
  sync(folder);
}

/** Forgets what the named databases contained: their next start accepts what it finds. */
export function acceptAnyContent(folder: string, files: readonly string[]): void {
  const mark = readHighWater(folder);
  const known: HighWater = typeof mark === 'string' ? { id: null, telemetry: null, control: null } : mark;
  writeHighWater(folder, {
    id: known.id,
    telemetry: files.includes('telemetry.db') ? null : known.telemetry,
    control: files.includes('control.db') ? null : known.control,
  });
}

/** The mark of an open store. */
export class HighWaterFile {
  readonly #path: string;
  #file: number;
  #mark: HighWater;
  #sequence = 1;
  #syncedMs = Number.NEGATIVE_INFINITY;
  #isSyncing = false;
  #isDirty = false;

  constructor(folder: string, mark: HighWater) {
    writeHighWater(folder, mark);
    this.#mark = mark;
    this.#path = join(folder, NAME);
    this.#file = openExisting(this.#path, 'write');
  }

  /** Notes a commit that is durable. Call before it is acknowledged; costs one write to the system's cache. */
  note(name: 'telemetry' | 'control', position: CommitPosition): void {
    this.#mark = { ...this.#mark, [name]: position };
    this.#sequence += 1;
    writeSync(
      this.#file,
      encode({ ...this.#mark, sequence: this.#sequence }),
      0,
      SLOT_BYTES,
      (this.#sequence % 2) * SLOT_BYTES,
    );
    this.#isDirty = true;
    this.syncIfDue();
  }

  /** Starts to sync what was noted, in a thread of the system's pool, if the last time was a second ago. */
  syncIfDue(): void {
    if (!this.#isDirty || this.#isSyncing || performance.now() - this.#syncedMs < SYNC_MS) return;
    this.#isSyncing = true;
    this.#isDirty = false;
    this.#syncedMs = performance.now();
    fdatasync(this.#file, (error) => {
      this.#isSyncing = false;
      if (error !== null) this.#isDirty = true;
    });
  }

  /**
   * Writes the file again if another program deleted or replaced it: without it, the next start could not tell whether commits
   * are missing. Call only while the folder is known to be the one that was opened. Retried by the next call if it fails.
   */
  renew(): void {
    if (this.#isSyncing || this.#isAttached()) return;
    try {
      writeHighWater(dirname(this.#path), this.#mark);
      const file = openExisting(this.#path, 'write');
      closeSync(this.#file);
      this.#file = file;
    } catch {
      // For example, the disk is full.
    }
  }

  #isAttached(): boolean {
    const [open, found] = [fstatSync(this.#file), lstatSync(this.#path, { throwIfNoEntry: false })];
    return found !== undefined && open.dev === found.dev && open.ino === found.ino;
  }

  /** Syncs the mark. */
  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

type Slot = z.infer<typeof slotSchema>;

function encode(slot: Slot): Buffer {
  const json = JSON.stringify(slot);
  const text = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
  return Buffer.from(text.padEnd(SLOT_BYTES - 1).concat('\n'));
}

function decode(bytes: Buffer): Slot | null {
  const text = bytes.toString('utf8').trimEnd();
  const json = text.slice(9);
  if (crc32(json).toString(16).padStart(8, '0') !== text.slice(0, 8)) return null;
  try {
    const parsed = slotSchema.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
