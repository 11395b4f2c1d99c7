/** Handlers of tokens: list, create, rotate, revoke. */
import { randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { StoredToken } from '../../storage/ports.ts';
import { restrictionOf } from '../../storage/restriction.ts';
import { isUserId, newTokenText, PASSWORD_TOKEN, sha256 } from '../access/auth.ts';
import type { Token } from '../contract/tokens.ts';
import { tokenRoutes } from '../contract/tokens.ts';
import { implement } from '../implement.ts';
import { entriesOrNull } from '../presentation/restriction.ts';
import { ProblemError } from '../problems.ts';
import { rejectInvalid } from '../validation.ts';

/** Ingest keys read nothing, and admins change who may read what. */
const RESTRICTED_SCOPES: ReadonlySet<string> = new Set(['read', 'deploy', 'edit']);

export const tokenHandlers = implement(tokenRoutes, {
  listTokens: async ({ context }) => ({
    items: context.auth.credentials.tokens.filter(isToken).map(tokenOf),
    nextCursor: null,
  }),
  createToken: async ({ context, body }) => {
    const text = newTokenText(body.scope);
    const createdMs = context.now();
    const expiresMs = body.expiresInDays === undefined ? null : createdMs + body.expiresInDays * DAY_MS;
    const restriction = body.restriction === undefined ? null : restrictionOf(body.restriction);
    if (restriction !== null && !RESTRICTED_SCOPES.has(body.scope)) {
      const message = `tokens with scope ${body.scope} cannot be restricted to functions`;
      rejectInvalid([{ field: 'restriction', message }]);
    }
    const id = randomBytes(6).toString('hex');
    const stored = { id, name: body.name, scope: body.scope, createdMs, expiresMs, restriction };
    await context.store.control.addToken({ ...stored, sha256: sha256(text) });
    await context.auth.refresh();
    return { ...tokenOf({ ...stored, lastUsedMs: null, revokedMs: null }), token: text };
  },
  revokeToken: async ({ context, params }) => {
    const revoked = isToken(params) && (await context.store.control.revokeToken(params.id, context.now()));
    await context.auth.refresh();
    if (!revoked) throw new ProblemError('not-found', `Unknown or revoked token ${params.id}`);
    return {};
  },
  rotateToken: async ({ context, params, body }) => {
    const old = context.auth.credentials.tokens.find((one) => one.id === params.id && one.revokedMs === null);
    if (old === undefined || !isToken(old))
      throw new ProblemError('not-found', `Unknown or revoked token ${params.id}`);
    const text = newTokenText(old.scope);
    const createdMs = context.now();
    const { name, scope, expiresMs, restriction } = old;
    const stored = { id: randomBytes(6).toString('hex'), name, scope, createdMs, expiresMs, restriction };
    await context.store.control.rotateToken(
      { ...stored, sha256: sha256(text) },
      {
        id: old.id,
        expiresMs: Math.min(expiresMs ?? Number.MAX_SAFE_INTEGER, createdMs + Math.round(body.graceHours * HOUR_MS)),
      },
    );
    await context.auth.refresh();
    return { ...tokenOf({ ...stored, lastUsedMs: null, revokedMs: null }), token: text };
  },
});

/** Only tokens without users and passwords. */
function isToken({ id }: Pick<StoredToken, 'id'>): boolean {
  return id !== PASSWORD_TOKEN && !isUserId(id);
}

function tokenOf({ createdMs, expiresMs, lastUsedMs, revokedMs, id, name, scope, restriction }: StoredToken): Token {
  return {
    id,
    name,
    scope,
    createdAt: iso(createdMs),
    expiresAt: isoOrNull(expiresMs),
    lastUsedAt: isoOrNull(lastUsedMs),
    revokedAt: isoOrNull(revokedMs),
    restriction: entriesOrNull(restriction),
  };
}
