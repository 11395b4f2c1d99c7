/**
 * Caches answers by key, shares requests that are in flight and cancels those without subscribers.
 * Knows neither the DOM nor HTTP, so that its rules can be tested alone.
 */

/** State of one query. */
export interface QueryState {
  /** The newest answer. It stays while the next one loads, and after a failed reload. */
  readonly data: unknown;
  /** Why the newest request failed; null after a success. */
  readonly error: unknown;
  readonly loading: boolean;
  /** Epoch ms at which `data` arrived; null before that. */
  readonly updatedMs: number | null;
}

/** Sends the request. It must reject once `signal` is aborted. */
export type Load = (signal: AbortSignal) => Promise<unknown>;

interface Entry {
  state: QueryState;
  readonly listeners: Set<() => void>;
  load: Load;
  request: AbortController | null;
}

/** State of a query that was not sent yet. */
const NOT_REQUESTED: QueryState = { data: null, error: null, loading: true, updatedMs: null };
/** Answers kept for queries without subscribers: going back shows them while they reload. */
const MAX_IDLE_ENTRIES = 10;

export class QueryCache {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  read(key: string): QueryState {
    return this.#entries.get(key)?.state ?? NOT_REQUESTED;
  }

  /**
   * Starts a request, or joins the one in flight for the same key, and calls `listener` after each change of state.
   * @returns a function that unsubscribes; the last one to do so cancels the request in flight.
   */
  subscribe(key: string, load: Load, listener: () => void): () => void {
    const entry = this.#entries.get(key) ?? { state: NOT_REQUESTED, listeners: new Set(), load, request: null };
    // Inserted last: the first idle entries of the map are the ones unused for longest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.load = load;
    entry.listeners.add(listener);
    if (entry.request === null) this.#send(entry);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size > 0) return;
      entry.request?.abort();
      entry.request = null;
      entry.state = { ...entry.state, loading: false };
      if (this.#entries.get(key) === entry && entry.state.updatedMs === null) this.#entries.delete(key);
      this.#dropIdle();
    };
  }

  /** Reloads after a change: an older request in flight is cancelled, as its answer may be outdated. */
  reload(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.listeners.size === 0) return;
    entry.request?.abort();
    this.#send(entry);
  }

  /** Requests newer data, or waits for the request in flight: cancelling a slow one at each refresh would starve it. */
  refresh(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.listeners.size > 0 && entry.request === null) this.#send(entry);
  }

  /** Refreshes every query that has a subscriber. */
  refreshAll(): void {
    for (const key of [...this.#entries.keys()]) this.refresh(key);
  }

  /** Cancels all requests and forgets all answers. Subscribers get data again after a reload. */
  clear(): void {
    for (const [key, entry] of this.#entries) {
      entry.request?.abort();
      entry.request = null;
      entry.state = { ...NOT_REQUESTED, loading: false };
      if (entry.listeners.size === 0) this.#entries.delete(key);
    }
  }

  #send(entry: Entry): void {
    const request = new AbortController();
    entry.request = request;
    this.#update(entry, { ...entry.state, loading: true });
    const settle = (change: Partial<QueryState>): void => {
      if (entry.request !== request) return;
      entry.request = null;
      this.#update(entry, { ...entry.state, ...change, loading: false });
    };
    entry.load(request.signal).then(
      (data) => settle({ data, error: null, updatedMs: this.#now() }),
      (error: unknown) => settle({ error }),
    );
  }

  #update(entry: Entry, state: QueryState): void {
    entry.state = state;
    for (const listener of entry.listeners) listener();
  }

  #dropIdle(): void {
    const idle = [...this.#entries].filter(([, entry]) => entry.listeners.size === 0);
    for (const [key] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE_ENTRIES))) this.#entries.delete(key);
  }
}
