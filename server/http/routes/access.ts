/** Handlers of sessions, the password and the audit log. */
import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { iso } from '../../../ingest/records/time.ts';
import type { Principal } from '../access/auth.ts';
import { isLocal, isUserId, PASSWORD_TOKEN, sha256, wayOf } from '../access/auth.ts';
import { addressGroup } from '../access/client-address.ts';
import { sessionCookie, sessionCookieOf } from '../access/cookies.ts';
import { LOGIN_PATH } from '../access/oidc/identity.ts';
import { hashPassword, isOutdated, isPassword, LONGEST_PASSWORD } from '../access/password.ts';
import type { Context } from '../context.ts';
import type { newSession } from '../contract/access.ts';
import { accessRoutes } from '../contract/access.ts';
import type { SignInWay } from '../implement.ts';
import { implement } from '../implement.ts';
import { entriesOrNull } from '../presentation/restriction.ts';
import { ProblemError } from '../problems.ts';

export const accessHandlers = implement(accessRoutes, {
  signIn: async ({ context, body, client, request, noteSignIn, setHeader }) => {
    const principal = await signedIn(context, body, client, noteSignIn);
    // End the browser's previous session.
    const before = sessionCookieOf(request, context.config);
    if (before !== null) await context.auth.closeSession(before);
    const session = await context.auth.openSession(principal);
    setHeader('Set-Cookie', sessionCookie(session.value, session.maxAgeSec, context.config));
    return { scope: principal.scope, name: principal.name, restriction: entriesOrNull(principal.restriction) };
  },
  createSignInCode: async ({ context: { auth, codes }, principal, body }) => {
    if (principal === null) throw new ProblemError('unauthenticated');
    const id = body.tokenId ?? (isLocal(principal) ? auth.oldestAdmin()?.id : principal.tokenId);
    if (id !== principal.tokenId && principal.scope !== 'admin')
      throw new ProblemError('forbidden', 'A code for another token needs scope admin');
    const owner = id === undefined ? null : auth.byId(id);
    if (owner !== null && isUserId(owner.tokenId))
      throw new ProblemError('forbidden', 'Users sign in with the identity provider');
    if (owner === null || owner.scope === 'ingest')
      throw new ProblemError('not-found', 'No such token may sign in. Create one with scope read or admin');
    return { code: codes.issue(owner.tokenId), name: owner.name };
  },
  getSession: async ({ principal }) => ({
    scope: principal?.scope ?? 'read',
    name: principal?.name ?? '',
    restriction: entriesOrNull(principal?.restriction ?? null),
  }),
  signOut: async ({ context, request, setHeader }) => {
    const { auth, config, store } = context;
    const value = sessionCookieOf(request, config);
    setHeader('Set-Cookie', sessionCookie('', 0, config));
    const principal = value === null ? null : auth.bySession(value);
    if (value === null) return { redirect: null };
    const isUser = principal !== null && isUserId(principal.tokenId);
    const idToken = isUser ? await store.read.sessionIdToken({ sha256: sha256(value) }) : null;
    await auth.closeSession(value);
    return { redirect: isUser ? await endSessionUrl(context, idToken) : null };
  },
  getSignInOptions: async ({ context: { config } }) => ({
    oidc: config.oidc === null ? null : { name: config.oidc.name, path: LOGIN_PATH },
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

/**
 * Whom a sign-in is of. Tokens cannot be guessed, so a valid one is never throttled.
 * @throws ProblemError if the secret is wrong, may not sign in, or too many wrong ones came before
 */
async function signedIn(
  context: Context,
  body: z.output<typeof newSession>,
  client: string,
  note: (principal: Principal | null, how: SignInWay) => void,
): Promise<Principal> {
  const how: SignInWay =
    'token' in body ? 'token' : 'password' in body ? 'password' : 'code' in body ? 'code' : 'secret';
  note(null, how);
  const byKey = 'code' in body ? byCode(body.code, context) : context.auth.byToken(tokenIn(body).trim());
  if (byKey !== null) note(byKey, how === 'secret' ? 'token' : how);
  if (byKey !== null && byKey.scope !== 'ingest' && !isLocal(byKey)) return byKey;
  const attempt = context.throttle.begin(addressGroup(client));
  if (!attempt.admitted) {
    const { waitSec } = attempt;
    throw new ProblemError('too-many-requests', `Too many failed sign-ins. Retry in ${waitSec} s`, [], waitSec);
  }
  try {
    if (byKey !== null) rejectToken(byKey);
    const password = 'password' in body ? body.password : 'secret' in body ? body.secret : null;
    const principal = password === null ? null : await byPassword(password, context);
    attempt.end(principal === null ? 'failed' : 'succeeded');
    if (principal !== null) {
      note(principal, 'password');
      return principal;
    }
  } catch (error) {
    attempt.end(error instanceof ProblemError ? 'failed' : 'withdrawn');
    throw error;
  }
  const what = how === 'secret' ? 'token or password' : how === 'code' ? 'one-time code' : how;
  throw new ProblemError('unauthenticated', `This ${what} is unknown or no longer valid`);
}

function tokenIn(body: z.output<typeof newSession>): string {
  return 'token' in body ? body.token : 'secret' in body ? body.secret : '';
}

function byCode(code: string, { auth, codes }: Context): Principal | null {
  const owner = codes.redeem(code);
  return owner === null ? null : auth.byId(owner);
}

/** Explains why a valid token opens no session. */
function rejectToken(principal: Principal): never {
  const detail = isLocal(principal)
    ? 'The token in server.json is for local commands. Create one to sign in'
    : 'Ingest tokens cannot sign in. Use a read or admin token';
  throw new ProblemError('forbidden', detail);
}

async function byPassword(password: string, context: Context): Promise<Principal | null> {
  if (password.length > LONGEST_PASSWORD) return null;
  const stored = await context.store.read.passwordHash({});
  const { hashKib } = context.config.capacity;
  if (!(await isPassword(password, stored, hashKib)) || stored === null) return null;
  if (isOutdated(stored, hashKib)) await context.store.control.rehashPassword(await hashPassword(password, hashKib));
  return { tokenId: PASSWORD_TOKEN, name: 'password', scope: 'admin', restriction: null, session: null };
}
