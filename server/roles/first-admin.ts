/** The first token with scope admin. */
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/environment.ts';
import type { Authenticator } from '../http/access/auth.ts';
import { newTokenText, sha256 } from '../http/access/auth.ts';
import type { Store } from '../storage/ports.ts';

/** Creates an admin token at the first start, or stores the hash of the configured one. */
export async function ensureAdmin(
  store: Store,
  auth: Authenticator,
  config: Config,
  now: () => number,
): Promise<string | null> {
  const add = async (name: string, text: string): Promise<void> => {
    const id = randomBytes(6).toString('hex');
    const token = { id, name, scope: 'admin', createdMs: now(), expiresMs: null, restriction: null } as const;
    await store.control.addToken({ ...token, sha256: sha256(text) });
    await auth.refresh();
  };
  if (config.adminToken !== null) {
    if (auth.byToken(config.adminToken)?.scope !== 'admin') await add('configured admin', config.adminToken);
    return null;
  }
  if (auth.credentials.tokens.some((token) => token.scope === 'admin' && token.revokedMs === null)) return null;
  const text = newTokenText('admin');
  await add('first admin', text);
  return text;
}
