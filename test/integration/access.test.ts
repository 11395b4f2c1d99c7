/** Access control: passwords, sessions, token rotation, sign-in throttling, and the audit log. */

import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HashingLane } from '../../server/http/access/hashing-lane.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const PASSWORD = 'correct horse battery';
let nowMs = Date.UTC(2026, 10, 21, 12);
/** Monotonic time. */
let upMs = 0;
let folder = '';
let product: TestProduct;

/** Most tests hash passwords with 1 MiB, which takes a hundredth of the CPU time. */
const CHEAP = { hashKib: 1024 };
const start = async (options: Parameters<typeof startProduct>[0] = {}): Promise<void> => {
  product = await startProduct({ folder, now: () => nowMs, monotonicNow: () => upMs, capacity: CHEAP, ...options });
};
const restart = async (options?: Parameters<typeof startProduct>[0]): Promise<void> => {
  await product.close();
  await start(options);
};

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 21, 12);
  folder = memoryFolder();
  await start();
});
afterEach(async () => {
  await product.close();
  removeFolder(folder);
});

interface Token {
  readonly id: string;
  readonly token: string;
}

const json = { 'content-type': 'application/json' };
const put = (path: string, body: object, method = 'PUT'): Promise<Response> =>
  product.fetch(path, { method, headers: json, body: JSON.stringify(body) });
const signIn = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    product.app.request('/api/v1/session', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    }),
  );
const cookieIn = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const me = async (cookie: string): Promise<number> =>
  (await product.app.request('/api/v1/session', { headers: { cookie } })).status;

describe('password and sessions', () => {
  test('the password is hashed with argon2id and its parameters, and never stored in plain text', async () => {
    await restart({ capacity: {} });
    expect((await put('/api/v1/password', { password: 'short' })).status).toBe(400);
    expect((await put('/api/v1/password', { password: PASSWORD })).status).toBe(200);
    const db = new Database(`${folder}/control.db`, { readonly: true });
    const stored = db.prepare("SELECT value FROM setting WHERE key = 'access.password'").pluck().get() as string;
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    const dump = JSON.stringify([db.prepare('SELECT * FROM setting').all(), db.prepare('SELECT * FROM audit').all()]);
    expect(dump).not.toContain(PASSWORD);
    db.close();
    expect((await signIn({ password: 'wrong horse battery' })).status).toBe(401);
    const signed = await signIn({ password: PASSWORD });
    expect(signed.status).toBe(200);
    const attributes = signed.headers.get('set-cookie')?.split('; ').slice(1);
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=2592000']));
    expect(attributes).not.toContain('Secure');
    expect(await me(cookieIn(signed))).toBe(200);
    // The sign-in page has one field for passwords and tokens.
    for (const secret of [PASSWORD, ADMIN]) expect((await signIn({ secret })).status).toBe(200);
    expect((await signIn({ secret: 'x' })).status).toBe(401);
    // The row that sessions refer to is not listed as a token.
    const { items } = await product.json<{ items: { id: string }[] }>('/api/v1/tokens');
    expect(items.map((item) => item.id)).not.toContain('password');
  });

  test('the token of local commands cannot sign in: no session could end with it', async () => {
    const refused = await signIn({ token: product.localToken });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('Create one to sign in') });
  });

  test('changing or removing the password and signing out end sessions and their live streams at once', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    const cookie = cookieIn(await signIn({ password: PASSWORD }));
    const stream = await product.app.request('/api/v1/live', { headers: { cookie } });
    expect(stream.status).toBe(200);
    const reader = stream.body?.getReader();
    await reader?.read();
    await put('/api/v1/password', { password: `${PASSWORD} staple` });
    expect(await me(cookie)).toBe(401);
    expect((await reader?.read())?.done).toBe(true);
    expect((await signIn({ password: PASSWORD })).status).toBe(401);
    const fresh = cookieIn(await signIn({ password: `${PASSWORD} staple` }));
    expect(await me(fresh)).toBe(200);
    await product.app.request('/api/v1/session', { method: 'DELETE', headers: { cookie: fresh } });
    expect(await me(fresh)).toBe(401);
    const last = cookieIn(await signIn({ password: `${PASSWORD} staple` }));
    expect((await product.fetch('/api/v1/password', { method: 'DELETE' })).status).toBe(200);
    expect(await me(last)).toBe(401);
    expect((await signIn({ password: `${PASSWORD} staple` })).status).toBe(401);
  });

  test('a session ends after one idle day, after thirty days, or when its browser signs in again', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    const idle = cookieIn(await signIn({ password: PASSWORD }));
    const used = cookieIn(await signIn({ password: PASSWORD }));
    for (let hours = 0; hours < 25; hours += 5) {
      nowMs += 5 * HOUR;
      expect(await me(used)).toBe(200);
    }
    expect(await me(idle)).toBe(401);
    for (let days = 1; days < 29; days += 1) {
      nowMs += 23 * HOUR;
      expect(await me(used)).toBe(200);
    }
    nowMs += 3 * 24 * HOUR;
    expect(await me(used)).toBe(401);
    const one = cookieIn(await signIn({ password: PASSWORD }));
    const two = cookieIn(await signIn({ password: PASSWORD }, { cookie: one }));
    expect([await me(one), await me(two)]).toEqual([401, 200]);
  });

  test('the last use of a session survives a restart', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    const cookie = cookieIn(await signIn({ password: PASSWORD }));
    nowMs += 20 * HOUR;
    expect(await me(cookie)).toBe(200);
    await restart();
    nowMs += 20 * HOUR;
    expect(await me(cookie)).toBe(200);
  });
});

describe('failed sign-ins', () => {
  const proxied = (options: Parameters<typeof startProduct>[0] = {}): Promise<void> =>
    restart({ environment: { THERMOCLINE_TRUST_PROXY: 'on' }, ...options });
  const from = (client: string, body: object = { token: 'x' }) =>
    signIn(body, { 'x-forwarded-for': `198.51.100.1, ${client}` });

  test('sign-in is throttled after ten failures, whatever the forwarding header, until the wait ends', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    for (let n = 0; n < 10; n += 1) expect((await signIn({ token: `tc_admin_${n}` })).status).toBe(401);
    const refused = await signIn({ password: PASSWORD }, { 'x-forwarded-for': '203.0.113.7' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    // The wall clock may jump: waits are measured by a clock that does not.
    nowMs += HOUR;
    expect((await signIn({ password: PASSWORD })).status).toBe(429);
    nowMs -= 2 * HOUR;
    upMs += HOUR / 4 + 1000;
    expect((await signIn({ password: PASSWORD })).status).toBe(200);
  });

  test('of four hundred guesses at once, no more are looked at than of so many in a row', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    for (const body of [{ password: 'x' }, { secret: 'x' }, { token: 'x' }, { secret: PASSWORD.toUpperCase() }]) {
      upMs += HOUR;
      const answers = await Promise.all(Array.from({ length: 400 }, () => signIn(body)));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([401, 429]));
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
      for (const { status, headers } of answers)
        if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  test('valid tokens sign in from an address whose guesses are refused, and change nothing for them', async () => {
    await put('/api/v1/password', { password: PASSWORD });
    const { token } = (await (await put('/api/v1/tokens', { name: 'r', scope: 'read' }, 'POST')).json()) as Token;
    for (let n = 0; n < 9; n += 1) await signIn({ password: `guess ${n}` });
    for (const body of [{ token }, { secret: token }, { token: ADMIN }, { secret: ` ${ADMIN} ` }])
      expect((await signIn(body)).status).toBe(200);
    expect((await signIn({ password: 'the tenth' })).status).toBe(401);
    expect((await signIn({ password: 'the eleventh' })).status).toBe(429);
    expect((await signIn({ password: PASSWORD })).status).toBe(429);
    for (const body of [{ token }, { secret: token }]) expect((await signIn(body)).status).toBe(200);
    expect((await signIn({ password: PASSWORD })).status).toBe(429);
  });

  test('tokens that may not sign in count as failures, so that they do not fill the audit log', async () => {
    const { token } = (await (await put('/api/v1/tokens', { name: 'i', scope: 'ingest' }, 'POST')).json()) as Token;
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await signIn({ token })).status);
    expect(statuses).toEqual([...new Array<number>(10).fill(403), 429, 429]);
  });

  test('behind a trusted proxy each client has its own limit, and strangers share a total limit', async () => {
    await proxied();
    await put('/api/v1/password', { password: PASSWORD });
    expect((await from('192.0.2.1', { password: PASSWORD })).status).toBe(200);
    for (let n = 0; n < 200; n += 1) await from('203.0.113.7');
    expect((await from('203.0.113.7')).status).toBe(429);
    expect((await from('203.0.113.8')).status).toBe(401);
    for (let n = 0; n < 100; n += 1) await from(`203.0.113.${100 + n}`);
    expect((await from('203.0.113.250')).status).toBe(429);
    // Somebody signed in from here before.
    expect((await from('192.0.2.1', { password: PASSWORD })).status).toBe(200);
  });

  test('the addresses of one IPv6 subnet are one client', async () => {
    await proxied();
    for (let n = 0; n < 10; n += 1) await from(`2001:db8:0:1::${n + 1}`);
    expect((await from('2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await from('2001:db8:0:2::1')).status).toBe(401);
  });

  test('sign-ins from many addresses at once use the memory of one, and the rest are told to retry', async () => {
    await proxied({ capacity: {} });
    await put('/api/v1/password', { password: PASSWORD });
    const beforeBytes = process.memoryUsage.rss();
    let mostBytes = 0;
    const timer = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage.rss())), 5);
    // The first hash begins when all have asked for theirs.
    let begin = (): void => undefined;
    const allAsked = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const run = HashingLane.prototype.run;
    let asked = 0;
    const held = vi.spyOn(HashingLane.prototype, 'run').mockImplementation(function (this: HashingLane, work) {
      asked += 1;
      if (asked === 60) begin();
      return run.call(this, () => allAsked.then(work)) as ReturnType<typeof work>;
    });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => from(`192.0.2.${n}`, { password: 'x' })));
    held.mockRestore();
    clearInterval(timer);
    const statuses = answers.map(({ status }) => status);
    // One is hashed and eight wait.
    expect(statuses.filter((status) => status === 401)).toHaveLength(9);
    expect(statuses.filter((status) => status === 429)).toHaveLength(51);
    // A hash takes 64 MiB.
    expect(mostBytes - beforeBytes).toBeLessThan(2 * 64 * 1_048_576);
  });
});

test('a token is shown when it is created or rotated, and in no other answer', async () => {
  const made = (await (await put('/api/v1/tokens', { name: 'firehose', scope: 'ingest' }, 'POST')).json()) as Token;
  const rotated = (await (await put(`/api/v1/tokens/${made.id}/rotate`, { graceHours: 2 }, 'POST')).json()) as Token;
  expect(rotated.token).not.toBe(made.token);
  for (const path of ['/api/v1/tokens', '/api/v1/audit', '/api/v1/session']) {
    const text = await (await product.fetch(path)).text();
    expect(text.length).toBeGreaterThan(10);
    for (const { token } of [made, rotated]) expect(text).not.toContain(token.slice(-20));
  }
});

test('after rotation both secrets of a token work for a while, then only the new one', async () => {
  const made = await (await put('/api/v1/tokens', { name: 'firehose', scope: 'ingest' }, 'POST')).json();
  const { id, token: old } = made as { id: string; token: string };
  const rotated = await put(`/api/v1/tokens/${id}/rotate`, { graceHours: 2 }, 'POST');
  const { token: fresh, name, scope } = (await rotated.json()) as { token: string; name: string; scope: string };
  expect([name, scope]).toEqual(['firehose', 'ingest']);
  const works = async (token: string): Promise<boolean> =>
    (
      await product.app.request('/ingest/logs?logGroup=/aws/lambda/x&logStream=s', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: '',
      })
    ).status !== 401;
  expect([await works(old), await works(fresh)]).toEqual([true, true]);
  nowMs += 2 * HOUR + 1;
  expect([await works(old), await works(fresh)]).toEqual([false, true]);
  expect((await put('/api/v1/tokens/nobody/rotate', {}, 'POST')).status).toBe(404);
});

test('the audit log records actor, address, action and outcome of changes, without bodies or reads', async () => {
  await put('/api/v1/password', { password: PASSWORD });
  await product.fetch('/api/v1/tokens');
  await put('/api/v1/tokens', { name: 'x', scope: 'nothing' }, 'POST');
  await signIn({ token: 'wrong' });
  await product.app.request('/api/v1/tokens', { method: 'POST', headers: json, body: '{}' });
  // Unauthenticated requests must not fill the log.
  await product.app.request('/api/v1/session', { method: 'POST', headers: json, body: '{}' });
  await product.app.request('/api/v1/session', { method: 'DELETE' });
  const { items } = await product.json<{ items: Record<string, unknown>[] }>('/api/v1/audit');
  expect(items).toMatchObject([
    { method: 'POST', path: '/api/v1/session', status: 401, tokenId: null },
    { method: 'POST', path: '/api/v1/tokens', status: 400, name: 'configured admin' },
    { method: 'PUT', path: '/api/v1/password', status: 200, name: 'configured admin', client: 'local' },
  ]);
  expect(JSON.stringify(items)).not.toMatch(/correct horse|test-admin-token|wrong/);
});

test('a session may write only from the same origin and only as JSON', async () => {
  const cookie = cookieIn(await signIn({ token: ADMIN }));
  const ask = (headers: Record<string, string>) =>
    product.app.request('/api/v1/tokens', {
      method: 'POST',
      headers: { cookie, ...headers },
      body: JSON.stringify({ name: 'x', scope: 'read' }),
    });
  expect((await ask({ ...json, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await ask({ ...json, origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask(json)).status).toBe(403);
  expect((await ask({ 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' })).status).toBe(415);
  expect((await ask({ ...json, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect(cookie).toMatch(/^thermocline_session=/);
  // An origin is scheme, host and port (RFC 6454, 4).
  for (const origin of [
    'https://localhost',
    'http://localhost:8021',
    'http://localhost.evil.example',
    'null',
    'localhost',
    'http://127.0.0.1',
  ])
    expect([origin, (await ask({ ...json, origin })).status]).toEqual([origin, 403]);
  for (const origin of ['http://localhost', 'http://localhost:80', 'http://LOCALHOST'])
    expect([origin, (await ask({ ...json, origin })).status]).toEqual([origin, 200]);
});

describe('with a public HTTPS address', () => {
  beforeEach(() => restart({ environment: { THERMOCLINE_PUBLIC_URL: 'HTTPS://Thermocline.example.com/' } }));

  test('the session cookie is for HTTPS and this host alone, and only its name is read', async () => {
    const signed = await signIn({ token: ADMIN });
    const [pair = '', ...attributes] = signed.headers.get('set-cookie')?.split('; ') ?? [];
    // RFC 6265bis, 4.1.3.2: the prefix requires Secure, the path / and no domain.
    expect(pair).toMatch(/^__Host-thermocline_session=./);
    expect(attributes).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
    expect(attributes.join()).not.toMatch(/domain/i);
    expect(await me(pair)).toBe(200);
    // A site of a neighbouring name, or one without TLS, can set a cookie without the prefix.
    expect(await me(pair.replace('__Host-', ''))).toBe(401);
    const out = await product.app.request('/api/v1/session', { method: 'DELETE', headers: { cookie: pair } });
    expect(out.headers.get('set-cookie')).toMatch(/^__Host-thermocline_session=;.*Secure/);
    expect(await me(pair)).toBe(401);
  });

  test('writes of a session come from the public address or from where the request was sent', async () => {
    const cookie = cookieIn(await signIn({ token: ADMIN }));
    const status = async (origin: string): Promise<number> =>
      (
        await product.app.request('http://localhost:8020/api/v1/tokens', {
          method: 'POST',
          headers: { ...json, cookie, origin },
          body: JSON.stringify({ name: 'x', scope: 'read' }),
        })
      ).status;
    const right = ['https://thermocline.example.com', 'https://thermocline.example.com:443', 'http://localhost:8020'];
    for (const origin of right) expect([origin, await status(origin)]).toEqual([origin, 200]);
    for (const origin of [
      'http://thermocline.example.com',
      'https://thermocline.example.com:8443',
      'https://localhost:8020',
      'http://localhost:8021',
      'https://evil.example',
    ])
      expect([origin, await status(origin)]).toEqual([origin, 403]);
  });

  test('answers carry Strict-Transport-Security', async () => {
    const { headers } = await product.app.request('/api/v1/session');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

test('without a public HTTPS address, answers carry no Strict-Transport-Security', async () => {
  const { headers } = await product.app.request('/api/v1/session');
  expect(headers.get('strict-transport-security')).toBeNull();
});
