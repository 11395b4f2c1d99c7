/** Who is asking? Tokens and sessions, compared in constant time against digests held in memory. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { Credentials, Scope, Store } from '../../storage/ports.ts';

export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly scope: Scope;
  /** True when a browser's cookie spoke: unsafe methods then need a same-origin request. */
  readonly viaCookie: boolean;
}

export const SESSION_COOKIE = 'thermocline_session';
/** What sessions opened by password belong to. */
export const PASSWORD_TOKEN = 'password';
/** A session ends after so long, however it is used; and after a day without use. */
const SESSION_MS = 30 * DAY_MS;
const IDLE_MS = DAY_MS;
/** Use of a session is noted at most so often. */
const TOUCH_MS = 300_000;
const MAX_KEY_BYTES = 4096;
const USE_NOTED_EVERY_MS = 60_000;

export function sha256(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

/** `tc_<scope>_<random>`, 192 random bits. */
export function newTokenText(scope: Scope): string {
  return `tc_${scope}_${randomBytes(24).toString('base64url')}`;
}

/** Of a process that asks itself: known to it, and stored nowhere. */
export function newLocalToken(): string {
  return `tc_local_${randomBytes(32).toString('base64url')}`;
}

/** Whether a scope covers another: admin covers all, the others only themselves. */
export function covers(held: Scope, needed: Scope): boolean {
  return held === 'admin' || held === needed;
}

export class Authenticator {
  readonly #store: Store;
  readonly #now: () => number;
  #credentials: Credentials = { tokens: [], sessions: [] };
  readonly #uses = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  /** Newest use of sessions, by the cookie's value. */
  readonly #touched = new Map<string, number>();
  /** Known to this process and to the owner of the data folder only; never stored. */
  readonly #local: { readonly digest: Uint8Array; readonly principal: Principal } | null;

  constructor(store: Store, now: () => number, localToken: string | null) {
    this.#store = store;
    this.#now = now;
    this.#local =
      localToken === null
        ? null
        : {
            digest: sha256(localToken),
            principal: { tokenId: 'local', name: 'this machine', scope: 'admin', viaCookie: false },
          };
  }

  /** Reads tokens and sessions again. Called at start and after each change. */
  async refresh(): Promise<void> {
    this.#credentials = await this.#store.read.credentials({});
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  /** The principal of a token's text, or null. Every stored digest is compared, whichever matches. */
  byToken(text: string): Principal | null {
    if (text === '' || Buffer.byteLength(text) > MAX_KEY_BYTES) return null;
    const digest = sha256(text);
    let found: Principal | null = null;
    if (this.#local !== null && timingSafeEqual(this.#local.digest, digest)) found = this.#local.principal;
    for (const token of this.#credentials.tokens) {
      const same = timingSafeEqual(token.sha256, digest);
      if (same && this.#alive(token)) {
        found = { tokenId: token.id, name: token.name, scope: token.scope, viaCookie: false };
        this.#noteUse(token.id);
      }
    }
    return found;
  }

  /** The principal of a session cookie, or null. */
  bySession(value: string): Principal | null {
    const digest = sha256(value);
    const session = this.#credentials.sessions.find((entry) => timingSafeEqual(entry.sha256, digest));
    const nowMs = this.#now();
    if (session === undefined || session.expiresMs <= nowMs) return null;
    const usedMs = Math.max(session.lastUsedMs, this.#touched.get(value) ?? 0);
    if (nowMs - usedMs > IDLE_MS) return null;
    const token = this.#credentials.tokens.find((entry) => entry.id === session.tokenId);
    if (token === undefined || !this.#alive(token)) return null;
    if (nowMs - usedMs > TOUCH_MS) {
      this.#touched.set(value, nowMs);
      this.#store.control.touchSession(digest, nowMs).catch(() => undefined);
    }
    return { tokenId: token.id, name: token.name, scope: token.scope, viaCookie: true };
  }

  /** Opens a session for a token; returns the cookie's value. */
  async openSession(principal: Principal): Promise<{ readonly value: string; readonly maxAgeSec: number }> {
    const value = randomBytes(32).toString('base64url');
    const createdMs = this.#now();
    await this.#store.control.addSession({
      sha256: sha256(value),
      tokenId: principal.tokenId,
      createdMs,
      expiresMs: createdMs + SESSION_MS,
    });
    await this.refresh();
    return { value, maxAgeSec: SESSION_MS / 1000 };
  }

  async closeSession(value: string): Promise<void> {
    this.#touched.delete(value);
    await this.#store.control.endSession(sha256(value));
    await this.refresh();
  }

  /** Writes "last used" down, at most once a minute a token. */
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

  #alive(token: { readonly expiresMs: number | null; readonly revokedMs: number | null }): boolean {
    return token.revokedMs === null && (token.expiresMs === null || token.expiresMs > this.#now());
  }
}
