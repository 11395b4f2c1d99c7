/** Sign-in with the identity provider: the routes that browsers and the provider use. They answer with redirects and pages. */
import type { Hono, Context as HonoContext } from 'hono';
import type { Context } from '../../context.ts';
import { readFromStranger } from '../../json-body.ts';
import { ProblemError } from '../../problems.ts';
import { headersOfPages } from '../../security-headers.ts';
import { newUserId, newUserSecret } from '../auth.ts';
import { clientOf } from '../client-address.ts';
import { loginCookie, loginCookieOf, sessionCookie, sessionCookieOf } from '../cookies.ts';
import { HashingLane, LaneFullError } from '../hashing-lane.ts';
import { grantOf, namesOf } from './grants.ts';
import { CALLBACK_PATH, LOGIN_PATH } from './identity.ts';
import { LOGIN_MS, LoginStates, ownPath } from './login-states.ts';
import type { SignInFailure } from './pages.ts';
import { FAILURE_STATUS, failurePage } from './pages.ts';
import type { OidcProvider, SignedIn } from './provider.ts';

const LOGOUT_PATH = '/auth/oidc/backchannel-logout';

/** Answers of the provider that are redeemed at once, and that wait: strangers can bring some that are none. */
const lane = new HashingLane(8, 100);

export function mountOidc(app: Hono, context: Context): void {
  const states = new LoginStates(context.now);
  app.use('/auth/*', headersOfPages);
  app.get(LOGIN_PATH, (c) => login(context, states, c));
  app.get(CALLBACK_PATH, (c) => callback(context, states, c));
  app.post(LOGOUT_PATH, (c) => backChannelLogout(context, c));
  app.all('/auth/*', () => {
    throw new ProblemError('not-found');
  });
}

/** @throws ProblemError not-found without a provider */
function providerOf({ identity }: Context): Promise<OidcProvider> {
  if (identity === null) throw new ProblemError('not-found', 'No identity provider is configured');
  return identity.provider();
}

async function login(context: Context, states: LoginStates, c: HonoContext): Promise<Response> {
  const provider = await providerOf(context);
  const { login: begun, sealed } = states.begin(ownPath(c.req.query('returnTo')));
  try {
    const url = await provider.authorizationUrl(begun);
    c.header('Set-Cookie', loginCookie(begun.state, sealed, LOGIN_MS / 1000, context.config));
    return redirect(c, url.href);
  } catch (error) {
    return failed(context, c, error);
  }
}

async function callback(context: Context, states: LoginStates, c: HonoContext): Promise<Response> {
  const provider = await providerOf(context);
  const { config } = context;
  const state = c.req.query('state') ?? '';
  const found = states.find(loginCookieOf(c.req.raw, state, config), state);
  if (found === null) return page(c, 'expired');
  c.header('Set-Cookie', loginCookie(state, '', 0, config), { append: true });
  states.use(found);
  try {
    const signedIn = await lane.run(() => provider.redeem(new URL(c.req.url).search, found));
    const failure = await openSession(context, c, signedIn);
    return failure === null ? redirect(c, `${config.publicUrl ?? ''}${found.returnTo}`) : page(c, failure);
  } catch (error) {
    if (error instanceof LaneFullError) return page(c, 'throttled');
    const answer = await failed(context, c, error);
    if (answer.status !== FAILURE_STATUS.unreachable)
      await audit(context, c, { tokenId: null, name: 'nobody', status: answer.status });
    return answer;
  }
}

/** Stores the user and opens a session. Returns why it may not be opened; null if it was. */
async function openSession(
  context: Context,
  c: HonoContext,
  { issuer, subject, claims, idToken, sid }: SignedIn,
): Promise<SignInFailure | null> {
  const { auth, config, store, now } = context;
  const grant = config.oidc === null ? null : grantOf(claims, config.oidc);
  const names = namesOf(claims);
  if (grant === null) {
    await audit(context, c, { tokenId: null, name: names.name, status: FAILURE_STATUS.denied });
    await store.control.endSessions({ issuer, subject, sid: null });
    await auth.refresh();
    return 'denied';
  }
  const user = { issuer, subject, ...names, grant };
  const userId = await store.control.saveUser({ user, newId: newUserId(), sha256: newUserSecret(), nowMs: now() });
  await auth.refresh();
  const principal = auth.byId(userId);
  const isDisabled = principal === null;
  const status = isDisabled ? FAILURE_STATUS.disabled : 200;
  await audit(context, c, { tokenId: userId, name: names.name, status });
  if (isDisabled) return 'disabled';
  // End the browser's previous session.
  const before = sessionCookieOf(c.req.raw, config);
  if (before !== null) await auth.closeSession(before);
  const session = await auth.openSession(principal, { sid, idToken });
  c.header('Set-Cookie', sessionCookie(session.value, session.maxAgeSec, config), { append: true });
  return null;
}

/** The provider ends sessions (OpenID Connect Back-Channel Logout 1.0). */
async function backChannelLogout(context: Context, c: HonoContext): Promise<Response> {
  const provider = await providerOf(context);
  c.header('Cache-Control', 'no-store');
  const read = await readFromStranger(context, c);
  if (!read.ok) return c.json({ error: 'invalid_request', error_description: 'the body cannot be read' }, 400);
  const form = new URLSearchParams(Buffer.from(read.body).toString('utf8'));
  read.release();
  try {
    const which = await provider.redeemLogout(form.get('logout_token') ?? '');
    const ended = await context.store.control.endSessions(which);
    await context.auth.refresh();
    await audit(context, c, { tokenId: null, name: `identity provider, ${ended} sessions`, status: 200 });
    return c.body(null, 200);
  } catch (error) {
    const { ProviderError } = await import('./provider.ts');
    if (!(error instanceof ProviderError)) throw error;
    context.log.warn({ reason: error.message }, 'a sign-out by the identity provider was refused');
    return c.json({ error: 'invalid_request', error_description: 'the logout token is not valid' }, 400);
  }
}

async function failed(context: Context, c: HonoContext, error: unknown): Promise<Response> {
  const { ProviderError } = await import('./provider.ts');
  if (!(error instanceof ProviderError)) throw error;
  context.log.warn({ fault: error.fault, reason: error.message }, 'a sign-in with the identity provider failed');
  return page(c, error.fault);
}

function redirect(c: HonoContext, url: string): Response {
  c.header('Cache-Control', 'no-store');
  return c.redirect(url, 302);
}

function page(c: HonoContext, failure: SignInFailure): Response {
  c.header('Cache-Control', 'no-store');
  return c.html(failurePage(failure, c.req.header('accept-language')), FAILURE_STATUS[failure]);
}

async function audit(
  context: Context,
  c: HonoContext,
  { name, ...entry }: { readonly tokenId: string | null; readonly name: string; readonly status: number },
): Promise<void> {
  const [method, path] = [c.req.method, c.req.path];
  const client = clientOf(c, context.config);
  await context.store.control
    .addAudit({ ...entry, name: `${name} (by oidc)`, atMs: context.now(), client, method, path })
    .catch((error: unknown) => context.log.warn({ err: error }, 'failed to write the audit log'));
}
