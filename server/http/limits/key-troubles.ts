/** Which keys sent bodies beyond a limit, since the process started. Names and counts only; the number of keys is limited by their issue. */

export interface KeyTrouble {
  readonly keyId: string;
  readonly keyName: string;
  /** The limit, as a reason of a dead letter; `too-slow` and `thread-lost` where a body was given up. */
  readonly reason: string;
  /** Bodies. */
  readonly n: number;
  /** Epoch ms. */
  readonly lastMs: number;
}

const MOST = 1000;

export class KeyTroubles {
  readonly #troubles = new Map<string, KeyTrouble>();
  readonly #now: () => number;

  /** `now` is in epoch ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one body of the key. Returns true for the first of its reason. */
  note(keyId: string, keyName: string, reason: string): boolean {
    const id = `${keyId} ${reason}`;
    const known = this.#troubles.get(id);
    if (known === undefined && this.#troubles.size >= MOST) return false;
    this.#troubles.set(id, { keyId, keyName, reason, n: (known?.n ?? 0) + 1, lastMs: this.#now() });
    return known === undefined;
  }

  /** The newest first. */
  all(): readonly KeyTrouble[] {
    return [...this.#troubles.values()].toSorted((a, b) => b.lastMs - a.lastMs);
  }
}
