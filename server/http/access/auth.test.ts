/** Lifetimes of sessions and tokens, as SECURITY.md states them: 30 days, 24 hours without use. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Credentials, Store } from '../../storage/ports.ts';
import { covers } from '../../storage/role-scopes.ts';
import type { Principal } from './auth.ts';
import { Authenticator, newTokenText, sha256 } from './auth.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Token = Mutable<Credentials['tokens'][number]>;

const READER: Principal = { tokenId: 't', name: 'T', scope: 'read', restriction: null, session: null };

/** An authenticator on a store in memory, with a clock that the test moves. */
async function setUp(change: Partial<Token> = {}) {
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
    read: { credentials: async () => ({ tokens: [{ ...token }], sessions: sessions.map((one) => ({ ...one })) }) },
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
  const access = new Authenticator(store, () => clock.nowMs, null);
  await access.refresh();
  return { access, clock, token, text, touches, uses, ends };
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
