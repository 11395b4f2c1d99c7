/** The files that an import reads: named ones, those in folders, and those that match patterns. */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import picomatch from 'picomatch';

export interface ImportSource {
  readonly name: string;
  /** Size of the file as it is on disk; 0 if unknown. */
  readonly bytes: number;
  /** Log stream that the folder of an S3 export is named after, or null. */
  readonly logStream: string | null;
  /** Calls `onRead` with the number of bytes of each chunk. */
  open(onRead: (bytes: number) => void): AsyncIterable<Buffer>;
}

/** A path that leads to no file, with the reason. */
export interface MissingSource {
  readonly name: string;
  readonly problem: string;
}

/** Resolves the arguments in their order; files of a folder or pattern are sorted by name. Nothing is opened yet. */
export function sourcesOf(paths: readonly string[]): readonly (ImportSource | MissingSource)[] {
  const seen = new Set<string>();
  return paths.flatMap(expand).filter(({ name }) => {
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function expand(path: string): readonly (ImportSource | MissingSource)[] {
  if (path === '-') {
    return [{ name: 'standard input', bytes: 0, logStream: null, open: (onRead) => counted(process.stdin, onRead) }];
  }
  try {
    if (!existsSync(path)) {
      if (!/[*?[{]/.test(path)) return [{ name: path, problem: 'no such file' }];
      const found = matching(path);
      return found.length > 0 ? found : [{ name: path, problem: 'no file matches this pattern' }];
    }
    if (!statSync(path).isDirectory()) return [fileSource(path)];
    const files = filesBelow(path);
    return files.length > 0 ? files.map(fileSource) : [{ name: path, problem: 'the folder has no files' }];
  } catch (error) {
    return [{ name: path, problem: problemOf(error) }];
  }
}

/** CloudWatch writes this object to test an export's permissions. Hidden files are the system's. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'aws-logs-write-test' && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** Shells expand patterns, unless they are quoted or the shell is that of Windows. */
function matching(pattern: string): readonly ImportSource[] {
  const folder = dirname(`${pattern.slice(0, pattern.search(/[*?[{]/))}x`);
  if (!existsSync(folder)) return [];
  const matches = picomatch(relative(folder, pattern).replaceAll('\\', '/'));
  return filesBelow(folder)
    .filter((file) => matches(relative(folder, file).replaceAll('\\', '/')))
    .map(fileSource);
}

function fileSource(path: string): ImportSource {
  return {
    name: path,
    bytes: statSync(path).size,
    logStream: exportedStream(path),
    open: (onRead) => counted(createReadStream(path, { highWaterMark: 262_144 }), onRead),
  };
}

async function* counted(
  chunks: AsyncIterable<Buffer | string>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

/** The folder of an S3 export is named after the log stream, with `-` for `/`. */
function exportedStream(path: string): string | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)-(.*\[[^\]]+\][0-9a-f]{32})$/.exec(basename(dirname(path)));
  return match === null ? null : `${match[1]}/${match[2]}/${match[3]}/${match[4]}`;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
  ENOENT: 'no such file',
  EIO: 'the disk reported an error',
};

/** What went wrong with a file, in words. */
export function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SYSTEM_ERRORS[code] ?? (error instanceof Error ? error.message : String(error));
}
