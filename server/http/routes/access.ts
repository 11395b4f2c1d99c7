/** Handlers of sessions, the password and the audit log. */
import { randomBytes } from 'node:crypto';
import { iso } from '../../../ingest/records/time.ts';
import { isLocal, isUserId, PASSWORD_TOKEN, sha256, wayOf } from '../access/auth.ts';
import { sessionCookie, sessionCookieOf } from '../access/cookies.ts';
import { LOGIN_PATH } from '../access/oidc/identity.ts';
import { hashPassword } from '../access/password.ts';
import { changeOwnPassword, signedIn } from '../access/sign-in.ts';
import type { Context } from '../context.ts';
import { accessRoutes } from '../contract/access.ts';
import { implement } from '../implement.ts';
import { entriesOrNull } from '../presentation/restriction.ts';
import { ProblemError } from '../problems.ts';

export const accessHandlers = implement(accessRoutes, {
  signIn: async ({ context, body, client, request, noteSignIn, setHeader }) => {
    const principal = await signedIn({ context, body, client, note: noteSignIn });
    // End the browser's previous session.
    const before = sessionCookieOf(request, context.config);
    if (before !== null) await context.auth.closeSession(before);
    const session = await context.auth.openSession(principal);
    setHeader('Set-Cookie', sessionCookie(session.value, session.maxAgeSec, context.config));
    return {
      scope: principal.scope,
      name: principal.name,
      restriction: entriesOrNull(principal.restriction),
      how: wayOf(principal.tokenId) ?? 'token',
    };
  },
  createSignInCode: async ({ context: { auth, codes }, principal, body }) => {
    if (principal === null) throw new ProblemError('unauthenticated');
    const id = body.tokenId ?? (isLocal(principal) ? auth.oldestAdmin()?.id : principal.tokenId);
    if (id !== principal.tokenId && principal.scope !== 'admin')
      throw new ProblemError('forbidden', 'A code for another token needs scope admin');
    const owner = id === undefined ? null : auth.byId(id);
    if (owner !== null && isUserId(owner.tokenId))
      throw new ProblemError('forbidden', 'Users sign in with the identity provider, or with their own password');
    if (owner === null || owner.scope === 'ingest')
      throw new ProblemError('not-found', 'No such token may sign in. Create one with scope read or admin');
    return { code: codes.issue(owner.tokenId), name: owner.name };
  },
  getSession: async ({ principal }) => ({
    scope: principal?.scope ?? 'read',
    name: principal?.name ?? '',
    restriction: entriesOrNull(principal?.restriction ?? null),
    how: wayOf(principal?.tokenId ?? null) ?? 'token',
  }),
  changeOwnPassword: async ({ context, principal, client, body }) => {
    if (principal === null) throw new ProblemError('unauthenticated');
    await changeOwnPassword(context, { principal, client }, body);
    return { set: true };
  },
  signOut: async ({ context, request, setHeader }) => {
    const { auth, config, store } = context;
    const value = sessionCookieOf(request, config);
    setHeader('Set-Cookie', sessionCookie('', 0, config));
    const principal = value === null ? null : auth.bySession(value);
    if (value === null) return { redirect: null };
    const isOfProvider = principal !== null && wayOf(principal.tokenId) === 'oidc';
    const idToken = isOfProvider ? await store.read.sessionIdToken({ sha256: sha256(value) }) : null;
    await auth.closeSession(value);
    return { redirect: isOfProvider ? await endSessionUrl(context, idToken) : null };
  },
  getSignInOptions: async ({ context: { config, auth } }) => ({
    oidc: config.oidc === null ? null : { name: config.oidc.name, path: LOGIN_PATH },
    users: auth.hasLocalUsers(),
  }),
  setPassword: async ({ context, body }) => {
    await context.store.control.setPassword(await hashPassword(body.password, context.config.capacity.hashKib), {
      id: PASSWORD_TOKEN,
      name: 'password',
      scope: 'admin',
      createdMs: context.now(),
      expiresMs: null,
      restriction: null,
      // A random digest that no token has: password sessions belong to this row.
      sha256: sha256(randomBytes(32).toString('hex')),
    });
    await context.auth.refresh();
    return { set: true };
  },
  removePassword: async ({ context }) => {
    await context.store.control.setPassword(null, null);
    await context.auth.refresh();
    return { set: false };
  },
  listAuditLog: async ({ context, query: { limit, cursor } }) => {
    const before = cursor === undefined ? {} : { beforeSeq: cursor };
    const found = await context.store.read.audit({ ...before, limit: limit + 1 });
    const shown = found.slice(0, limit);
    return {
      items: shown.map(({ seq: _, atMs, ...entry }) => ({
        ...entry,
        at: iso(atMs),
        how: wayOf(entry.tokenId),
      })),
      nextCursor: found.length > limit ? String(shown.at(-1)?.seq) : null,
    };
  },
});

/** Where the browser signs out at the identity provider; null where that is not possible. */
async function endSessionUrl({ identity, config }: Context, idToken: string | null): Promise<string | null> {
  const provider = await identity?.provider();
  return (await provider?.endSessionUrl(idToken, `${config.publicUrl ?? ''}/`))?.href ?? null;
}
