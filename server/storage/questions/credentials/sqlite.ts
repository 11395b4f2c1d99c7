/** Tokens and sessions, which the server keeps in memory to check requests, the password hash, and the audit log. */
import type { AuditEntry, Credentials } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { parseStored, restriction } from '../../stored-json.ts';
import type { RowChecks } from '../../stored-rows.ts';
import { isCount, isOneOf, isSha256, isTime, orNull, validPage, validRows } from '../../stored-rows.ts';
import { SCOPES } from './types.ts';

const TOKEN: RowChecks<Credentials['tokens'][number]> = {
  scope: isOneOf(...SCOPES),
  sha256: isSha256,
  createdMs: isTime,
  expiresMs: orNull(isTime),
  lastUsedMs: orNull(isTime),
  revokedMs: orNull(isTime),
};
const SESSION: RowChecks<Credentials['sessions'][number]> = { sha256: isSha256, lastUsedMs: isTime, expiresMs: isTime };
type StoredAudit = AuditEntry & { readonly seq: number };
const AUDIT: RowChecks<StoredAudit> = { atMs: isTime, status: isCount };

/** All tokens and sessions. */
export async function credentials(db: Databases): Promise<Credentials> {
  const tokens = await db.control.selectFrom('token').selectAll().orderBy('created_ms').execute();
  const sessions = await db.control.selectFrom('session').selectAll().execute();
  const storedTokens = tokens.flatMap((row) => {
    const limits = row.restriction === null ? null : parseStored(restriction, row.restriction, `token ${row.id}`);
    // A token whose restriction cannot be read must not become one without a restriction.
    if (limits === null && row.restriction !== null) return [];
    return {
      id: row.id,
      name: row.name,
      scope: row.scope,
      sha256: Uint8Array.from(row.sha256),
      createdMs: row.created_ms,
      expiresMs: row.expires_ms,
      lastUsedMs: row.last_used_ms,
      revokedMs: row.revoked_ms,
      restriction: limits,
    };
  });
  const storedSessions = sessions.map((row) => ({
    sha256: Uint8Array.from(row.sha256),
    tokenId: row.token_id,
    lastUsedMs: row.last_used_ms,
    expiresMs: row.expires_ms,
  }));
  return {
    tokens: validRows(storedTokens, TOKEN, ({ id }) => `token ${id}`),
    sessions: validRows(storedSessions, SESSION, ({ tokenId }) => `session of token ${tokenId}`),
  };
}

/** The password hash as a PHC string; null when no password is set. */
export async function passwordHash(db: Databases): Promise<string | null> {
  const row = await db.control
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'access.password')
    .executeTakeFirst();
  return row?.value ?? null;
}

/** Audit entries, newest first. */
export async function audit(
  db: Databases,
  query: { readonly beforeSeq?: number; readonly limit: number },
): Promise<readonly StoredAudit[]> {
  let select = db.control
    .selectFrom('audit')
    .select(['seq', 'at_ms as atMs', 'token_id as tokenId', 'name', 'client', 'method', 'path', 'status']);
  if (query.beforeSeq !== undefined) select = select.where('seq', '<', query.beforeSeq);
  const ordered = select.orderBy('seq', 'desc');
  const read = (limit: number): Promise<StoredAudit[]> => ordered.limit(limit).execute();
  return validPage(query.limit, read, AUDIT, ({ seq }) => `audit ${seq}`);
}
