/** Restrictions as the API shows them. */
import type { Restriction } from '../../storage/restriction.ts';
import { entriesOf } from '../../storage/restriction.ts';

/** The entries of a restriction; null for every function. */
export function entriesOrNull(restriction: Restriction | null): string[] | null {
  return restriction === null ? null : [...entriesOf(restriction)];
}
