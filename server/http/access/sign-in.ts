/** Whom a sign-in is of: by a token, a one-time code, a password, or an invitation. */
import type * as z from 'zod';
import type { LocalUser } from '../../storage/ports.ts';
import { userKeyOf } from '../../storage/questions/users/types.ts';
import type { Context } from '../context.ts';
import type { newSession } from '../contract/access.ts';
import { LONGEST_PASSWORD } from '../contract/password-limits.ts';
import type { SignInWay } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { rejectInvalid } from '../validation.ts';
import type { Principal } from './auth.ts';
import { isLocal, PASSWORD_TOKEN } from './auth.ts';
import { addressGroup } from './client-address.ts';
import type { Attempt } from './login-throttle.ts';
import { hashPassword, isOutdated, isPassword } from './password.ts';
import { passwordFault } from './password-rules.ts';

type SignInBody = z.output<typeof newSession>;

export interface SignInRequest {
  readonly context: Context;
  readonly body: SignInBody;
  /** IP address. */
  readonly client: string;
  readonly note: (principal: Principal | null, how: SignInWay) => void;
}

/**
 * Whom a sign-in is of. Tokens cannot be guessed, so a valid one is never throttled.
 * @throws ProblemError if the secret is wrong, may not sign in, or too many wrong ones came before
 */
export async function signedIn({ context, body, client, note }: SignInRequest): Promise<Principal> {
  const how = wayOfBody(body);
  note(null, how);
  const byKey = keyOwner(body, context);
  if (byKey !== null) note(byKey, how === 'secret' ? 'token' : how);
  if (byKey !== null && byKey.scope !== 'ingest' && !isLocal(byKey)) return byKey;
  const attempt = admitted(context, client, 'user' in body ? body.user : null);
  try {
    if (byKey !== null) rejectToken(byKey);
    const principal = await byPassword(body, context, note);
    attempt.end(principal === null ? 'failed' : 'succeeded');
    if (principal !== null) {
      note(principal, how === 'secret' ? 'password' : how);
      return principal;
    }
  } catch (error) {
    attempt.end(error instanceof ProblemError && error.code !== 'invalid-request' ? 'failed' : 'withdrawn');
    throw error;
  }
  throw new ProblemError('unauthenticated', REFUSALS[how]);
}

/**
 * Replaces the password of a local user, and ends the other sessions. Wrong current ones are throttled like sign-ins.
 * @throws ProblemError
 */
export async function changeOwnPassword(
  context: Context,
  { principal, client }: { readonly principal: Principal; readonly client: string },
  { current, password }: { readonly current: string; readonly password: string },
): Promise<void> {
  const { users } = context;
  const user = await users.withId(principal.tokenId);
  if (user === null || principal.session === null)
    throw new ProblemError('forbidden', 'Only users who signed in with a password of their own can change it');
  rejectFaults(password, user);
  const attempt = admitted(context, client, user.name);
  try {
    const isRight = (await users.verified(user, current)) !== null;
    attempt.end(isRight ? 'succeeded' : 'failed');
    if (!isRight) rejectInvalid([{ field: 'current', message: 'this is not the current password' }]);
  } catch (error) {
    attempt.end('withdrawn');
    throw error;
  }
  await users.choose(user, password, { keptSession: principal.session });
}

const REFUSALS: Readonly<Record<SignInWay, string>> = {
  token: 'This token is unknown or no longer valid',
  password: 'This password is unknown or no longer valid',
  user: 'This user name and password are unknown or no longer valid',
  secret: 'This token or password is unknown or no longer valid',
  code: 'This one-time code is unknown or no longer valid',
  invitation: 'This invitation is unknown, used or older than an hour. Ask an admin for another',
};

function wayOfBody(body: SignInBody): SignInWay {
  if ('user' in body) return 'user';
  if ('invitation' in body) return 'invitation';
  if ('token' in body) return 'token';
  if ('password' in body) return 'password';
  return 'code' in body ? 'code' : 'secret';
}

/** Whom a token or a one-time code belongs to. */
function keyOwner(body: SignInBody, { auth, codes }: Context): Principal | null {
  if ('code' in body) {
    const owner = codes.redeem(body.code);
    return owner === null ? null : auth.byId(owner);
  }
  return auth.byToken(('token' in body ? body.token : 'secret' in body ? body.secret : '').trim());
}

/** @throws ProblemError if too many attempts of the address, or at the user's name, failed before */
function admitted({ throttle }: Context, client: string, user: string | null): Extract<Attempt, { admitted: true }> {
  const attempt = throttle.begin(addressGroup(client), user === null ? null : userKeyOf(user));
  if (attempt.admitted) return attempt;
  const { waitSec } = attempt;
  throw new ProblemError('too-many-requests', `Too many failed sign-ins. Retry in ${waitSec} s`, [], waitSec);
}

/** Explains why a valid token opens no session. */
function rejectToken(principal: Principal): never {
  const detail = isLocal(principal)
    ? 'The token in server.json is for local commands. Create one to sign in'
    : 'Ingest tokens cannot sign in. Use a read or admin token';
  throw new ProblemError('forbidden', detail);
}

/** @throws ProblemError for a password that may not be chosen, LaneFullError */
async function byPassword(body: SignInBody, context: Context, note: SignInRequest['note']): Promise<Principal | null> {
  const { users, auth } = context;
  if ('user' in body) {
    const user = await users.named(body.user);
    const who = user === null ? null : auth.byId(user.id);
    // Whose password was tried.
    if (who !== null) note(who, 'user');
    return users.verified(user, body.password);
  }
  if ('invitation' in body) {
    const user = await users.invited(body.invitation);
    if (user === null) return null;
    rejectFaults(body.password, user);
    return (await users.choose(user, body.password, { code: body.invitation })) ? auth.byId(user.id) : null;
  }
  const password = 'password' in body ? body.password : 'secret' in body ? body.secret : null;
  return password === null ? null : byOnePassword(password, context);
}

/** @throws ProblemError */
function rejectFaults(password: string, { name }: LocalUser): void {
  const message = passwordFault(password, name);
  if (message !== null) rejectInvalid([{ field: 'password', message }]);
}

/** With the password of an installation that one person uses. */
async function byOnePassword(password: string, { store, config }: Context): Promise<Principal | null> {
  if (password.length > LONGEST_PASSWORD) return null;
  const stored = await store.read.passwordHash({});
  const { hashKib } = config.capacity;
  if (!(await isPassword(password, stored, hashKib)) || stored === null) return null;
  if (isOutdated(stored, hashKib)) await store.control.rehashPassword(await hashPassword(password, hashKib));
  return { tokenId: PASSWORD_TOKEN, name: 'password', scope: 'admin', restriction: null, session: null };
}
