/** How a group of failures is named in lists, alerts and titles. */
import type { ErrorIdentity } from './fingerprint.ts';

const TITLES: Partial<Record<ErrorIdentity['kind'], string>> = {
  timeout: 'Timed out',
  oom: 'Out of memory',
  rest: 'Failures beyond the groups that are stored',
};

/** One line of text, as plain as the log has it: escape it where it is shown. */
export function titleOf({ kind, errorType, message }: ErrorIdentity): string {
  const title = TITLES[kind];
  if (title !== undefined) return title;
  return [errorType ?? 'Error', message].filter((part) => part !== '').join(': ');
}
