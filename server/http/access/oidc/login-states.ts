/**
 * Sign-ins under way. What belongs to one is sealed in a cookie of its browser: strangers who begin sign-ins take no memory, and an answer
 * of the provider is only accepted from the browser that asked for it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';

/** Longest time between leaving for the provider and coming back. */
export const LOGIN_MS = 10 * MINUTE_MS;
/** Used states that are remembered until they expire; only sign-ins that succeeded at the provider add to them. */
const MOST_USED = 10_000;

const login = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  expiresMs: z.number(),
});

/** One sign-in. */
export type Login = z.infer<typeof login>;

const IV_BYTES = 12;
const TAG_BYTES = 16;

export class LoginStates {
  /** Sign-ins under way end with the process. */
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  /** When each expires, oldest first. */
  readonly #used = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins a sign-in that returns to this path. */
  begin(returnTo: string): { readonly login: Login; readonly sealed: string } {
    const text = (): string => randomBytes(32).toString('base64url');
    const made = { state: text(), nonce: text(), verifier: text(), returnTo, expiresMs: this.#now() + LOGIN_MS };
    return { login: made, sealed: this.#seal(made) };
  }

  /** The sign-in that a browser brings back; null if it is another one, too old, or was used. */
  find(sealed: string | null, state: string): Login | null {
    const found = sealed === null ? null : this.#open(sealed);
    const isOwn = found !== null && found.state === state && found.expiresMs > this.#now() && !this.#used.has(state);
    return isOwn ? found : null;
  }

  /** Marks a sign-in as used. */
  use({ state, expiresMs }: Login): void {
    for (const [old, endsMs] of this.#used)
      if (endsMs <= this.#now() || this.#used.size >= MOST_USED) this.#used.delete(old);
      else break;
    this.#used.set(state, expiresMs);
  }

  #seal(made: Login): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const body = Buffer.concat([cipher.update(JSON.stringify(made), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  #open(sealed: string): Login | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      const json: unknown = JSON.parse(body.toString('utf8'));
      return login.safeParse(json).data ?? null;
    } catch {
      return null;
    }
  }
}

const LONGEST_PATH = 2000;

/** The path of this site that a text names, with query and fragment; `/` for anything else, so that no other site can be named. */
export function ownPath(text: string | undefined): string {
  if (text === undefined || text.length > LONGEST_PATH || !/^\/(?![/\\])/.test(text) || /[\\\p{Cc}]/u.test(text))
    return '/';
  const base = 'http://own.invalid';
  if (!URL.canParse(text, base)) return '/';
  const { origin, pathname, search, hash } = new URL(text, base);
  // `/a/..//other` is parsed to a path that browsers read as another host.
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}
