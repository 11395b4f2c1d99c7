/**
 * Throttles guesses of passwords, per address, per user and in total. An attempt counts before it is looked at, so that many at
 * once are not more than many in a row. In memory: a restart resets it.
 */

/** Failures of one address within the window. */
const MOST_FAILURES = 10;
/** Failures of all addresses from which nobody signed in, within the window. */
const MOST_FAILURES_OF_STRANGERS = 100;
/** Failures at one user's name, from all addresses from which nobody signed in: those of the user stay open. */
const MOST_FAILURES_OF_USER = 20;
/** Attempts of one address at the same time: one address does not occupy the hashing lane. */
const MOST_AT_ONCE = 2;
const WINDOW_MS = 15 * 60_000;
/** Addresses of successful sign-ins that are remembered. */
const MOST_KNOWN = 1000;
/** Where others are refused only because attempts are in progress, they may soon try again, s. */
const SOON_SECONDS = 1;

interface Failures {
  n: number;
  firstMs: number;
  atOnce: number;
}

/** `withdrawn`: it was not looked at, so it counts for nothing. */
export type AttemptEnd = 'failed' | 'succeeded' | 'withdrawn';

export type Attempt =
  | { readonly admitted: false; readonly waitSec: number }
  | { readonly admitted: true; end(how: AttemptEnd): void };

export class LoginThrottle {
  readonly #now: () => number;
  readonly #clients = new Map<string, Failures>();
  /** By the user's name. */
  readonly #users = new Map<string, Failures>();
  readonly #known = new Set<string>();
  readonly #strangers: Failures = { n: 0, firstMs: 0, atOnce: 0 };

  /** `now` is monotonic, in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts an attempt of an address, at a user's name if there is one, before it is looked at, or refuses it. Call `end` once on what was
   * admitted.
   */
  begin(client: string, user: string | null = null): Attempt {
    this.#forgetOld();
    const none = { n: 0, firstMs: this.#now(), atOnce: 0 };
    const own = this.#clients.get(client) ?? { ...none };
    const isStranger = !this.#known.has(client);
    const atUser = user === null || !isStranger ? null : (this.#users.get(user) ?? { ...none });
    const counted = [own, ...(isStranger ? [this.#strangers] : []), ...(atUser === null ? [] : [atUser])];
    const waitSec = Math.max(
      this.#wait(own, MOST_FAILURES),
      isStranger ? this.#wait(this.#strangers, MOST_FAILURES_OF_STRANGERS) : 0,
      atUser === null ? 0 : this.#wait(atUser, MOST_FAILURES_OF_USER),
    );
    if (waitSec > 0) return { admitted: false, waitSec };
    if (own.atOnce >= MOST_AT_ONCE) return { admitted: false, waitSec: SOON_SECONDS };
    this.#clients.set(client, own);
    if (user !== null && atUser !== null) this.#users.set(user, atUser);
    own.atOnce += 1;
    for (const failures of counted) {
      if (failures.n === 0) failures.firstMs = this.#now();
      failures.n += 1;
    }
    let ended = false;
    return {
      admitted: true,
      end: (how) => {
        if (ended) return;
        ended = true;
        own.atOnce -= 1;
        // What failed before stays counted: a success says nothing about other attempts from this address.
        if (how !== 'failed') for (const failures of counted) failures.n = Math.max(0, failures.n - 1);
        if (how === 'succeeded') this.#remember(client);
      },
    };
  }

  #remember(client: string): void {
    this.#known.delete(client);
    this.#known.add(client);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Ends windows that are over. What remains is bounded: strangers by their total, the others by their number. */
  #forgetOld(): void {
    if (this.#isOver(this.#strangers)) this.#strangers.n = 0;
    for (const [client, failures] of this.#clients) {
      if (this.#isOver(failures)) failures.n = 0;
      if (failures.n === 0 && failures.atOnce === 0) this.#clients.delete(client);
    }
    for (const [user, failures] of this.#users)
      if (failures.n === 0 || this.#isOver(failures)) this.#users.delete(user);
  }

  #isOver({ firstMs }: Failures): boolean {
    return this.#now() - firstMs > WINDOW_MS;
  }

  #wait({ n, firstMs }: Failures, most: number): number {
    return n < most ? 0 : Math.max(1, Math.ceil((firstMs + WINDOW_MS - this.#now()) / 1000));
  }
}
