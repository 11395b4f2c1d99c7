/** Since when each function waits for its next result. */
export class Waiting {
  readonly #now: () => number;
  readonly #sinceMs = new Map<number, number>();

  /** `now`: ms, of a clock that does not jump. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Functions that are due now; others no longer wait. */
  keep(functionIds: readonly number[]): void {
    const due = new Set(functionIds);
    for (const functionId of this.#sinceMs.keys()) if (!due.has(functionId)) this.#sinceMs.delete(functionId);
    for (const functionId of due) {
      if (!this.#sinceMs.has(functionId)) this.#sinceMs.set(functionId, this.#now());
    }
  }

  done(functionId: number): void {
    this.#sinceMs.delete(functionId);
  }

  /** Functions that have waited for at least `ms`. */
  longerThan(ms: number): number {
    return [...this.#sinceMs.values()].filter((sinceMs) => this.#now() - sinceMs >= ms).length;
  }
}
