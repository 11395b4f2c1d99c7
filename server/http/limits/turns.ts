/**
 * Spreads requests that arrive at once over several turns of the event loop, one for each turn, so that other sockets, replies
 * of threads and timers are served in between. Requests with a valid credential do not wait behind those without.
 */

/** Class of a client: `anonymous` clients have no valid credential. */
export type ClientClass = 'known' | 'anonymous';

/** One turn in this many goes to an unauthenticated client while both kinds wait. */
const ANONYMOUS_TURN = 4;

export class Turns {
  readonly #later: (resume: () => void) => void;
  readonly #waiting: Record<ClientClass, (() => void)[]> = { known: [], anonymous: [] };
  #turn = 0;

  /** `later` calls back in the next turn of the event loop. */
  constructor(later: (resume: () => void) => void) {
    this.#later = later;
  }

  /** Resolves in a turn of the caller's own, in the order of the calls of its kind. */
  next(client: ClientClass): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting[client].push(resolve);
      if (this.#size() === 1) this.#arm();
    });
  }

  #size(): number {
    return this.#waiting.known.length + this.#waiting.anonymous.length;
  }

  #arm(): void {
    this.#later(() => {
      this.#turn = (this.#turn + 1) % ANONYMOUS_TURN;
      const { known, anonymous } = this.#waiting;
      const first = this.#turn === 0 ? anonymous : known;
      const resume = first.shift() ?? known.shift() ?? anonymous.shift();
      resume?.();
      if (this.#size() > 0) this.#arm();
    });
  }
}
