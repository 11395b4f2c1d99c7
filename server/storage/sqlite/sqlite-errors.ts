/** Classifies SQLite errors. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** Acknowledged commits are missing from a file, or it is of another store. The message says what the operator can do. */
export class IncompleteStoreError extends Error {
  override readonly name = 'IncompleteStoreError';
}

/** An open file is no longer the file at its path, or was truncated: what is committed would not be found again. */
export class DetachedFileError extends Error {
  override readonly name = 'DetachedFileError';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * True when the connection must be reopened: after a failed fsync the state on disk is unknown, and reads of a damaged
 * file cannot be trusted.
 */
export function isFatal(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_IOERR') || isDamage(code);
}

function isDamage(code: string): boolean {
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** SQLite's error code; empty for other errors. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
    ? String(error.code)
    : '';
}

/**
 * Runs `open` and rethrows SQLite errors with the folder in the message: their fields are lost between threads.
 * @throws DamagedFileError when a file is damaged.
 */
export function opening<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = codeOf(error);
    if (code === '' || !(error instanceof Error)) throw error;
    if (isDamage(code)) throw new DamagedFileError(`A file in ${folder} is damaged: ${error.message}`);
    throw new Error(`${folder} cannot be used: ${error.message} (${code})`);
  }
}
