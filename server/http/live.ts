/** Streams committed invocations to subscribers. Rows are read back from the store, so only durable rows are sent. */
import type { Logger } from 'pino';
import type { PriceTerms } from '../analytics/cost/terms.ts';
import type { CommittedRows, Store, StoredInvocation } from '../storage/ports.ts';
import { LiveLines } from './live-lines.ts';
import { invocationOf } from './presentation/present.ts';

/** Maximum backlog of a slow subscriber; beyond it, invocations are counted instead of sent. */
const BACKLOG_BYTES = 1_048_576;
/** Interval of heartbeats: proxies close idle connections. */
const HEARTBEAT_MS = 15_000;
/** Maximum queued commits; the rows of further ones are only counted. */
const WAITING_COMMITS = 20;

export type LiveFilter = (row: StoredInvocation) => boolean;

interface Watcher {
  readonly filter: LiveFilter;
  /** Rows that the subscriber may know of; null for all. */
  readonly isVisible: LiveFilter | null;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Counts that no event has reported yet, because the backlog was full. */
  unreported: CommitCounts;
}

/** Data of a `counts` event. */
interface CommitCounts {
  readonly invocations: number;
  readonly coldStarts: number;
  readonly errors: number;
  readonly notSent: number;
}

const NO_COUNTS: CommitCounts = { invocations: 0, coldStarts: 0, errors: 0, notSent: 0 };

const encoder = new TextEncoder();

/** One invocation for all subscribers, written when the first has room for it: they share its bytes. */
class InvocationEvent {
  readonly row: StoredInvocation;
  readonly #terms: PriceTerms;
  #bytes: Uint8Array | null = null;

  constructor(row: StoredInvocation, terms: PriceTerms) {
    this.row = row;
    this.#terms = terms;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= encoder.encode(
      `event: invocation\ndata: ${JSON.stringify(invocationOf(this.row, this.#terms))}\n\n`,
    );
    return this.#bytes;
  }
}

export class LiveHub {
  /** Followed searches of log lines. */
  readonly lines: LiveLines;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #watchers = new Set<Watcher>();
  #waiting: CommittedRows[] = [];
  #reading = false;
  readonly #terms: PriceTerms;
  #unwatch: (() => void) | null = null;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(store: Store, log: Logger, terms: PriceTerms) {
    this.#store = store;
    this.#log = log;
    this.#terms = terms;
    this.lines = new LiveLines(store, log);
  }

  /**
   * Opens a stream of server-sent events. Rows that are not visible do not exist in it, and are not counted. It ends with {@link close} or
   * when the client disconnects.
   */
  open(filter: LiveFilter, isVisible: LiveFilter | null = null): ReadableStream<Uint8Array> {
    let watcher: Watcher | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          watcher = { filter, isVisible, controller, unreported: NO_COUNTS };
          this.#watchers.add(watcher);
          controller.enqueue(encoder.encode(': connected\n\n'));
          this.#listen();
        },
        // A subscriber that reads again learns at once what it missed, also if nothing more is committed.
        pull: () => {
          if (watcher !== undefined && watcher.unreported.notSent > 0) this.#report(watcher, NO_COUNTS);
        },
        cancel: () => {
          if (watcher !== undefined) this.#leave(watcher);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BACKLOG_BYTES }),
    );
  }

  close(): void {
    this.lines.close();
    for (const watcher of [...this.#watchers]) {
      this.#leave(watcher);
      watcher.controller.close();
    }
  }

  #listen(): void {
    if (this.#unwatch !== null) return;
    this.#unwatch = this.#store.onCommit((news) => this.#take(news));
    this.#heartbeat = setInterval(() => this.#sendAll(': heartbeat\n\n'), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = null;
    clearInterval(this.#heartbeat);
    this.#waiting = [];
  }

  #take(news: CommittedRows): void {
    const last = this.#waiting.at(-1);
    if (this.#waiting.length < WAITING_COMMITS || last === undefined) this.#waiting.push(news);
    else {
      const more = last.more + news.invocations.length + news.more;
      this.#waiting[this.#waiting.length - 1] = { ...last, more };
    }
    void this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let news = this.#waiting.shift(); news !== undefined; news = this.#waiting.shift()) {
        const { invocations: keys, more } = news;
        const rows = await this.#read(keys);
        const events = rows.map((row) => new InvocationEvent(row, this.#terms));
        // Subscribers learn how many they miss of what cannot be read.
        for (const watcher of [...this.#watchers]) this.#pass(watcher, events, more + keys.length - rows.length);
      }
    } finally {
      this.#reading = false;
    }
  }

  /** Returns the rows that can be read. A failure must not keep the commits that wait behind it. */
  async #read(keys: CommittedRows['invocations']): Promise<readonly StoredInvocation[]> {
    try {
      return await this.#store.read.invocationsByKey({ keys });
    } catch (error) {
      this.#log.warn({ err: error }, 'live: committed invocations could not be read');
      return [];
    }
  }

  #pass(watcher: Watcher, committed: readonly InvocationEvent[], unread: number): void {
    const { isVisible } = watcher;
    const events = isVisible === null ? committed : committed.filter(({ row }) => isVisible(row));
    // Nothing is known of rows that were not read: they may be invisible.
    const more = isVisible === null ? unread : 0;
    if (isVisible !== null && events.length === 0) return;
    const wanted = events.filter(({ row }) => watcher.filter(row));
    let sent = 0;
    for (const event of wanted) {
      if (!hasRoom(watcher)) break;
      watcher.controller.enqueue(event.bytes);
      sent += 1;
    }
    this.#report(watcher, {
      invocations: events.length + more,
      coldStarts: wanted.filter(({ row }) => row.coldStart !== null).length,
      errors: wanted.filter(({ row }) => row.status !== 'success').length,
      notSent: more + wanted.length - sent,
    });
  }

  /** Sends counts together with those that are unreported; keeps them if the backlog is full. */
  #report(watcher: Watcher, { invocations, coldStarts, errors, notSent }: CommitCounts): void {
    const { unreported } = watcher;
    const counts: CommitCounts = {
      invocations: unreported.invocations + invocations,
      coldStarts: unreported.coldStarts + coldStarts,
      errors: unreported.errors + errors,
      notSent: unreported.notSent + notSent,
    };
    watcher.unreported = this.#send(watcher, `event: counts\ndata: ${JSON.stringify(counts)}\n\n`) ? NO_COUNTS : counts;
  }

  /** Returns false if the subscriber's backlog is full. */
  #send(watcher: Watcher, text: string): boolean {
    if (!hasRoom(watcher)) return false;
    watcher.controller.enqueue(encoder.encode(text));
    return true;
  }

  #sendAll(text: string): void {
    for (const watcher of this.#watchers) this.#send(watcher, text);
  }
}

function hasRoom({ controller }: Watcher): boolean {
  return (controller.desiredSize ?? 0) > 0;
}
