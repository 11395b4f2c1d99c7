/** What SQLite's errors mean to us. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** After a failed fsync nobody knows what is on the disk, and a damaged file tells nothing: only a new connection may say. */
export function isFatal(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_IOERR') || isDamage(code);
}

function isDamage(code: string): boolean {
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** "" where it is not one of SQLite's. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
    ? String(error.code)
    : '';
}

/** Runs `open`; SQLite's errors lose their words between threads, so they are said again in errors of our own. */
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
