/** Live tokens and sessions, for the memory of the process that checks them. */
import type { Credentials } from '../../store.ts';
import type { Databases } from './databases.ts';

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
      expiresMs: row.expires_ms,
    })),
  };
}
