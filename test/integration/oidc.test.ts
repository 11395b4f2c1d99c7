/** Sign-in with a genuine OpenID provider: what it brings, and every way in which it has to be refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { TestProvider } from '../support/identity-provider.ts';
import { Browser, CLIENT, PUBLIC_URL, startProvider } from '../support/identity-provider.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

let provider: TestProvider;
let product: TestProduct;
/** Distance of the product's clock from the machine's. */
let aheadMs = 0;

const settings = (): Record<string, string> => ({
  ...provider.settings,
  THERMOCLINE_OIDC_NAME: 'Acme',
  THERMOCLINE_OIDC_SCOPES: 'openid profile email groups',
  THERMOCLINE_OIDC_ROLES: 'platform=admin; pay*=editor function:pay-* account:111122223333; staff=viewer',
});

beforeEach(async () => {
  aheadMs = 0;
  provider = await startProvider();
  provider.people.set('ada', { name: 'Ada Lovelace', email: 'ada@example.com', groups: ['payments', 'staff'] });
  provider.people.set('root', { name: 'Rosa Root', groups: ['platform'] });
  provider.people.set('guest', { name: 'Gus Guest', groups: ['visitors'] });
  await start();
});
afterEach(async () => {
  await product.close();
  await provider.close();
  removeFolder(product.folder);
});

async function start(environment: Record<string, string> = {}): Promise<void> {
  product = await startProduct({ now: () => Date.now() + aheadMs, environment: { ...settings(), ...environment } });
  provider.product = product;
}

/** Goes to the provider and comes back to the callback, which is not requested. */
async function callbackOf(browser: Browser, login: string): Promise<URL> {
  const { url } = await browser.follow('/auth/oidc/login', login, (one) => one.pathname === '/auth/oidc/callback');
  return url;
}

async function session(browser: Browser): Promise<unknown> {
  const { status, body } = await browser.api('/api/v1/session');
  return status === 200 ? body : status;
}

async function audit(): Promise<readonly { name: string; how: string | null; path: string; status: number }[]> {
  return (await product.json<{ items: [] }>('/api/v1/audit')).items;
}

describe('a sign-in', () => {
  test('opens a session with the role and restriction of the first group that is mapped', async () => {
    const browser = new Browser(product);
    const { url } = await browser.signIn('ada', '/functions?from=now-1h#top');
    expect(url.href).toBe(`${PUBLIC_URL}/functions?from=now-1h#top`);
    expect(await session(browser)).toEqual({
      how: 'oidc',
      scope: 'edit',
      name: 'Ada Lovelace',
      restriction: ['account:111122223333', 'function:pay-*'],
    });
    expect(await audit()).toMatchObject([
      { name: 'Ada Lovelace (by oidc)', how: 'oidc', path: '/auth/oidc/callback', status: 200 },
    ]);
  });

  test('is offered on the sign-in page', async () => {
    const { body } = await new Browser(product).api('/api/v1/session/options');
    expect(body).toEqual({ oidc: { name: 'Acme', path: '/auth/oidc/login' }, users: false });
  });

  test('sets cookies that no neighbouring site can set and no script can read', async () => {
    const browser = new Browser(product);
    await browser.signIn('root');
    const [login, ended, opened] = browser.set;
    expect(login).toMatch(
      /^__Host-thermocline_login_[\w-]{1,8}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(ended).toMatch(/^__Host-thermocline_login_[\w-]{1,8}=; Max-Age=0; /);
    expect(opened).toMatch(
      /^__Host-thermocline_session=[\w-]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('asks with PKCE, state and nonce, which differ each time', async () => {
    const asked = [];
    for (let n = 0; n < 2; n += 1) {
      const answer = await new Browser(product).request('/auth/oidc/login');
      const { searchParams } = new URL(answer.headers.get('location') ?? '');
      expect(searchParams.get('code_challenge_method')).toBe('S256');
      asked.push(...['state', 'nonce', 'code_challenge'].map((name) => searchParams.get(name)));
    }
    expect(new Set(asked).size).toBe(6);
    for (const one of asked) expect(one).toMatch(/^[\w-]{43}$/);
  });

  test('works in two tabs at once', async () => {
    const browser = new Browser(product);
    const first = await callbackOf(browser, 'ada');
    const second = await callbackOf(browser, 'ada');
    expect((await browser.request(second.href)).status).toBe(302);
    expect((await browser.request(first.href)).status).toBe(302);
  });

  test('lasts a day, after which groups are asked again', async () => {
    const browser = new Browser(product);
    await browser.signIn('root');
    for (let hours = 0; hours < 24; hours += 6) {
      expect(await session(browser)).toMatchObject({ scope: 'admin' });
      aheadMs += 6 * HOUR_MS;
    }
    expect(await session(browser)).toBe(401);
  });

  test('takes new groups', async () => {
    const [first, second] = [new Browser(product), new Browser(product)];
    await first.signIn('ada');
    provider.people.set('ada', { name: 'Ada King', groups: ['staff'] });
    await second.signIn('ada');
    // Also for sessions that are open.
    for (const browser of [first, second])
      expect(await session(browser)).toEqual({ scope: 'read', name: 'Ada King', restriction: null, how: 'oidc' });
    provider.people.set('ada', { name: 'Ada King', groups: [] });
    expect((await new Browser(product).signIn('ada')).answer?.status).toBe(403);
    expect(await session(first)).toBe(401);
  });

  test('accepts a key of the provider that is new', async () => {
    await new Browser(product).signIn('ada');
    await provider.rotateKey();
    const browser = new Browser(product);
    await browser.signIn('ada');
    expect(await session(browser)).toMatchObject({ scope: 'edit' });
  });
});

describe('a sign-in is refused', () => {
  test('to users without a mapped group, on a plain page in their language', async () => {
    const browser = new Browser(product);
    const { url, answer } = await browser.signIn('guest');
    expect([url.pathname, answer?.status]).toEqual(['/auth/oidc/callback', 403]);
    expect(await answer?.text()).toContain('Your account has no role here.');
    expect(answer?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await session(browser)).toBe(401);
    expect(await audit()).toMatchObject([{ name: 'Gus Guest (by oidc)', status: 403 }]);
    expect((await product.json<{ items: [] }>('/api/v1/users')).items).toEqual([]);
  });

  test('with a state that another browser began, or none did', async () => {
    const own = await callbackOf(new Browser(product), 'ada');
    const stranger = new Browser(product);
    expect((await stranger.request(own.href)).status).toBe(400);
    await stranger.request('/auth/oidc/login');
    expect((await stranger.request(own.href)).status).toBe(400);
    own.searchParams.set('state', 'x'.repeat(43));
    expect((await stranger.request(own.href)).status).toBe(400);
    expect((await stranger.request('/auth/oidc/callback')).status).toBe(400);
    // None of them was brought to the provider.
    expect(provider.requests.filter((one) => one === 'POST /token')).toEqual([]);
  });

  test('with a state or code that was used', async () => {
    const browser = new Browser(product);
    const url = await callbackOf(browser, 'ada');
    const before = new Map(browser.cookies.get(PUBLIC_URL));
    expect((await browser.request(url.href)).status).toBe(302);
    // The browser's cookies as they were.
    browser.cookies.set(PUBLIC_URL, before);
    const again = await browser.request(url.href, { headers: { 'accept-language': 'ja,en' } });
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('サインインできませんでした')]);
    // The code, in a sign-in that was begun anew.
    const other = await callbackOf(browser, 'ada');
    other.searchParams.set('code', url.searchParams.get('code') ?? '');
    expect((await browser.request(other.href)).status).toBe(400);
  });

  test('after ten minutes', async () => {
    const browser = new Browser(product);
    const url = await callbackOf(browser, 'ada');
    aheadMs = 10 * MINUTE_MS;
    expect((await browser.request(url.href)).status).toBe(400);
  });

  test('from another issuer than that which was asked', async () => {
    const browser = new Browser(product);
    const url = await callbackOf(browser, 'ada');
    expect(url.searchParams.get('iss')).toBe(provider.issuer);
    url.searchParams.set('iss', 'https://other.example.com');
    expect((await browser.request(url.href)).status).toBe(400);
    expect(await session(browser)).toBe(401);
  });

  const seconds = (ms: number): number => Math.floor((Date.now() + ms) / 1000);
  test.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['expired', (claims) => ({ ...claims, iat: seconds(-HOUR_MS), exp: seconds(-MINUTE_MS) })],
    ['of another nonce', (claims) => ({ ...claims, nonce: 'another' })],
    ['without a nonce', ({ nonce: _, ...claims }) => claims],
    ['for another client', (claims) => ({ ...claims, aud: 'another' })],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://other.example.com' })],
    ['without a subject', ({ sub: _, ...claims }) => claims],
  ])('with an ID token that is %s', async (_, tamper) => {
    provider.tamper = tamper;
    const browser = new Browser(product);
    const { answer } = await browser.signIn('root');
    expect(answer?.status).toBe(400);
    expect(await session(browser)).toBe(401);
    expect(await audit()).toMatchObject([{ name: 'nobody (by oidc)', status: 400 }]);
    // The same token, unchanged.
    provider.tamper = (claims) => claims;
    await browser.signIn('root');
    expect(await session(browser)).toMatchObject({ scope: 'admin' });
  });

  test('with an ID token that has expired by the clock of the server', async () => {
    const browser = new Browser(product);
    const url = await callbackOf(browser, 'root');
    aheadMs = 9 * MINUTE_MS;
    provider.tamper = (claims) => ({ ...claims, exp: seconds(8 * MINUTE_MS) });
    expect((await browser.request(url.href)).status).toBe(400);
  });

  test('when the user cancels', async () => {
    const browser = new Browser(product);
    const url = await callbackOf(browser, 'ada');
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    const answer = await browser.request(url.href);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('was cancelled')]);
  });

  test('while the provider is down; the password and tokens still work', async () => {
    await provider.close();
    const browser = new Browser(product);
    const { answer } = await browser.signIn('ada');
    expect([answer?.status, await answer?.text()]).toEqual([503, expect.stringContaining('cannot be reached')]);
    const body = JSON.stringify({ token: ADMIN });
    expect((await browser.api('/api/v1/session', { method: 'POST', body })).status).toBe(200);
    expect(await session(browser)).toMatchObject({ scope: 'admin', restriction: null });
  });

  test('to other sites: what it returns to is a path of this one', async () => {
    for (const returnTo of [
      'https://evil.example.com/',
      '//evil.example.com',
      '/\\evil.example.com',
      '\\/evil',
      'javascript:alert(1)',
      '/\t/evil.example.com',
      '/a/..//evil.example.com',
      'x'.repeat(3000),
    ]) {
      const { url } = await new Browser(product).signIn('root', returnTo);
      expect(url.href, returnTo).toBe(`${PUBLIC_URL}/`);
    }
  });
});

describe('signing out', () => {
  test('ends the session here and names where it ends at the provider', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    const { body } = await browser.api<{ redirect: string }>('/api/v1/session', { method: 'DELETE' });
    const url = new URL(body.redirect);
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${PUBLIC_URL}/`);
    expect(url.searchParams.get('id_token_hint')).toMatch(/^ey/);
    expect(await session(browser)).toBe(401);
    // The provider accepts it: it asks whether to end its session.
    expect((await browser.request(body.redirect)).status).toBe(200);
  });

  test('at the provider ends sessions and live streams here', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    const stream = await browser.request('/api/v1/live');
    expect(stream.status).toBe(200);
    const ended = stream.text();
    const page = await browser.request(`${provider.issuer}/session/end`);
    const html = await page.text();
    const [action = ''] = /(?<=action=")[^"]+/.exec(html) ?? [];
    const [xsrf = ''] = /(?<=name="xsrf" value=")[^"]+/.exec(html) ?? [];
    await browser.request(action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
    });
    await expect.poll(() => session(browser)).toBe(401);
    expect(await ended).toContain(': connected');
    expect((await audit())[0]).toMatchObject({ name: 'identity provider, 1 sessions (by oidc)', status: 200 });
  });

  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const send = async (logoutToken: string): Promise<number> => {
    const answer = await product.app.request(`${PUBLIC_URL}/auth/oidc/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: logoutToken }).toString(),
    });
    return answer.status;
  };
  const logout = (): JWTPayload => ({
    ...{ iss: provider.issuer, aud: CLIENT, sub: 'ada', jti: 'one', events: event },
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 120,
  });

  test('by a logout token works once', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    const token = await provider.sign(logout(), 'logout+jwt');
    expect(await send(token)).toBe(200);
    expect(await session(browser)).toBe(401);
    await browser.signIn('ada');
    expect(await send(token)).toBe(400);
    expect(await session(browser)).toMatchObject({ scope: 'edit' });
  });

  test.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['an ID token', ({ events: _, ...claims }) => ({ ...claims, nonce: 'n' })],
    ['one with a nonce', (claims) => ({ ...claims, nonce: 'n' })],
    ['one of another issuer', (claims) => ({ ...claims, iss: 'https://other.example.com' })],
    ['one for another client', (claims) => ({ ...claims, aud: 'another' })],
    ['one of nobody', ({ sub: _, ...claims }) => claims],
    ['an old one', (claims) => ({ ...claims, iat: Math.floor((Date.now() - HOUR_MS) / 1000) })],
    ['one without an id', ({ jti: _, ...claims }) => claims],
  ])('is refused by %s', async (_, change) => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    expect(await send(await provider.sign(change(logout()), 'logout+jwt'))).toBe(400);
    expect(await session(browser)).toMatchObject({ scope: 'edit' });
  });

  test('is refused with a token of another key, or no token', async () => {
    const other = await startProvider({ hasOwnKey: true });
    expect(await send(await other.sign(logout(), 'logout+jwt'))).toBe(400);
    await other.close();
    for (const token of ['', 'x', 'a.b.c', 'x'.repeat(7000)]) expect(await send(token)).toBe(400);
    expect(await send('x'.repeat(9000))).toBe(400);
  });
});

describe('users', () => {
  const users = async () =>
    (await product.json<{ items: { id: string; role: string; disabled: boolean }[] }>('/api/v1/users')).items;
  const change = (id: string, body: object) =>
    product.fetch(`/api/v1/users/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('are listed with their role, sessions and when they were seen', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    expect(await users()).toMatchObject([
      {
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        subject: 'ada',
        issuer: provider.issuer,
        role: 'editor',
        restriction: ['account:111122223333', 'function:pay-*'],
        assigned: null,
        sessions: 1,
        disabled: false,
      },
    ]);
    // They are no tokens.
    expect(JSON.stringify(await product.json('/api/v1/tokens'))).not.toContain('Ada');
    const [ada] = await users();
    expect((await product.fetch(`/api/v1/tokens/${ada?.id}`, { method: 'DELETE' })).status).toBe(404);
    const rotate = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await product.fetch(`/api/v1/tokens/${ada?.id}/rotate`, rotate)).status).toBe(404);
    const code = { ...rotate, body: JSON.stringify({ tokenId: ada?.id }) };
    expect((await product.fetch('/api/v1/session/code', code)).status).toBe(403);
  });

  test('have the role that an admin assigns, also in open sessions and after the next sign-in', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    const [ada] = await users();
    const assigned = { role: 'viewer', restriction: ['region:eu-*'] };
    expect((await change(ada?.id ?? '', { assigned, disabled: false })).status).toBe(200);
    const expected = { scope: 'read', restriction: ['region:eu-*'] };
    expect(await session(browser)).toMatchObject(expected);
    await browser.signIn('ada');
    expect(await session(browser)).toMatchObject(expected);
    await change(ada?.id ?? '', { assigned: null, disabled: false });
    expect(await session(browser)).toMatchObject({ scope: 'edit' });
  });

  test('that are disabled cannot sign in, and their sessions end', async () => {
    const browser = new Browser(product);
    await browser.signIn('ada');
    const [ada] = await users();
    await change(ada?.id ?? '', { assigned: null, disabled: true });
    expect(await session(browser)).toBe(401);
    const { answer } = await browser.signIn('ada');
    expect([answer?.status, await answer?.text()]).toEqual([403, expect.stringContaining('disabled')]);
    await change(ada?.id ?? '', { assigned: null, disabled: false });
    await browser.signIn('ada');
    expect(await session(browser)).toMatchObject({ scope: 'edit' });
  });

  test('can be signed out by an admin', async () => {
    const [one, other] = [new Browser(product), new Browser(product)];
    await one.signIn('ada');
    await other.signIn('root');
    const ada = (await users()).find(({ role }) => role === 'editor');
    expect((await product.fetch(`/api/v1/users/${ada?.id}/sessions`, { method: 'DELETE' })).status).toBe(200);
    expect(await session(one)).toBe(401);
    expect(await session(other)).toMatchObject({ scope: 'admin' });
  });

  test.each([
    [{ assigned: { role: 'owner', restriction: null }, disabled: false }],
    [{ assigned: { role: 'admin', restriction: ['function:x'] }, disabled: false }],
    [{ assigned: { role: 'viewer', restriction: ['x'] }, disabled: false }],
    [{ assigned: null }],
  ])('are not changed by %j', async (body) => {
    expect((await change('user:x', body)).status).toBe(400);
  });

  test('that are unknown are not found', async () => {
    expect((await change('user:x', { assigned: null, disabled: true })).status).toBe(404);
    expect((await product.fetch('/api/v1/users/user:x/sessions', { method: 'DELETE' })).status).toBe(404);
    // A token is no user.
    const { items } = await product.json<{ items: { id: string }[] }>('/api/v1/tokens');
    expect((await change(items[0]?.id ?? '', { assigned: null, disabled: true })).status).toBe(404);
  });

  test('changes are recorded with who made them', async () => {
    const browser = new Browser(product);
    await browser.signIn('root');
    const body = JSON.stringify({ name: 'a token', scope: 'read' });
    expect((await browser.api('/api/v1/tokens', { method: 'POST', body })).status).toBe(200);
    expect((await audit())[0]).toMatchObject({ name: 'Rosa Root', how: 'oidc', path: '/api/v1/tokens', status: 200 });
  });
});

describe('claims', () => {
  test.each<[string, string, Parameters<TestProvider['people']['set']>[1], string | number]>([
    ['email', '*@example.com=viewer', { email: 'ada@example.com', email_verified: true }, 'read'],
    ['email', '*@example.com=viewer', { email: 'ada@example.com', email_verified: false }, 403],
    ['email', '*@example.com=viewer', { email: 'ada@example.com' }, 403],
    ['email', '*@example.com=viewer', { email: 'ada@example.com.evil.test', email_verified: true }, 403],
    ['nothing', '*=viewer', {}, 'read'],
    ['nothing', 'x=viewer', {}, 403],
  ])('%s with %j of %j', async (claim, roles, person, expected) => {
    await product.close();
    removeFolder(product.folder);
    await start({ THERMOCLINE_OIDC_CLAIM: claim, THERMOCLINE_OIDC_ROLES: roles });
    provider.people.set('ada', person);
    const browser = new Browser(product);
    const { answer } = await browser.signIn('ada');
    if (typeof expected === 'number') expect(answer?.status).toBe(expected);
    else expect(await session(browser)).toMatchObject({ scope: expected });
  });
});

test('sessions that have expired are not counted', async () => {
  await new Browser(product).signIn('ada');
  aheadMs = 30 * DAY_MS;
  expect((await product.json<{ items: unknown[] }>('/api/v1/users')).items).toMatchObject([{ sessions: 0 }]);
});

test('the built server loads what it needs when the first user signs in', async () => {
  const folder = memoryFolder();
  const server = await startServer(folder, settings());
  const { url } = JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { url: string };
  const answer = await fetch(new URL('/auth/oidc/login', url), { redirect: 'manual' });
  expect(answer.status).toBe(302);
  expect(new URL(answer.headers.get('location') ?? '').origin).toBe(provider.issuer);
  await server.stop();
  removeFolder(folder);
});
