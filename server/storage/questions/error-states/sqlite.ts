/** What people decided about groups of failures. */
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, versionList } from '../../stored-json.ts';
import { isOneOf, isTime, validRows } from '../../stored-rows.ts';
import type { StoredErrorState } from './types.ts';

const CHECKS = { state: isOneOf('open', 'resolved', 'ignored'), atMs: isTime };

/** All decisions. */
export async function errorStates({ control }: Databases): Promise<readonly StoredErrorState[]> {
  const rows = await control
    .selectFrom('error_state')
    .select(['function', 'fingerprint', 'state', 'at_ms as atMs', 'versions', 'merged_into as mergedInto'])
    .orderBy('function')
    .orderBy('fingerprint')
    .execute();
  const name = (row: { readonly function: string; readonly fingerprint: string }): string =>
    `error_state ${row.function} ${row.fingerprint}`;
  const stored = rows.map((row) => ({
    ...row,
    versions: (parseStored(versionList, row.versions, name(row)) ?? []).map((one) => (one === '' ? null : one)),
  }));
  return validRows(stored as readonly StoredErrorState[], CHECKS, name);
}
