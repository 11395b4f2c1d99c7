/** The limit of open files and sockets of this process. Imports nothing, so that it can be checked before all else is loaded. */
import { readFileSync } from 'node:fs';

/** Fewer leave a server no room for senders. */
const LEAST_OPEN_FILES = 256;
/** Fewer do not even suffice to load the product. */
export const LEAST_TO_LOAD = 128;

/** The soft limit in the text of /proc/self/limits; null if unlimited or unknown. */
export function openFilesIn(limits: string): number | null {
  const found = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return found === undefined ? null : Number(found);
}

/** The limit of this process; null if unlimited or unknown. */
export function readOpenFiles(): number | null {
  try {
    return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return null;
  }
}

/** What is wrong with a limit, in one sentence; null if it is enough. */
export function openFilesFault(openFiles: number | null, least = LEAST_OPEN_FILES): string | null {
  if (openFiles === null || openFiles >= least) return null;
  return `The limit of open files is ${openFiles}; expected at least ${LEAST_OPEN_FILES}. Raise it (ulimit -n, or LimitNOFILE of the service)`;
}
