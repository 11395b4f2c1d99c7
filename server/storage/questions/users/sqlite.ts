/** Users of the identity provider, and local ones. */
import type { Databases } from '../../sqlite/databases.ts';
import { grant, parseStored } from '../../stored-json.ts';
import type { RowChecks } from '../../stored-rows.ts';
import { isCount, isTime, orNull, validRows } from '../../stored-rows.ts';
import type { LocalUser, LocalUserQuery, StoredUser } from './types.ts';
import { LOCAL_ISSUER } from './types.ts';

/** As it is stored: grants are JSON. */
type Row = Omit<StoredUser, 'claimed' | 'assigned'> & { readonly claimed: string; readonly assigned: string | null };

const CHECKS: RowChecks<Row> = {
  createdMs: isTime,
  signedInMs: orNull(isTime),
  lastSeenMs: orNull(isTime),
  sessions: isCount,
  disabledMs: orNull(isTime),
  invitedUntilMs: orNull(isTime),
};

/** `signed_in_ms` of a local user who has not signed in. */
const NEVER = 0;

/** All users, by name. */
export async function users(
  { control }: Databases,
  { nowMs }: { readonly nowMs: number },
): Promise<readonly StoredUser[]> {
  const rows = await control
    .selectFrom('user')
    .innerJoin('token', 'token.id', 'user.id')
    .leftJoin('invitation', (join) =>
      join.onRef('invitation.user_id', '=', 'user.id').on('invitation.expires_ms', '>', nowMs),
    )
    .leftJoin('session', (join) => join.onRef('session.token_id', '=', 'user.id').on('session.expires_ms', '>', nowMs))
    .select(['user.id', 'issuer', 'subject', 'user.name', 'email', 'claimed', 'assigned'])
    .select(['user.created_ms as createdMs', 'revoked_ms as disabledMs', 'invitation.expires_ms as invitedUntilMs'])
    .select(({ fn, ref, val }) => [
      fn.count<number>('session.sha256').as('sessions'),
      fn<number | null>('nullif', [ref('signed_in_ms'), val(NEVER)]).as('signedInMs'),
      fn
        .coalesce(fn.max('session.last_used_ms'), fn<number | null>('nullif', [ref('signed_in_ms'), val(NEVER)]))
        .as('lastSeenMs'),
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

/** A local user; null if there is none. */
export async function localUser({ control }: Databases, query: LocalUserQuery): Promise<LocalUser | null> {
  const users = control.selectFrom('user').where('issuer', '=', LOCAL_ISSUER).select(['user.id', 'name', 'password']);
  const invited = (sha256: Uint8Array, nowMs: number) =>
    users
      .innerJoin('invitation', 'invitation.user_id', 'user.id')
      .where('sha256', '=', Buffer.from(sha256))
      .where('expires_ms', '>', nowMs);
  const found =
    'key' in query
      ? users.where('subject', '=', query.key)
      : 'id' in query
        ? users.where('user.id', '=', query.id)
        : invited(query.invitation, query.nowMs);
  return (await found.executeTakeFirst()) ?? null;
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
