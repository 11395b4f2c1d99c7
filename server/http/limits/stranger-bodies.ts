/** Limits the bodies that are read from clients without a credential: in total, and of one address. */
import { addressGroup } from '../access/client-address.ts';
import { ByteBudget } from './body.ts';

/** Largest body of a public route, bytes: the longest token with every character escaped would not fit, and none is. */
export const STRANGER_BODY_BYTES = 8192;
/** Time for the whole body, ms. */
export const STRANGER_BODY_MS = 5000;
const MOST_BODIES = 64;
const MOST_OF_ONE_ADDRESS = 4;

export class StrangerBodies {
  readonly budget = new ByteBudget(MOST_BODIES * STRANGER_BODY_BYTES);
  readonly #ofAddress = new Map<string, number>();
  #total = 0;

  /** Reserves a place for one body. Returns a function that gives it back, or null if there is none. */
  enter(client: string): (() => void) | null {
    const key = addressGroup(client);
    const own = this.#ofAddress.get(key) ?? 0;
    if (own >= MOST_OF_ONE_ADDRESS || this.#total >= MOST_BODIES) return null;
    this.#ofAddress.set(key, own + 1);
    this.#total += 1;
    return () => {
      this.#total -= 1;
      const left = (this.#ofAddress.get(key) ?? 1) - 1;
      if (left === 0) this.#ofAddress.delete(key);
      else this.#ofAddress.set(key, left);
    };
  }
}
