/** Where an export is written: a folder, or an address in S3. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../user-error.ts';

export interface ExportTarget {
  /** In words, for messages. */
  readonly where: string;
  /** Path of the local file that is written before it is stored. */
  readonly partPath: string;
  /** The text of the manifest; null if there is none. @throws UserError */
  readManifest(): Promise<string | null>;
  /** Replaces the manifest at once. @throws UserError, also if another export replaced it meanwhile */
  writeManifest(text: string): Promise<void>;
  /** Stores the local file under a name with slashes, and replaces what is there at once. Returns its bytes. @throws UserError */
  store(name: string): Promise<number>;
  /** Removes the local file. */
  close(): void;
}

/** Folder of what is no data. Query engines skip names that begin with an underscore. */
export const OWN_FOLDER = '_thermocline';
export const MANIFEST = `${OWN_FOLDER}/manifest.json`;

/** A folder, which is created in one that exists. @throws UserError if it cannot be written */
export function folderTarget(path: string): ExportTarget {
  const folder = resolve(path);
  const own = join(folder, OWN_FOLDER);
  const partPath = join(own, 'part.parquet');
  const manifest = join(folder, MANIFEST);
  const tried = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw writingFault(folder, error);
    }
  };
  tried(() => {
    // A recursive mkdir does not end where parents cannot be created.
    for (const one of [folder, own]) if (!existsSync(one)) mkdirSync(one);
  });
  return {
    where: folder,
    partPath,
    readManifest: async () => tried(() => (existsSync(manifest) ? readFileSync(manifest, 'utf8') : null)),
    writeManifest: async (text) =>
      tried(() => {
        const next = `${manifest}.next`;
        writeFileSync(next, text);
        replace(next, manifest);
      }),
    store: async (name) =>
      tried(() => {
        const target = join(folder, name);
        mkdirSync(dirname(target), { recursive: true });
        replace(partPath, target);
        return statSync(target).size;
      }),
    close: () => rmSync(partPath, { force: true }),
  };
}

/** Has the disk store a file, then moves it to `target`, replacing what is there. */
function replace(path: string, target: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(path, target);
}

/** What went wrong with the disk, in a sentence; any other error unchanged. */
function writingFault(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  return new UserError(`--to: expected a folder that can be written, but ${folder} cannot be (${String(error.code)})`);
}
