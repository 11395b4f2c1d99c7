/** Users who signed in with the identity provider. */
import type { Databases } from '../../sqlite/databases.ts';
import { grant, parseStored } from '../../stored-json.ts';
import type { RowChecks } from '../../stored-rows.ts';
import { isCount, isTime, orNull, validRows } from '../../stored-rows.ts';
import type { StoredUser } from './types.ts';

/** As it is stored: grants are JSON. */
type Row = Omit<StoredUser, 'claimed' | 'assigned'> & { readonly claimed: string; readonly assigned: string | null };

const CHECKS: RowChecks<Row> = {
  createdMs: isTime,
  signedInMs: isTime,
  lastSeenMs: isTime,
  sessions: isCount,
  disabledMs: orNull(isTime),
};

/** All users, by name. */
export async function users(
  { control }: Databases,
  { nowMs }: { readonly nowMs: number },
): Promise<readonly StoredUser[]> {
  const rows = await control
    .selectFrom('user')
    .innerJoin('token', 'token.id', 'user.id')
    .leftJoin('session', (join) => join.onRef('session.token_id', '=', 'user.id').on('session.expires_ms', '>', nowMs))
    .select(['user.id', 'issuer', 'subject', 'user.name', 'email', 'claimed', 'assigned'])
    .select(['user.created_ms as createdMs', 'signed_in_ms as signedInMs', 'revoked_ms as disabledMs'])
    .select(({ fn, eb }) => [
      fn.count<number>('session.sha256').as('sessions'),
      fn.coalesce(fn.max('session.last_used_ms'), eb.ref('signed_in_ms')).as('lastSeenMs'),
    ])
    .groupBy('user.id')
    .orderBy('user.name')
    .orderBy('user.id')
    .execute();
  return validRows(rows, CHECKS, ({ id }) => `user ${id}`).flatMap(({ claimed, assigned, ...row }) => {
    const name = `user ${row.id}`;
    const byClaims = parseStored(grant, claimed, name);
    const byAdmin = assigned === null ? null : parseStored(grant, assigned, name);
    if (byClaims === null || (byAdmin === null && assigned !== null)) return [];
    return { ...row, claimed: byClaims, assigned: byAdmin };
  });
}

/** The ID token with which a session was opened; null if there is none. */
export async function sessionIdToken(
  { control }: Databases,
  { sha256 }: { readonly sha256: Uint8Array },
): Promise<string | null> {
  const row = await control
    .selectFrom('session')
    .select('id_token')
    .where('sha256', '=', Buffer.from(sha256))
    .executeTakeFirst();
  return row?.id_token ?? null;
}
