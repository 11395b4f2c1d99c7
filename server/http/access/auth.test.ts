/** Lifetimes of sessions and tokens, as SECURITY.md states them: 30 days, 24 hours without use. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Credentials, Store } from '../../storage/ports.ts';
import { covers } from '../../storage/role-scopes.ts';
import type { Principal } from './auth.ts';
import {
  Authenticator,
  isLocal,
  isLocalUserId,
  isUserId,
  newLocalToken,
  newTokenText,
  newUserId,
  newUserSecret,
  PASSWORD_TOKEN,
  sha256,
  wayOf,
} from './auth.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Token = Mutable<Credentials['tokens'][number]>;

const READER: Principal = { tokenId: 't', name: 'T', scope: 'read', restriction: null, session: null };

/** An authenticator on a store in memory, with a clock that the test moves. */
async function setUp(change: Partial<Token> = {}, more: readonly Token[] = [], localToken: string | null = null) {
  const text = newTokenText('read');
  const token: Token = {
    id: 't',
    name: 'T',
    scope: 'read',
    sha256: sha256(text),
    createdMs: 0,
    expiresMs: null,
    lastUsedMs: null,
    revokedMs: null,
    restriction: null,
    ...change,
  };
  const sessions: Mutable<Credentials['sessions'][number]>[] = [];
  const touches: number[] = [];
  const ends: Uint8Array[] = [];
  const uses: { readonly id: string; readonly atMs: number }[] = [];
  const clock = { nowMs: Date.UTC(2026, 10, 1) };
  const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);
  const store = {
    read: {
      credentials: async () => ({
        tokens: [token, ...more].map((one) => ({ ...one })),
        sessions: sessions.map((one) => ({ ...one })),
      }),
    },
    control: {
      addSession: async ({
        createdMs,
        ...session
      }: Omit<Credentials['sessions'][number], 'lastUsedMs'> & { createdMs: number }) => {
        sessions.push({ ...session, lastUsedMs: createdMs });
      },
      touchSession: async (digest: Uint8Array, atMs: number) => {
        touches.push(atMs);
        for (const one of sessions) if (same(one.sha256, digest)) one.lastUsedMs = atMs;
      },
      endSession: async (digest: Uint8Array) => {
        ends.push(digest);
        sessions.splice(0, sessions.length, ...sessions.filter((one) => !same(one.sha256, digest)));
      },
      recordTokenUse: async (given: readonly { readonly id: string; readonly atMs: number }[]) => {
        uses.push(...given);
      },
    },
  } as unknown as Store;
  const access = new Authenticator(store, () => clock.nowMs, localToken);
  await access.refresh();
  return { access, clock, token, text, touches, uses, ends, sessions };
}

test('a session that is used every day ends after 30 days', async () => {
  const { access, clock } = await setUp();
  const { value, maxAgeSec } = await access.openSession(READER);
  expect(maxAgeSec).toBe(2_592_000);
  const openedMs = clock.nowMs;
  for (let day = 1; day < 30; day += 1) {
    clock.nowMs = openedMs + day * DAY_MS;
    expect([day, access.bySession(value)?.name]).toEqual([day, 'T']);
  }
  clock.nowMs = openedMs + 30 * DAY_MS - 1;
  expect(access.bySession(value)?.name).toBe('T');
  clock.nowMs = openedMs + 30 * DAY_MS;
  expect(access.bySession(value)).toBeNull();
});

test('a session ends after 24 hours without use, also after a restart', async () => {
  const { access, clock } = await setUp();
  const { value } = await access.openSession(READER);
  clock.nowMs += DAY_MS;
  expect(access.bySession(value)?.name).toBe('T');
  await access.refresh();
  clock.nowMs += DAY_MS;
  expect(access.bySession(value)?.name).toBe('T');
  clock.nowMs += DAY_MS + 1;
  expect(access.bySession(value)).toBeNull();
});

test('looking at a credential is no use: an idle session ends', async () => {
  const { access, clock } = await setUp();
  const { value } = await access.openSession(READER);
  const principal = access.bySession(value);
  if (principal === null) throw new Error('no session');
  for (let hour = 1; hour <= 24; hour += 1) {
    clock.nowMs += HOUR_MS;
    expect(access.isValid(principal)).toBe(true);
  }
  clock.nowMs += 1;
  expect(access.isValid(principal)).toBe(false);
});

test('the last use is written at most once in five minutes', async () => {
  const { access, clock, touches } = await setUp();
  const { value } = await access.openSession(READER);
  const openedMs = clock.nowMs;
  for (let minute = 1; minute <= 12; minute += 1) {
    clock.nowMs = openedMs + minute * MINUTE_MS;
    access.bySession(value);
  }
  expect(touches.map((atMs) => (atMs - openedMs) / MINUTE_MS)).toEqual([6, 12]);
});

test('a session ends with its token, and by signing out; another stays', async () => {
  const { access, token } = await setUp();
  const [one, other] = [await access.openSession(READER), await access.openSession(READER)];
  expect(one.value).not.toBe(other.value);
  await access.closeSession(one.value);
  expect(access.bySession(one.value)).toBeNull();
  expect(access.bySession(other.value)?.tokenId).toBe('t');
  token.revokedMs = 1;
  await access.refresh();
  expect(access.bySession(other.value)).toBeNull();
});

test('a token is valid until the moment it expires, and never once revoked', async () => {
  const { access, clock, text, token } = await setUp({ expiresMs: Date.UTC(2026, 10, 2) });
  expect(access.byToken(text)).toEqual(READER);
  expect(access.byToken(`${text}x`)).toBeNull();
  expect(access.byToken('')).toBeNull();
  clock.nowMs = Date.UTC(2026, 10, 2) - 1;
  expect(access.byToken(text)).toEqual(READER);
  clock.nowMs += 1;
  expect(access.byToken(text)).toBeNull();
  token.expiresMs = null;
  token.revokedMs = 1;
  await access.refresh();
  expect(access.byToken(text)).toBeNull();
});

test('the use of a token is stored at most once a minute', async () => {
  const { access, clock, text, uses } = await setUp();
  const startMs = clock.nowMs;
  for (const second of [0, 30, 59, 60, 90]) {
    clock.nowMs = startMs + second * 1000;
    access.byToken(text);
    await access.flushUses();
  }
  expect(uses).toEqual([
    { id: 't', atMs: startMs },
    { id: 't', atMs: startMs + 60_000 },
  ]);
});

test('admin includes every scope, edit also deploy and read, deploy also read, the others themselves only', () => {
  const scopes = ['ingest', 'read', 'deploy', 'edit', 'admin'] as const;
  expect(scopes.map((held) => scopes.filter((needed) => covers(held, needed)))).toEqual([
    ['ingest'],
    ['read'],
    ['read', 'deploy'],
    ['read', 'deploy', 'edit'],
    ['ingest', 'read', 'deploy', 'edit', 'admin'],
  ]);
});

test('a token names its scope and holds 192 random bits', () => {
  const tokens = Array.from({ length: 50 }, () => newTokenText('ingest'));
  // 32 digits of base64url, 6 bits each.
  for (const token of tokens) expect(token).toMatch(/^tc_ingest_[\w-]{32}$/);
  expect(new Set(tokens).size).toBe(50);
});

test('each session is looked at by itself', async () => {
  const { access } = await setUp();
  const [first, second] = [await access.openSession({ tokenId: 't' }), await access.openSession({ tokenId: 't' })];
  const [a, b] = [access.bySession(first.value), access.bySession(second.value)];
  if (a === null || b === null) throw new Error('no session');
  await access.closeSession(first.value);
  expect([access.isValid(a), access.isValid(b)]).toEqual([false, true]);
});

test('a cookie that is no session ends none, and costs no write', async () => {
  const { access, ends } = await setUp();
  const { value } = await access.openSession({ tokenId: 't' });
  await access.closeSession('a cookie of a stranger');
  expect(ends).toEqual([]);
  await access.closeSession(value);
  expect(ends).toHaveLength(1);
});

/** A token beside that of {@link setUp}, with a digest that no text has. */
const stored = (id: string, change: Partial<Token> = {}): Token => ({
  scope: 'read',
  ...{ id, name: id, sha256: newUserSecret(), createdMs: 0, expiresMs: null },
  ...{ lastUsedMs: null, revokedMs: null, restriction: null },
  ...change,
});

test('the digest is the SHA-256 of the text in UTF-8', () => {
  // FIPS 180-2, appendix B.1; and `printf 'ü' | sha256sum`.
  expect(Buffer.from(sha256('abc')).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(sha256('ü')).toEqual(sha256(Buffer.from([0xc3, 0xbc]).toString('utf8')));
  expect(sha256('ü')).toHaveLength(32);
});

test('a session of an identity provider lasts a day, and keeps what the provider named', async () => {
  const { access, clock, sessions } = await setUp();
  const provider = { sid: 's', idToken: 'i' };
  const { value, maxAgeSec } = await access.openSession(READER, provider);
  expect(maxAgeSec).toBe(86_400);
  expect(sessions).toEqual([
    { sha256: sha256(value), tokenId: 't', expiresMs: clock.nowMs + DAY_MS, lastUsedMs: clock.nowMs, provider },
  ]);
  for (let hour = 0; hour < 24; hour += 1) {
    expect([hour, access.bySession(value)?.name]).toEqual([hour, 'T']);
    clock.nowMs += HOUR_MS;
  }
  expect(access.bySession(value)).toBeNull();
});

test('a session names its digest, not its value, and has what the token may do now', async () => {
  const { access, token } = await setUp({ scope: 'edit' });
  const { value } = await access.openSession(READER);
  expect(value).toMatch(/^[\w-]{43}$/);
  const session = Buffer.from(sha256(value)).toString('hex');
  expect(access.bySession(value)).toEqual({ tokenId: 't', name: 'T', scope: 'edit', restriction: null, session });
  expect([access.bySession(session), access.bySession('')]).toEqual([null, null]);
  token.scope = 'read';
  await access.refresh();
  expect(access.bySession(value)?.scope).toBe('read');
});

test('a session ends when its token expires or is gone', async () => {
  const { access, clock } = await setUp({ expiresMs: Date.UTC(2026, 10, 1) + HOUR_MS });
  const { value } = await access.openSession(READER);
  const orphan = await access.openSession({ tokenId: 'gone' });
  expect(access.bySession(orphan.value)).toBeNull();
  clock.nowMs += HOUR_MS - 1;
  expect(access.bySession(value)?.name).toBe('T');
  clock.nowMs += 1;
  expect(access.bySession(value)).toBeNull();
});

test('what was opened ends when the token is gone, expires, is revoked, or may do something else', async () => {
  const restriction = [{ kind: 'function', anyOf: ['pay-*'] }] as const;
  const { access, token, text, clock } = await setUp({ restriction });
  const principal = access.byToken(text);
  if (principal === null) throw new Error('no token');
  const changes: readonly [Partial<Token>, boolean][] = [
    [{}, true],
    [{ scope: 'edit' }, false],
    [{ restriction: null }, false],
    [{ restriction: [{ kind: 'function', anyOf: ['other-*'] }] }, false],
    [{ restriction: [{ kind: 'function', anyOf: ['pay-*'] }] }, true],
    [{ expiresMs: clock.nowMs }, false],
    [{ expiresMs: clock.nowMs + 1 }, true],
    [{ revokedMs: 1 }, false],
    [{ id: 'another' }, false],
  ];
  for (const [change, expected] of changes) {
    const before = { ...token };
    Object.assign(token, change);
    await access.refresh();
    expect([change, access.isValid(principal)]).toEqual([change, expected]);
    Object.assign(token, before);
  }
  await access.refresh();
  expect(access.isValid({ ...principal, session: 'ab' })).toBe(false);
});

test('streams hear of each change', async () => {
  const { access } = await setUp();
  let n = 0;
  access.onRefresh(() => {
    n += 1;
  });
  const { value } = await access.openSession(READER);
  expect(n).toBe(1);
  await access.closeSession(value);
  expect(n).toBe(2);
});

test('the token of local commands is admin, always valid, and has no row', async () => {
  const local = newLocalToken();
  expect(local).toMatch(/^tc_local_[\w-]{43}$/);
  expect(newLocalToken()).not.toBe(local);
  const { access, uses } = await setUp({}, [], local);
  const principal = access.byToken(local);
  expect(principal).toEqual({
    tokenId: 'local',
    name: 'this machine',
    scope: 'admin',
    restriction: null,
    session: null,
  });
  expect([principal, READER].map((one) => one !== null && isLocal(one))).toEqual([true, false]);
  expect(principal !== null && access.isValid(principal)).toBe(true);
  expect([access.byToken(`${local}x`), access.byId('local')]).toEqual([null, null]);
  await access.flushUses();
  expect(uses).toEqual([]);
  expect((await setUp()).access.byToken(local)).toBeNull();
});

test('texts longer than 4,096 bytes are no tokens, and are not hashed', async () => {
  const at = (text: string) => setUp({ sha256: sha256(text) }).then(({ access }) => access.byToken(text)?.name);
  expect(await at('x'.repeat(4096))).toBe('T');
  expect(await at('x'.repeat(4097))).toBeUndefined();
  // 1,366 signs of three bytes are 4,098.
  expect(await at('€'.repeat(1366))).toBeUndefined();
});

test('by its id, a token is found while it is valid', async () => {
  const { access, clock, token } = await setUp({ expiresMs: Date.UTC(2026, 10, 1) + 1 });
  expect([access.byId('t'), access.byId('x')]).toEqual([READER, null]);
  clock.nowMs += 1;
  expect(access.byId('t')).toBeNull();
  Object.assign(token, { expiresMs: null, revokedMs: 5 });
  await access.refresh();
  expect(access.byId('t')).toBeNull();
});

test('the oldest admin is a valid token of scope admin, and not the password', async () => {
  const admin = (id: string, createdMs: number, change: Partial<Token> = {}) =>
    stored(id, { scope: 'admin', createdMs, ...change });
  const { access } = await setUp({}, [
    admin('young', 30),
    admin('old', 20),
    admin(PASSWORD_TOKEN, 1),
    admin('revoked', 2, { revokedMs: 3 }),
    admin('expired', 3, { expiresMs: 4 }),
    stored('editor', { scope: 'edit', createdMs: 4 }),
  ]);
  expect(access.oldestAdmin()?.id).toBe('old');
  expect((await setUp()).access.oldestAdmin()).toBeUndefined();
});

test('users with passwords exist while one of them may sign in', async () => {
  const has = async (...more: Token[]) => (await setUp({}, more)).access.hasLocalUsers();
  expect(await has()).toBe(false);
  expect(await has(stored('user:local:a'))).toBe(true);
  expect(await has(stored('user:a'))).toBe(false);
  expect(await has(stored('user:local:a', { revokedMs: 1 }))).toBe(false);
  expect(await has(stored('user:local:a', { revokedMs: 1 }), stored('user:local:b'))).toBe(true);
});

test('ids say how somebody authenticated', () => {
  const [ours, theirs] = [newUserId('local'), newUserId()];
  expect(ours).toMatch(/^user:local:[\w-]{12}$/);
  expect(theirs).toMatch(/^user:[\w-]{12}$/);
  expect([ours, theirs, 'password', 'local', 'a1b2', null].map(wayOf)).toEqual([
    ...['user', 'oidc', 'password', 'local', 'token', null],
  ]);
  expect([ours, theirs, 'xuser:', 'password'].map(isUserId)).toEqual([true, true, false, false]);
  expect([ours, theirs, 'xuser:local:a'].map(isLocalUserId)).toEqual([true, false, false]);
});

test('the secret of a user is 256 random bits that nobody has', () => {
  const all = Array.from({ length: 20 }, newUserSecret);
  for (const one of all) expect(one).toHaveLength(32);
  expect(new Set(all.map((one) => Buffer.from(one).toString('hex'))).size).toBe(20);
});

test('a use counts before the store is read again, and is written once', async () => {
  const { access, clock, touches } = await setUp();
  const { value } = await access.openSession(READER);
  clock.nowMs += 5 * MINUTE_MS + 1;
  access.bySession(value);
  access.bySession(value);
  expect(touches).toEqual([clock.nowMs]);
  clock.nowMs += DAY_MS;
  expect(access.bySession(value)?.name).toBe('T');
});

test('nothing is written where nothing was used, and each use once', async () => {
  const { access, text, uses } = await setUp();
  await access.flushUses();
  expect(uses).toEqual([]);
  access.byToken(text);
  await access.flushUses();
  await access.flushUses();
  expect(uses).toHaveLength(1);
});
