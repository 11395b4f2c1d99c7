/** Live tokens and sessions, for the memory of the process that checks them. */
import type { AuditEntry, Credentials } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';

export async function credentials(db: Databases): Promise<Credentials> {
  const tokens = await db.control.selectFrom('token').selectAll().orderBy('created_ms').execute();
  const sessions = await db.control.selectFrom('session').selectAll().execute();
  return {
    tokens: tokens.map((row) => ({
      id: row.id,
      name: row.name,
      scope: row.scope,
      sha256: Uint8Array.from(row.sha256),
      createdMs: row.created_ms,
      expiresMs: row.expires_ms,
      lastUsedMs: row.last_used_ms,
      revokedMs: row.revoked_ms,
    })),
    sessions: sessions.map((row) => ({
      sha256: Uint8Array.from(row.sha256),
      tokenId: row.token_id,
      lastUsedMs: row.last_used_ms,
      expiresMs: row.expires_ms,
    })),
  };
}

/** The PHC string; null where no password was set. */
export async function passwordHash(db: Databases): Promise<string | null> {
  const row = await db.control
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'access.password')
    .executeTakeFirst();
  return row?.value ?? null;
}

export async function audit(
  db: Databases,
  query: { readonly beforeSeq?: number; readonly limit: number },
): Promise<readonly (AuditEntry & { readonly seq: number })[]> {
  let select = db.control
    .selectFrom('audit')
    .select(['seq', 'at_ms as atMs', 'token_id as tokenId', 'name', 'client', 'method', 'path', 'status']);
  if (query.beforeSeq !== undefined) select = select.where('seq', '<', query.beforeSeq);
  return select.orderBy('seq', 'desc').limit(query.limit).execute();
}
