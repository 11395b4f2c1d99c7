/** One-time codes that sign a browser in. A link can carry one: what stays in a browser's history is worthless. */
import { randomBytes } from 'node:crypto';
import { sha256 } from './auth.ts';

/** A code may be used once, within this time after it was issued. */
export const CODE_SECONDS = 60;
/** Codes that wait to be used; beyond them the oldest ends. */
const MOST_CODES = 100;

interface Waiting {
  readonly tokenId: string;
  readonly untilMs: number;
}

export class SignInCodes {
  readonly #now: () => number;
  /** By digest, oldest first. */
  readonly #waiting = new Map<string, Waiting>();

  /** `now` is monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Issues a code that opens a session of the token. */
  issue(tokenId: string): string {
    const code = randomBytes(24).toString('base64url');
    this.#waiting.set(keyOf(code), { tokenId, untilMs: this.#now() + CODE_SECONDS * 1000 });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_CODES && oldest !== undefined) this.#waiting.delete(oldest);
    return code;
  }

  /** Uses up a code. Returns the id of its token; null if it is unknown, used or too old. */
  redeem(code: string): string | null {
    const key = keyOf(code);
    const found = this.#waiting.get(key);
    this.#waiting.delete(key);
    return found !== undefined && this.#now() <= found.untilMs ? found.tokenId : null;
  }
}

function keyOf(code: string): string {
  return Buffer.from(sha256(code)).toString('hex');
}
