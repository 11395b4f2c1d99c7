/** Authenticates tokens and sessions, by constant-time comparison with digests in memory. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DAY_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import type { Credentials, ProviderSession, Restriction, Scope, Store, StoredToken } from '../../storage/ports.ts';

export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly scope: Scope;
  /** The functions that it may read; null for all. */
  readonly restriction: Restriction | null;
  /** SHA-256 of the session cookie, hexadecimal; null for tokens. With a cookie, unsafe methods require the same origin. */
  readonly session: string | null;
}

/** Id of the internal token that password sessions belong to. */
export const PASSWORD_TOKEN = 'password';
/** Absolute lifetime of a session. */
const SESSION_MS = 30 * DAY_MS;
/** Of a session that an identity provider opened: the user's groups are asked again after it. */
const PROVIDER_SESSION_MS = DAY_MS;
/** A session ends after this long without use. */
const IDLE_MS = DAY_MS;
/** Minimum interval between writes of a session's last use. */
const TOUCH_MS = 300_000;
const MAX_KEY_BYTES = 4096;
const USE_NOTED_EVERY_MS = 60_000;

/** SHA-256 of a text in UTF-8, 32 bytes. */
export function sha256(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

/** Generates a token: `tc_<scope>_<random>` with 192 random bits. */
export function newTokenText(scope: Scope): string {
  return `tc_${scope}_${randomBytes(24).toString('base64url')}`;
}

/** Token id of the local token, which has no row in the store. */
const LOCAL_TOKEN_ID = 'local';

/** Returns whether the caller holds the token of local commands. */
export function isLocal({ tokenId }: Principal): boolean {
  return tokenId === LOCAL_TOKEN_ID;
}

/** Generates the token with which local commands call their own server. It is never stored. */
export function newLocalToken(): string {
  return `tc_local_${randomBytes(32).toString('base64url')}`;
}

/** Ids of users begin with it: each is also the id of the token to which the user's sessions belong. */
const USER_PREFIX = 'user:';

/** Followed by what identity providers' users do not have. */
const LOCAL_USER_PREFIX = `${USER_PREFIX}local:`;

/** A new id of a user: `local` of one with a password here, or else of one of the identity provider. */
export function newUserId(kind: 'local' | 'provider' = 'provider'): string {
  return `${kind === 'local' ? LOCAL_USER_PREFIX : USER_PREFIX}${randomBytes(9).toString('base64url')}`;
}

/** A random digest that no token has: users have no text to sign in with. */
export function newUserSecret(): Uint8Array {
  return sha256(randomBytes(32).toString('hex'));
}

export function isUserId(tokenId: string): boolean {
  return tokenId.startsWith(USER_PREFIX);
}

/** Whether it is of a user with a password here. */
export function isLocalUserId(tokenId: string): boolean {
  return tokenId.startsWith(LOCAL_USER_PREFIX);
}

/** How callers with this token authenticated; null without one. */
export function wayOf(tokenId: string | null): 'oidc' | 'user' | 'password' | 'local' | 'token' | null {
  if (typeof tokenId !== 'string') return null;
  if (isLocalUserId(tokenId)) return 'user';
  if (isUserId(tokenId)) return 'oidc';
  if (tokenId === PASSWORD_TOKEN) return 'password';
  return tokenId === LOCAL_TOKEN_ID ? 'local' : 'token';
}

/** The principal of a token, or of a session of it. */
function principalWith({ id, name, scope, restriction }: StoredToken, session: string | null): Principal {
  return { tokenId: id, name, scope, restriction, session };
}

type StoredSession = Credentials['sessions'][number];

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}

/** Finds the principal of a request: by token, session or local token. */
export class Authenticator {
  readonly #store: Store;
  readonly #now: () => number;
  #credentials: Credentials = { tokens: [], sessions: [] };
  readonly #uses = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  /** Time of last use of sessions, by their digest in hexadecimal. */
  readonly #touched = new Map<string, number>();
  /** Readable only by this process and the owner of the data folder; never stored. */
  readonly #local: { readonly digest: Uint8Array; readonly principal: Principal } | null;
  #onRefresh: () => void = () => undefined;

  constructor(store: Store, now: () => number, localToken: string | null) {
    this.#store = store;
    this.#now = now;
    this.#local =
      localToken === null
        ? null
        : {
            digest: sha256(localToken),
            principal: {
              tokenId: LOCAL_TOKEN_ID,
              name: 'this machine',
              scope: 'admin',
              restriction: null,
              session: null,
            },
          };
  }

  /** Reloads tokens and sessions. Call at start and after each change. */
  async refresh(): Promise<void> {
    this.#credentials = await this.#store.read.credentials({});
    this.#onRefresh();
  }

  /** Calls `listener` after each change of tokens or sessions. */
  onRefresh(listener: () => void): void {
    this.#onRefresh = listener;
  }

  /**
   * Whether the credential that was authenticated may still be used as it was: not after its scope or restriction changed. Not a use: an
   * idle session stays idle.
   */
  isValid({ tokenId, session, scope, restriction }: Principal): boolean {
    if (tokenId === LOCAL_TOKEN_ID) return true;
    const token = this.#credentials.tokens.find((entry) => entry.id === tokenId);
    if (token === undefined || !this.#isAlive(token) || token.scope !== scope) return false;
    if (JSON.stringify(token.restriction) !== JSON.stringify(restriction)) return false;
    if (session === null) return true;
    const stored = this.#credentials.sessions.find((entry) => hexOf(entry.sha256) === session);
    return stored !== undefined && this.#isOpen(stored);
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  /** Whether there are users with passwords here who may sign in. */
  hasLocalUsers(): boolean {
    return this.#credentials.tokens.some((token) => isLocalUserId(token.id) && this.#isAlive(token));
  }

  /** The principal of a valid token by its id, or null. */
  byId(id: string): Principal | null {
    const token = this.#credentials.tokens.find((entry) => entry.id === id);
    if (token === undefined || !this.#isAlive(token)) return null;
    return principalWith(token, null);
  }

  /** The admin token that has been valid longest, other than that of the password; undefined if there is none. */
  oldestAdmin(): Credentials['tokens'][number] | undefined {
    return this.#credentials.tokens
      .filter((token) => token.scope === 'admin' && token.id !== PASSWORD_TOKEN && this.#isAlive(token))
      .toSorted((a, b) => a.createdMs - b.createdMs)[0];
  }

  /** The principal of a token, or null. Compares with every stored digest, so that timing reveals nothing. */
  byToken(text: string): Principal | null {
    if (text === '' || Buffer.byteLength(text) > MAX_KEY_BYTES) return null;
    const digest = sha256(text);
    let found: Principal | null = null;
    if (this.#local !== null && timingSafeEqual(this.#local.digest, digest)) found = this.#local.principal;
    for (const token of this.#credentials.tokens) {
      const same = timingSafeEqual(token.sha256, digest);
      if (same && this.#isAlive(token)) {
        found = principalWith(token, null);
        this.#noteUse(token.id);
      }
    }
    return found;
  }

  /** The principal of a session cookie, or null. */
  bySession(value: string): Principal | null {
    const digest = sha256(value);
    const session = this.#credentials.sessions.find((entry) => timingSafeEqual(entry.sha256, digest));
    if (session === undefined || !this.#isOpen(session)) return null;
    const token = this.#credentials.tokens.find((entry) => entry.id === session.tokenId);
    if (token === undefined || !this.#isAlive(token)) return null;
    const key = hexOf(digest);
    const nowMs = this.#now();
    if (nowMs - this.#lastUseOf(session) > TOUCH_MS) {
      this.#touched.set(key, nowMs);
      this.#store.control.touchSession(digest, nowMs).catch(() => undefined);
    }
    return principalWith(token, key);
  }

  /** Opens a session for a token; returns the cookie's value. One of an identity provider lasts a day. */
  async openSession(
    { tokenId }: Pick<Principal, 'tokenId'>,
    provider?: ProviderSession,
  ): Promise<{ readonly value: string; readonly maxAgeSec: number }> {
    const value = randomBytes(32).toString('base64url');
    const createdMs = this.#now();
    const lastsMs = provider === undefined ? SESSION_MS : PROVIDER_SESSION_MS;
    await this.#store.control.addSession({
      sha256: sha256(value),
      tokenId,
      createdMs,
      expiresMs: createdMs + lastsMs,
      ...(provider === undefined ? {} : { provider }),
    });
    await this.refresh();
    return { value, maxAgeSec: lastsMs / SECOND_MS };
  }

  /** Ends the session of a cookie. An unknown cookie costs no write: strangers send what they like. */
  async closeSession(value: string): Promise<void> {
    const digest = sha256(value);
    if (!this.#credentials.sessions.some((entry) => timingSafeEqual(entry.sha256, digest))) return;
    this.#touched.delete(hexOf(digest));
    await this.#store.control.endSession(digest);
    await this.refresh();
  }

  /** Stores when tokens were last used, at most once a minute per token. */
  async flushUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = [...this.#uses].map(([id, atMs]) => ({ id, atMs }));
    this.#uses.clear();
    await this.#store.control.recordTokenUse(uses);
  }

  #noteUse(id: string): void {
    const nowMs = this.#now();
    if (nowMs - (this.#noted.get(id) ?? 0) < USE_NOTED_EVERY_MS) return;
    this.#noted.set(id, nowMs);
    this.#uses.set(id, nowMs);
  }

  #lastUseOf(session: StoredSession): number {
    return Math.max(session.lastUsedMs, this.#touched.get(hexOf(session.sha256)) ?? 0);
  }

  /** Whether a session is neither expired nor idle for too long. */
  #isOpen(session: StoredSession): boolean {
    const nowMs = this.#now();
    return session.expiresMs > nowMs && nowMs - this.#lastUseOf(session) <= IDLE_MS;
  }

  #isAlive(token: { readonly expiresMs: number | null; readonly revokedMs: number | null }): boolean {
    return token.revokedMs === null && (token.expiresMs === null || token.expiresMs > this.#now());
  }
}
