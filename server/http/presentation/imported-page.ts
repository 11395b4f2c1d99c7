/** Pages of imported results: the newest import first. */
import type { ImportedKey } from '../../storage/questions/shared-types.ts';
import { ProblemError } from '../problems.ts';

/** Cuts a list that was read with one item more than the page has, and says where the next page begins. */
export function importedPage<T extends ImportedKey>(
  found: readonly T[],
  limit: number,
): { readonly items: readonly T[]; readonly nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : `${last.importedMs}-${last.id}` };
}

/** @throws ProblemError for a cursor that {@link importedPage} did not write. */
export function readImportedCursor(cursor: string | undefined): ImportedKey | undefined {
  if (cursor === undefined) return undefined;
  const [, ms, id] = /^(\d{1,15})-([0-9a-f]{32})$/.exec(cursor) ?? [];
  if (ms !== undefined && id !== undefined) return { importedMs: Number(ms), id };
  throw new ProblemError('invalid-request', 'The cursor is not valid', [
    { field: 'cursor', message: 'expected nextCursor of a previous page' },
  ]);
}
