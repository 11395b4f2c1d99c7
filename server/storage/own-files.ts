/** Files that the product writes and reads itself. A link at their path is never followed: it could lead anywhere. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const OWNER_ONLY = 0o600;

/** Opens a new, empty file for its owner alone. What was at the path is removed, not written to. @returns the descriptor */
export function openNew(path: string): number {
  rmSync(path, { force: true });
  return openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, OWNER_ONLY);
}

/** Writes a new file for its owner alone. What was at the path is removed, not written to. */
export function writeNew(path: string, content: string | Uint8Array): void {
  const file = openNew(path);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Replaces a file in one step: readers see the old or the new one. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  writeNew(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** Adds a line to a file, durably. @throws Error if the path is a link */
export function appendLine(path: string, line: string): void {
  const file = openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, OWNER_ONLY);
  try {
    writeFileSync(file, `${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Opens a file that exists. Does not wait for the other end of a pipe. @throws Error if the path is a link or no file */
export function openExisting(path: string, mode: 'read' | 'write'): number {
  const file = openSync(path, (mode === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is not a file`);
}

/** Reads a text file. @throws Error if the path is a link or no file */
export function readOwn(path: string): string {
  const file = openExisting(path, 'read');
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** @throws Error if the path exists and is not of the expected type, for example a link */
export function assertFileType(path: string, expected: 'file' | 'folder'): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (expected === 'file' ? found.isFile() : found.isDirectory()) return;
  throw new Error(`${path} is ${found.isSymbolicLink() ? 'a link' : `not a ${expected}`}. Expected a ${expected}`);
}
