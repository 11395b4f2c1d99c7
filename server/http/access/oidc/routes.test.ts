/** What browsers and the provider get of the sign-in routes, what is stored, and what the audit log says: SECURITY.md, docs/integrations.md. */
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { ControlPlane } from '../../../../test/support/control-store.ts';
import { openControlPlane } from '../../../../test/support/control-store.ts';
import { parseRoleMappings } from '../../../config/oidc-settings.ts';
import type { Context } from '../../context.ts';
import { StrangerBodies } from '../../limits/stranger-bodies.ts';
import { ProblemError } from '../../problems.ts';
import { Authenticator } from '../auth.ts';
import type { Login } from './login-states.ts';
import type { OidcProvider, SignedIn } from './provider.ts';
import { ProviderError } from './provider.ts';
import { mountOidc } from './routes.ts';

const PUBLIC_URL = 'https://thermocline.example.com';
const ADA: SignedIn = {
  ...{ issuer: 'https://id.example.com', subject: 'ada', idToken: 'the.id.token', sid: 'session-1' },
  claims: { name: 'Ada', email: 'ada@example.com', groups: ['payments'] },
};

let nowMs = 0;
let plane: ControlPlane;
let context: Context;
let app: Hono;
/** What the provider does with a code and a logout token. */
let redeemed: (query: string, login: Login) => Promise<SignedIn>;
let signedOut: (token: string) => ReturnType<OidcProvider['redeemLogout']>;
let begun: Login | null;
let begin: (login: Login) => Promise<URL>;
let warnings: unknown[];

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 21);
  [begun, warnings] = [null, []];
  redeemed = async () => ADA;
  signedOut = async () => ({ issuer: ADA.issuer, subject: 'ada', sid: null });
  begin = async (login) => {
    begun = login;
    return new URL('https://id.example.com/authorize?x=1');
  };
  plane = openControlPlane();
  const auth = new Authenticator(plane.store, () => nowMs, null);
  await auth.refresh();
  const provider = {
    authorizationUrl: (login: Login) => begin(login),
    redeem: (query: string, login: Login) => redeemed(query, login),
    redeemLogout: (token: string) => signedOut(token),
  };
  const roles = parseRoleMappings('payments=editor function:pay-*; staff=viewer');
  context = {
    config: { publicUrl: PUBLIC_URL, trustProxy: true, oidc: { claim: 'groups', roles } },
    ...{ store: plane.store, auth, now: () => nowMs, strangers: new StrangerBodies() },
    identity: { provider: async () => provider },
    log: { warn: (fields: unknown) => warnings.push(fields) },
  } as unknown as Context;
  mount();
});
afterEach(() => plane.close());

function mount(change: Partial<Context> = {}): void {
  app = new Hono();
  mountOidc(app, { ...context, ...change });
  app.onError((error, c) => (error instanceof ProblemError ? c.text(error.code, 418) : c.text(String(error), 500)));
}

const get = async (path: string, cookie = '', headers: Record<string, string> = {}): Promise<Response> =>
  app.request(`${PUBLIC_URL}${path}`, { headers: { cookie, 'x-forwarded-for': '192.0.2.1', ...headers } });
const cookiesOf = (answer: Response): Record<string, string> =>
  Object.fromEntries(answer.headers.getSetCookie().map((line) => /^([^=]+)=([^;]*)/.exec(line)?.slice(1, 3) ?? []));
const textOf = (cookies: Record<string, string>): string =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

/** Begins a sign-in; the cookies that the browser has then. */
async function leave(
  returnTo = '/a?b=1#c',
): Promise<{ readonly cookies: Record<string, string>; readonly state: string }> {
  const answer = await get(`/auth/oidc/login?returnTo=${encodeURIComponent(returnTo)}`);
  expect(answer.status).toBe(302);
  return { cookies: cookiesOf(answer), state: begun?.state ?? '' };
}

/** A whole sign-in; its answer and the session. */
async function signIn(before: Record<string, string> = {}) {
  const { cookies, state } = await leave();
  const answer = await get(`/auth/oidc/callback?code=c&state=${state}`, textOf({ ...before, ...cookies }));
  return { answer, session: cookiesOf(answer)['__Host-thermocline_session'] ?? null };
}
const audit = async () =>
  (await plane.audit()).map(({ name, tokenId, status, method, path, client, atMs }) => [
    ...[name, tokenId?.slice(0, 5) ?? null, status, `${method} ${path}`, client, atMs - nowMs],
  ]);
const ENTRY = ['GET /auth/oidc/callback', '192.0.2.1', 0];

describe('a sign-in', () => {
  test('leads to the provider, with what belongs to it in a cookie', async () => {
    const answer = await get('/auth/oidc/login?returnTo=%2Fa');
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
      302,
      'https://id.example.com/authorize?x=1',
      'no-store',
    ]);
    expect(begun).toMatchObject({ returnTo: '/a', expiresMs: nowMs + 10 * MINUTE_MS });
    const [line = ''] = answer.headers.getSetCookie();
    expect(line).toMatch(
      /^__Host-thermocline_login_[\w-]{8}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    // Neither the verifier nor the nonce can be read in it.
    for (const secret of [begun?.nonce ?? '?', begun?.verifier ?? '?'])
      expect(Buffer.from(line.split(/[=;]/)[1] ?? '', 'base64url').toString('latin1')).not.toContain(secret);
    await get('/auth/oidc/login?returnTo=https://evil.example.com');
    expect(begun?.returnTo).toBe('/');
    await get('/auth/oidc/login');
    expect(begun?.returnTo).toBe('/');
  });

  test('comes back to where it began, with a session of a day and the role of the group', async () => {
    let given: readonly unknown[] = [];
    redeemed = async (...all) => {
      given = all;
      return ADA;
    };
    const { answer, session } = await signIn();
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${PUBLIC_URL}/a?b=1#c`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(given).toEqual([`?code=c&state=${begun?.state}`, begun]);
    const [ended, opened] = answer.headers.getSetCookie();
    expect(ended).toMatch(/^__Host-thermocline_login_[\w-]{8}=; Max-Age=0; /);
    expect(opened).toMatch(
      /^__Host-thermocline_session=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(context.auth.bySession(session ?? '')).toMatchObject({
      ...{ name: 'Ada', scope: 'edit', restriction: [{ kind: 'function', anyOf: ['pay-*'] }] },
      tokenId: expect.stringMatching(/^user:(?!local:)/),
    });
    expect(await audit()).toEqual([['Ada (by oidc)', 'user:', 200, ...ENTRY]]);
    nowMs += DAY_MS;
    expect(context.auth.bySession(session ?? '')).toBeNull();
    expect(plane.rows('SELECT provider_session, id_token FROM session')).toEqual([
      { provider_session: 'session-1', id_token: 'the.id.token' },
    ]);
  });

  test('ends the session that the browser had, and keeps one row of the user', async () => {
    const first = await signIn();
    const second = await signIn({ '__Host-thermocline_session': first.session ?? '' });
    expect(second.session).not.toBe(first.session);
    expect([context.auth.bySession(first.session ?? ''), context.auth.bySession(second.session ?? '')?.name]).toEqual([
      null,
      'Ada',
    ]);
    expect(plane.rows('SELECT email FROM user')).toEqual([{ email: 'ada@example.com' }]);
  });

  test('works once, in the browser that began it, within ten minutes', async () => {
    const { cookies, state } = await leave();
    const path = `/auth/oidc/callback?code=c&state=${state}`;
    expect((await get(path)).status).toBe(400);
    expect((await get(`${path}x`, textOf(cookies))).status).toBe(400);
    expect((await get('/auth/oidc/callback?code=c', textOf(cookies))).status).toBe(400);
    const good = await get(path, textOf(cookies));
    expect(good.status).toBe(302);
    const again = await get(path, textOf(cookies), { 'accept-language': 'ko-KR,en' });
    expect([again.status, await again.text()]).toEqual([
      400,
      expect.stringContaining('다른 브라우저에서 시작되었습니다'),
    ]);
    expect(again.headers.getSetCookie()).toEqual([]);
    const late = await leave();
    nowMs += 10 * MINUTE_MS;
    expect((await get(`/auth/oidc/callback?code=c&state=${late.state}`, textOf(late.cookies))).status).toBe(400);
    // What is none costs no line of the log.
    expect(await plane.audit()).toHaveLength(1);
  });

  test('is used up also when it fails: a code is not tried twice', async () => {
    redeemed = () => Promise.reject(new ProviderError('unreachable', 'down'));
    const { cookies, state } = await leave();
    const path = `/auth/oidc/callback?code=c&state=${state}`;
    expect((await get(path, textOf(cookies))).status).toBe(503);
    redeemed = async () => ADA;
    expect((await get(path, textOf(cookies))).status).toBe(400);
  });

  test.each([
    ['cancelled', 403, 'The sign-in was cancelled.', 1],
    ['invalid', 400, 'was not accepted', 1],
    ['unreachable', 503, 'cannot be reached', 0],
  ] as const)(
    'that is %s shows a page with %i, and is logged unless the provider is down',
    async (kind, status, text, n) => {
      redeemed = () => Promise.reject(new ProviderError(kind, 'an inner detail'));
      const { answer, session } = await signIn();
      const body = await answer.text();
      expect([answer.status, session, body]).toEqual([status, null, expect.stringContaining(text)]);
      expect(body).not.toContain('an inner detail');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(warnings).toEqual([{ fault: kind, reason: 'an inner detail' }]);
      expect(await audit()).toEqual(Array.from({ length: n }, () => ['nobody (by oidc)', null, status, ...ENTRY]));
    },
  );

  test('that cannot begin shows the page at once', async () => {
    begin = () => Promise.reject(new ProviderError('unreachable', 'down'));
    const answer = await get('/auth/oidc/login');
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  });

  test('whose failure has another cause is no failure of the provider', async () => {
    begin = () => Promise.reject(new TypeError('a mistake'));
    expect((await get('/auth/oidc/login')).status).toBe(500);
    begin = async (login) => {
      begun = login;
      return new URL('https://id.example.com/');
    };
    redeemed = () => Promise.reject(new TypeError('a mistake'));
    expect((await signIn()).answer.status).toBe(500);
  });

  test('of a user without a mapped group is denied, and ends the sessions that the user has', async () => {
    const before = await signIn();
    redeemed = async () => ({ ...ADA, claims: { name: 'Ada', groups: ['visitors'] } });
    const { answer, session } = await signIn();
    expect([answer.status, session, await answer.text()]).toEqual([403, null, expect.stringContaining('no role here')]);
    expect(context.auth.bySession(before.session ?? '')).toBeNull();
    expect((await audit()).at(-1)).toEqual(['Ada (by oidc)', null, 403, ...ENTRY]);
    // Sessions of others stay.
    redeemed = async () => ({ ...ADA, subject: 'bob', claims: { groups: ['staff'] } });
    const bob = await signIn();
    redeemed = async () => ({ ...ADA, claims: {} });
    await signIn();
    expect(context.auth.bySession(bob.session ?? '')?.scope).toBe('read');
  });

  test('of a user whom an admin disabled is refused', async () => {
    const before = await signIn();
    const id = context.auth.bySession(before.session ?? '')?.tokenId ?? '';
    await context.store.control.changeUser({ id, assigned: null, isDisabled: true, nowMs });
    await context.auth.refresh();
    const { answer, session } = await signIn();
    expect([answer.status, session, await answer.text()]).toEqual([
      403,
      null,
      expect.stringContaining('is disabled here'),
    ]);
    expect((await audit()).at(-1)).toEqual(['Ada (by oidc)', 'user:', 403, ...ENTRY]);
  });

  test('goes on when the audit log cannot be written, which the log says', async () => {
    const control = new Proxy(context.store.control, {
      get: (target, name: keyof typeof context.store.control) =>
        name === 'addAudit' ? () => Promise.reject(new Error('disk full')) : target[name],
    });
    mount({ store: { ...context.store, control } });
    expect((await signIn()).answer.status).toBe(302);
    expect(warnings).toEqual([{ err: new Error('disk full') }]);
  });

  test('eight answers are redeemed at once, a hundred wait, and others are told to retry', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    let [running, most] = [0, 0];
    redeemed = async () => {
      running += 1;
      most = Math.max(most, running);
      await held;
      running -= 1;
      return ADA;
    };
    const begunAll = [];
    for (let n = 0; n < 109; n += 1) begunAll.push(await leave());
    const answers = begunAll.map(({ cookies, state }) =>
      get(`/auth/oidc/callback?code=c&state=${state}`, textOf(cookies)),
    );
    const refused = await Promise.race(answers);
    expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining('Too many sign-ins at once')]);
    free();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 302).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([108, 1]);
    expect(most).toBe(8);
  });
});

describe('a sign-out by the provider', () => {
  const post = async (body: string): Promise<Response> =>
    app.request(`${PUBLIC_URL}/auth/oidc/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '192.0.2.9' },
      body,
    });

  test('ends the sessions that it names at once, and the log says how many', async () => {
    const [one, other] = [await signIn(), await signIn()];
    let token = '';
    signedOut = async (given) => {
      token = given;
      return { issuer: ADA.issuer, subject: 'ada', sid: null };
    };
    const answer = await post('x=1&logout_token=a.b%2Bc');
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(token).toBe('a.b+c');
    expect([one, other].map(({ session }) => context.auth.bySession(session ?? ''))).toEqual([null, null]);
    expect((await audit()).at(-1)).toEqual([
      ...['identity provider, 2 sessions (by oidc)', null, 200, 'POST /auth/oidc/backchannel-logout', '192.0.2.9', 0],
    ]);
  });

  test('of another session ends none of these', async () => {
    const { session } = await signIn();
    signedOut = async () => ({ issuer: ADA.issuer, subject: null, sid: 'session-2' });
    expect((await post('logout_token=x')).status).toBe(200);
    expect(context.auth.bySession(session ?? '')?.name).toBe('Ada');
  });

  test('that is not valid is refused as the specification says, and without the reason', async () => {
    let given: string | null = null;
    signedOut = (token) => {
      given = token;
      return Promise.reject(new ProviderError('invalid', 'an inner detail'));
    };
    const answer = await post('');
    expect([answer.status, await answer.json(), given]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'the logout token is not valid' },
      '',
    ]);
    expect([answer.headers.get('cache-control'), warnings]).toEqual(['no-store', [{ reason: 'an inner detail' }]]);
    expect(await plane.audit()).toEqual([]);
    signedOut = () => Promise.reject(new TypeError('a mistake'));
    expect((await post('logout_token=x')).status).toBe(500);
  });

  test('longer than bodies of strangers may be is not read', async () => {
    const answer = await post(`logout_token=${'x'.repeat(9000)}`);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'the body cannot be read' },
    ]);
  });

  test('gives the memory of its body back', async () => {
    for (let n = 0; n < 80; n += 1) expect((await post(`logout_token=${'x'.repeat(7000)}`)).status).toBe(200);
  });
});

test('without a provider there is no sign-in with one; other paths and methods are not found', async () => {
  for (const path of ['/auth/oidc/other', '/auth/x', '/auth/oidc/backchannel-logout'])
    expect([path, await (await get(path)).text()]).toEqual([path, 'not-found']);
  mount({ identity: null });
  for (const path of ['/auth/oidc/login', '/auth/oidc/callback'])
    expect(await (await get(path)).text()).toBe('not-found');
});
