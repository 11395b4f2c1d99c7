/** Reads small text files that people write: rule files, and the secrets that they refer to. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

export interface TextFile {
  /** Relative to the folder that was named, or its name if a file was named. */
  readonly file: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly text: string;
}

export type TextFiles =
  | { readonly ok: true; readonly files: readonly TextFile[] }
  | { readonly ok: false; readonly file: string; readonly reason: string };

const MOST_FILES = 500;
const MOST_DEPTH = 5;
const MOST_FILE_BYTES = 1_048_576;
const MOST_BYTES = 8_388_608;

/**
 * Reads a file, or all files of a folder and its subfolders whose names end in one of `extensions`. Names that begin with a dot are
 * left out: mounts of Kubernetes have folders of older versions there. Fails as a whole, so that a file that cannot be read is not
 * taken for one that was deleted.
 */
export function readTextFiles(path: string, extensions: readonly string[]): TextFiles {
  const root = resolve(path);
  const files: TextFile[] = [];
  let bytes = 0;
  let at = root;
  try {
    const add = (name: string): void => {
      at = name;
      const stats = statSync(name);
      // A pipe would be waited for.
      if (!stats.isFile()) throw new LimitError('is not a file');
      const { size } = stats;
      bytes += size;
      if (size > MOST_FILE_BYTES) throw new LimitError('is larger than 1 MiB');
      if (bytes > MOST_BYTES) throw new LimitError('all files together are larger than 8 MiB');
      if (files.length === MOST_FILES) throw new LimitError(`there are more than ${MOST_FILES} files`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(name));
      files.push({ file: name === root ? basename(name) : relative(root, name), folder: dirname(name), text });
    };
    const open = (folder: string, depth: number): void => {
      at = folder;
      for (const name of readdirSync(folder).toSorted()) {
        if (name.startsWith('.')) continue;
        const inner = join(folder, name);
        at = inner;
        if (statSync(inner).isDirectory()) {
          if (depth === MOST_DEPTH) throw new LimitError(`folders are nested more than ${MOST_DEPTH} deep`);
          open(inner, depth + 1);
        } else if (extensions.some((extension) => name.endsWith(extension))) add(inner);
      }
    };
    if (statSync(root).isDirectory()) open(root, 0);
    else add(root);
    return { ok: true, files };
  } catch (error) {
    return { ok: false, file: at === root ? path : relative(root, at), reason: reasonOf(error) };
  }
}

class LimitError extends Error {}

/** Reads a secret: the text of a file without the line break at its end. Relative paths are below `folder`. */
export function readSecretFile(path: string, folder: string): { readonly value: string } | { readonly reason: string } {
  try {
    const whole = resolve(folder, path);
    const stats = statSync(whole);
    if (!stats.isFile()) throw new LimitError('is not a file');
    if (stats.size > MOST_FILE_BYTES) throw new LimitError('is larger than 1 MiB');
    return { value: readFileSync(whole, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof LimitError) return error.message;
  if (error instanceof TypeError) return 'is not UTF-8 text';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT' ? 'does not exist' : `cannot be read${code === '' ? '' : ` (${code})`}`;
}
