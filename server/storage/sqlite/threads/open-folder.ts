/** Opens the files of a data folder for writing, after checking that they are complete. Runs in the writer's thread. */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { Checkpoints } from '../checkpoints.ts';
import { CommitNumbers, openHighWater } from '../commit-numbers.ts';
import { openWriter } from '../connection.ts';
import { createDataFolder } from '../data-folder.ts';
import type { HighWaterFile } from '../high-water.ts';
import type { FolderLock } from '../lock.ts';
import { lockFolder } from '../lock.ts';
import { assertComplete } from '../maintenance/completeness.ts';
import { assertInUse, assertPresent, notePresent } from '../maintenance/presence.ts';
import { finishRestore } from '../maintenance/restore.ts';
import { migrate } from '../migrate.ts';
import { identify } from '../open-files.ts';
import { opening } from '../sqlite-errors.ts';
import { WriterFiles } from './writer-files.ts';
import type { WriterData } from './writer-protocol.ts';

interface Both<T> {
  readonly telemetry: T;
  readonly control: T;
}

export interface OpenFolder extends Both<Database.Database> {
  readonly lock: FolderLock;
  readonly files: WriterFiles;
  readonly mark: HighWaterFile;
  readonly numbers: Both<CommitNumbers>;
  readonly checkpoints: Both<Checkpoints>;
}

type Options = Pick<WriterData, 'folder' | 'migrations' | 'cacheMb' | 'isReopened' | 'minFreeBytes'>;

/**
 * Takes the folder's lock and opens both databases. `onDetached` receives an error when a file is no longer the one that was
 * opened, and null when that has ended.
 * @throws Error with the name of a class of sqlite-errors.ts, lock.ts, migrate.ts or connection.ts
 */
export function openFolder(options: Options, onDetached: (detached: string | null) => void): OpenFolder {
  const { folder, isReopened } = options;
  return opening(folder, () => {
    if (isReopened) assertInUse(folder);
    else createDataFolder(folder);
    const lock = lockFolder(folder);
    try {
      return openLocked(options, lock, onDetached);
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function openLocked(
  { folder, migrations, cacheMb, minFreeBytes }: Options,
  lock: FolderLock,
  onDetached: (detached: string | null) => void,
): OpenFolder {
  finishRestore(folder);
  assertPresent(folder);
  assertComplete(folder);
  const paths = [join(folder, 'telemetry.db'), join(folder, 'control.db')] as const;
  const before = [identify(paths[0]), identify(paths[1])] as const;
  const telemetry = openFile(paths[0], join(migrations, 'telemetry'), cacheMb);
  const control = openFile(paths[1], join(migrations, 'control'));
  const mark = openHighWater(folder, telemetry, control);
  const checkpoints = {
    telemetry: new Checkpoints(telemetry, paths[0], minFreeBytes),
    control: new Checkpoints(control, paths[1], minFreeBytes),
  };
  for (const log of Object.values(checkpoints)) emptyLog(log);
  notePresent(folder);
  return {
    lock,
    telemetry,
    control,
    files: new WriterFiles(folder, before, onDetached),
    mark,
    checkpoints,
    numbers: {
      telemetry: new CommitNumbers(telemetry, 'telemetry', mark),
      control: new CommitNumbers(control, 'control', mark),
    },
  };
}

function openFile(path: string, migrations: string, cacheMb?: number): Database.Database {
  const db = openWriter(path, cacheMb);
  // Checkpoints stores the sums of the pages first.
  db.pragma('wal_autocheckpoint = 0');
  migrate(db, path, migrations);
  return db;
}

/** A log without frames of an interrupted transaction: after the next crash, they would look like lost ones. */
function emptyLog(log: Checkpoints): void {
  try {
    log.run('TRUNCATE');
  } catch {
    // The disk is full: the log stays as it is.
  }
}
