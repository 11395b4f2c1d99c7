/** Users with passwords of their own: an admin invites them, they choose the password, and what ends their sessions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

const START = Date.UTC(2026, 10, 28, 8);
const PASSWORD = 'correct horse battery';
const OTHER = 'staple and another word';

let now = START;
let upMs = 0;
let product: TestProduct;

beforeEach(async () => {
  [now, upMs] = [START, 0];
  product = await startProduct({
    now: () => now,
    monotonicNow: () => upMs,
    // Hashes that take a few milliseconds.
    capacity: { hashKib: 1024 },
    environment: { THERMOCLINE_TRUST_PROXY: 'on' },
  });
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly cookie: string;
}

/** From the address `client`. */
async function send(
  method: string,
  path: string,
  body: object | undefined,
  { client = '192.0.2.1', ...headers }: Record<string, string> = { authorization: `Bearer ${ADMIN}` },
): Promise<Answer> {
  const answer = await product.app.request(`/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      'x-forwarded-for': client,
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { status: answer.status, body: (await answer.json()) as Answer['body'], cookie };
}

const signIn = (body: object, client = '192.0.2.1'): Promise<Answer> => send('POST', '/session', body, { client });
const asOwner = (cookie: string) => ({ cookie });

interface Invited {
  readonly id: string;
  readonly code: string;
}

async function invite(name: string, given: object = { role: 'viewer' }): Promise<Invited> {
  const { status, body } = await send('POST', '/users', { name, ...given });
  expect(status, JSON.stringify(body)).toBe(200);
  return { id: (body['user'] as { id: string }).id, code: String(body['code']) };
}

async function join(name: string, given?: object): Promise<Invited & { readonly cookie: string }> {
  const invited = await invite(name, given);
  const { cookie } = await signIn({ invitation: invited.code, password: PASSWORD });
  return { ...invited, cookie };
}

const users = async () => (await send('GET', '/users', undefined)).body['items'] as Record<string, unknown>[];

describe('an invitation', () => {
  test('lets the user choose a password, once, and signs in with role and restriction', async () => {
    const { code, id } = await invite('Grace', { role: 'editor', restriction: ['tag:team=payments'] });
    expect((await signIn({ user: 'Grace', password: PASSWORD })).status).toBe(401);
    const joined = await signIn({ invitation: code, password: PASSWORD });
    const session = { scope: 'edit', name: 'Grace', restriction: ['tag:team=payments'], how: 'user' };
    expect([joined.status, joined.body]).toEqual([200, session]);
    expect((await send('GET', '/session', undefined, asOwner(joined.cookie))).body).toEqual(session);
    expect((await signIn({ invitation: code, password: OTHER })).status).toBe(401);
    expect((await signIn({ user: 'Grace', password: OTHER })).status).toBe(401);
    // Upper and lower case do not matter, and neither does how a browser composes characters.
    expect((await signIn({ user: ' GRACE ', password: PASSWORD })).body).toEqual(session);
    expect(await users()).toMatchObject([
      { id, name: 'Grace', issuer: 'local', role: 'editor', sessions: 2, invitedUntil: null, disabled: false },
    ]);
  });

  test('ends after an hour', async () => {
    const { code } = await invite('grace');
    expect(await users()).toMatchObject([{ invitedUntil: new Date(START + HOUR_MS).toISOString(), signedInAt: null }]);
    now += HOUR_MS;
    expect((await signIn({ invitation: code, password: PASSWORD })).status).toBe(401);
    expect(await users()).toMatchObject([{ invitedUntil: null, lastSeenAt: null }]);
  });

  test('stays when the chosen password is refused', async () => {
    const { code } = await invite('grace');
    for (const password of ['short', 'password1234', 'gracegracegrace', 'x'.repeat(129)])
      expect((await signIn({ invitation: code, password })).status).toBe(400);
    expect((await signIn({ invitation: code, password: PASSWORD })).status).toBe(200);
  });

  test('used by two at once works for one', async () => {
    const { code } = await invite('grace');
    const [a, b] = await Promise.all([
      signIn({ invitation: code, password: PASSWORD }, '192.0.2.1'),
      signIn({ invitation: code, password: OTHER }, '192.0.2.2'),
    ]);
    expect([a.status, b.status].toSorted()).toEqual([200, 401]);
  });

  test('of a name that is taken, of a bad restriction, or by others than admins, is refused', async () => {
    const { cookie } = await join('grace', { role: 'editor' });
    expect(await send('POST', '/users', { name: 'GRACE', role: 'viewer' })).toMatchObject({
      status: 409,
      body: { detail: 'There is a user GRACE. Choose another name' },
    });
    for (const body of [
      { name: 'x', role: 'admin', restriction: ['tag:a=b'] },
      { name: 'x', role: 'viewer', restriction: ['team=x'] },
      { name: 'x', role: 'owner' },
      { name: 'a\u202eb', role: 'viewer' },
      { name: '', role: 'viewer' },
    ])
      expect((await send('POST', '/users', body)).status).toBe(400);
    expect((await send('POST', '/users', { name: 'x', role: 'admin' }, asOwner(cookie))).status).toBe(403);
  });
});

describe('what ends sessions', () => {
  test('a reset: the password is void, and another one is chosen', async () => {
    const { id, cookie } = await join('grace');
    const { status, body } = await send('POST', `/users/${id}/invitation`, undefined);
    expect([status, (await send('GET', '/session', undefined, asOwner(cookie))).status]).toEqual([200, 401]);
    expect(body['path']).toBe(`/sign-in#invitation=${String(body['code'])}`);
    expect((await signIn({ user: 'grace', password: PASSWORD })).status).toBe(401);
    expect((await signIn({ invitation: body['code'], password: OTHER })).status).toBe(200);
    expect((await signIn({ user: 'grace', password: OTHER })).status).toBe(200);
  });

  test('disabling: no password and no invitation works until the user is enabled', async () => {
    const { id, cookie } = await join('grace');
    const set = (isDisabled: boolean) => send('PUT', `/users/${id}`, { assigned: null, disabled: isDisabled });
    const stream = await product.app.request('/api/v1/live', { headers: { cookie } });
    expect((await set(true)).status).toBe(200);
    // The stream ends at once.
    await stream.text();
    expect((await send('GET', '/session', undefined, asOwner(cookie))).status).toBe(401);
    expect((await signIn({ user: 'grace', password: PASSWORD })).status).toBe(401);
    expect((await send('POST', `/users/${id}/invitation`, undefined)).status).toBe(409);
    await set(false);
    expect((await signIn({ user: 'grace', password: PASSWORD })).status).toBe(200);
    const { code, id: other } = await invite('ada');
    await send('PUT', `/users/${other}`, { assigned: null, disabled: true });
    expect((await signIn({ invitation: code, password: PASSWORD })).status).toBe(401);
  });

  test('another role holds at once, and is the only one', async () => {
    const { id, cookie } = await join('grace');
    const assigned = { role: 'editor', restriction: ['function:pay-*'] };
    const changed = await send('PUT', `/users/${id}`, { assigned, disabled: false });
    expect(changed.body).toMatchObject({ role: 'editor', claimed: assigned, assigned: null });
    expect((await send('GET', '/session', undefined, asOwner(cookie))).body).toMatchObject({
      scope: 'edit',
      restriction: ['function:pay-*'],
    });
  });

  test('the own password: the session it was changed in stays', async () => {
    const { cookie } = await join('grace', { role: 'viewer', restriction: ['function:pay-*'] });
    const second = await signIn({ user: 'grace', password: PASSWORD });
    const change = (body: object, as = cookie) => send('PUT', '/session/password', body, asOwner(as));
    expect(await change({ current: OTHER, password: OTHER })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'current' }] },
    });
    expect((await change({ current: PASSWORD, password: 'grace2026grace' })).status).toBe(400);
    expect((await change({ current: PASSWORD, password: OTHER })).status).toBe(200);
    expect((await send('GET', '/session', undefined, asOwner(cookie))).status).toBe(200);
    expect((await send('GET', '/session', undefined, asOwner(second.cookie))).status).toBe(401);
    expect((await signIn({ user: 'grace', password: OTHER })).status).toBe(200);
    // Tokens and the admin have none.
    expect((await send('PUT', '/session/password', { current: PASSWORD, password: OTHER })).status).toBe(403);
  });
});

describe('guesses', () => {
  test('are throttled for each user, whatever the address; where somebody signed in before stays open', async () => {
    await join('grace');
    const guess = (n: number) => signIn({ user: 'Grace', password: `wrong ${n} and long` }, `198.51.100.${n}`);
    for (let n = 0; n < 20; n += 1) expect((await guess(n)).status).toBe(401);
    expect(await guess(21)).toMatchObject({ status: 429 });
    expect((await signIn({ user: 'ada', password: PASSWORD }, '198.51.100.22')).status).toBe(401);
    expect((await signIn({ user: 'grace', password: PASSWORD }, '192.0.2.1')).status).toBe(200);
    upMs += 15 * 60_000 + 1;
    expect((await guess(23)).status).toBe(401);
  });

  test('of a current password are guesses too', async () => {
    const { cookie } = await join('grace');
    const change = () => send('PUT', '/session/password', { current: 'wrong', password: OTHER }, asOwner(cookie));
    for (let n = 0; n < 10; n += 1) expect((await change()).status).toBe(400);
    expect((await change()).status).toBe(429);
  });

  test('say the same of unknown, disabled and invited users', async () => {
    const { id } = await join('grace');
    await send('PUT', `/users/${id}`, { assigned: null, disabled: true });
    await invite('ada');
    const answers = await Promise.all(
      ['grace', 'ada', 'nobody'].map((user, n) => signIn({ user, password: PASSWORD }, `198.51.100.${n}`)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
  });
});

test('the sign-in page knows whether there are users, and the one password stays', async () => {
  const options = async () => (await send('GET', '/session/options', undefined, {})).body;
  expect(await options()).toEqual({ oidc: null, users: false });
  await send('PUT', '/password', { password: 'battery staple horse' });
  await join('grace');
  expect(await options()).toEqual({ oidc: null, users: true });
  expect((await signIn({ secret: 'battery staple horse' })).body).toMatchObject({ scope: 'admin', how: 'password' });
  // The password of a user is none without the name.
  expect((await signIn({ secret: PASSWORD })).status).toBe(401);
});

test('users have no tokens, codes or rotation', async () => {
  const { id, cookie } = await join('grace', { role: 'admin' });
  expect((await send('POST', '/session/code', {}, asOwner(cookie))).status).toBe(403);
  expect((await send('POST', '/session/code', { tokenId: id })).status).toBe(403);
  expect((await send('POST', `/tokens/${id}/rotate`, {})).status).toBe(404);
  expect(JSON.stringify((await send('GET', '/tokens', undefined)).body)).not.toContain(id);
});

test('the audit log names the person', async () => {
  const { id, cookie } = await join('grace', { role: 'admin' });
  await signIn({ user: 'grace', password: 'wrong and long' });
  await send('PUT', '/session/password', { current: PASSWORD, password: OTHER }, asOwner(cookie));
  await send('POST', '/users', { name: 'ada', role: 'viewer' }, asOwner(cookie));
  const { items } = (await send('GET', '/audit', undefined)).body as { items: Record<string, unknown>[] };
  expect(items.map(({ name, how, path, status, tokenId }) => [name, how, path, status, tokenId === id])).toEqual([
    ['grace', 'user', '/api/v1/users', 200, true],
    ['grace', 'user', '/api/v1/session/password', 200, true],
    ['grace (by user)', 'user', '/api/v1/session', 401, true],
    ['grace (by invitation)', 'user', '/api/v1/session', 200, true],
    ['configured admin', 'token', '/api/v1/users', 200, false],
  ]);
  expect(JSON.stringify(items)).not.toContain(PASSWORD);
});

test('from the command line', async () => {
  const folder = memoryFolder();
  const server = await startServer(folder);
  try {
    const run = (...given: string[]) => runCli(folder, ['users', ...given]);
    const added = await run('add', 'Grace', '--role', 'editor', '--restriction', 'tag:team=payments');
    expect(added.stdout).toMatch(/^http:\/\/[^#]+\/sign-in#invitation=[\w-]{32}\n$/);
    expect(added.stderr).toContain('works once, within an hour');
    const code = added.stdout.trim().split('=').at(-1);
    const body = JSON.stringify({ invitation: code, password: PASSWORD });
    const headers = { 'content-type': 'application/json' };
    const joined = await fetch(`${server.url}/api/v1/session`, { method: 'POST', headers, body });
    expect(joined.status).toBe(200);
    expect((await run('list')).stdout).toMatch(/editor +active +\S+ +Grace +tag:team=payments/);
    expect((await run('disable', 'grace')).stdout).toBe('Grace is disabled; all sessions have ended.\n');
    expect((await run('list')).stdout).toContain('disabled');
    expect((await run('reset', 'grace')).stderr).toContain('is disabled. Enable the user first');
    await run('enable', 'grace');
    expect((await run('reset', 'grace')).stdout).toContain('#invitation=');
    expect((await run('disable', 'nobody')).stderr).toContain('No user nobody');
  } finally {
    await server.stop();
    removeFolder(folder);
  }
});
