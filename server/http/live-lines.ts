/**
 * Follows searches of log lines: each is repeated, and what was not on its last page is sent to its subscribers. This finds lines wherever they
 * were received, in one process or in many. Searches run one after another, with as long a pause behind each as it took, and a slow one less often:
 * followers take half of one reader at most.
 */
import type { Logger } from 'pino';
import { MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import type { AnalysisPool } from '../jobs/analysis/analysis-pool.ts';
import type { Restriction, Store } from '../storage/ports.ts';
import type { PermittedFunctions } from '../tags/permitted-functions.ts';
import { readShaped } from './answers/shape-answer.ts';
import type { LogNews } from './presentation/log-news.ts';
import { readLogNews } from './presentation/log-news.ts';

/** Lines that arrive later than this after their time are found by a search only: Firehose delivers within 15 minutes. */
export const FOLLOWED_MS = 16 * MINUTE_MS;
/** Clocks of runtimes may be ahead. */
const AHEAD_MS = MINUTE_MS;
/** Lines that are compared with those before. */
const PAGE = 500;
/** Interval of a search that takes no time. */
const INTERVAL_MS = 2 * SECOND_MS;
/** Part of the time that one search may run: one in this many. */
const PAUSES = 9;
/** Maximum backlog of a slow subscriber. */
const BACKLOG_BYTES = 1_048_576;
/** A subscriber that does not read is disconnected. */
const SLOW_MS = 30 * SECOND_MS;
/** Interval of heartbeats: proxies close idle connections. */
const HEARTBEAT_MS = 15 * SECOND_MS;

export interface FollowedSearch {
  /** Valid, in the language of searches. */
  readonly text: string;
  readonly functionId: number | undefined;
  /** Of these functions only. */
  readonly selected?: readonly number[] | undefined;
}

/** What a search is run with. */
interface Means {
  readonly store: Pick<Store, 'readShaped'>;
  readonly analysis: Pick<AnalysisPool, 'shape'>;
  readonly now: () => number;
}

/** On whose behalf a search is followed. */
interface Follower extends Omit<Means, 'store'> {
  readonly permitted: Pick<PermittedFunctions, 'inForce'>;
}

interface Watcher {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Lines that no event has reported yet, because the backlog was full. */
  notSent: number;
  /** Since when the backlog is full, by the monotonic clock; null if it is not. */
  fullSinceMs: number | null;
}

interface Followed {
  readonly means: Means;
  readonly search: FollowedSearch;
  readonly watchers: Set<Watcher>;
  /** Of the lines of the last page. */
  keys: readonly string[];
  /** When the search is due again, by the monotonic clock. */
  dueMs: number;
}

const encoder = new TextEncoder();

/** Runs a search, and returns its lines that are not among the known ones; null: all are known. Rejects as questions do. */
export async function newLines(
  { store, analysis, now }: Means,
  search: FollowedSearch,
  known: readonly string[] | null,
): Promise<LogNews> {
  const nowMs = now();
  const range = { fromMs: nowMs - FOLLOWED_MS, toMs: nowMs + AHEAD_MS };
  const question = ['logs', { ...range, ...search, limit: PAGE }] as const;
  const { bytes } = await readShaped({ store, analysis }, [question], 'logNews', known);
  return readLogNews(bytes);
}

export class LiveLines {
  readonly #store: Pick<Store, 'readShaped' | 'readsFor'>;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #followed = new Map<string, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isSearching = false;

  constructor(store: Pick<Store, 'readShaped' | 'readsFor'>, log: Pick<Logger, 'warn'>) {
    this.#store = store;
    this.#log = log;
  }

  /** Opens a stream of server-sent events of the lines that come after those of `keys`. It ends as {@link LiveHub.open} does. */
  open(
    { analysis, now, permitted }: Follower,
    search: FollowedSearch,
    keys: readonly string[],
    restriction: Restriction | null = null,
  ): ReadableStream<Uint8Array> {
    // Callers who may read other functions follow another search.
    const id = JSON.stringify([search.text, search.functionId ?? null, search.selected ?? null, restriction]);
    const store = restriction === null ? this.#store : this.#restricted(restriction, permitted);
    let watcher: Watcher | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          watcher = { controller, notSent: 0, fullSinceMs: null };
          controller.enqueue(countsEvent(0, 0, null));
          // Not with the reads of the request: they end with it.
          this.#enter(id, { store, analysis, now }, search, keys).watchers.add(watcher);
          this.#listen();
        },
        cancel: () => {
          if (watcher !== undefined) this.#leave(id, watcher);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BACKLOG_BYTES }),
    );
  }

  close(): void {
    for (const [id, { watchers }] of [...this.#followed])
      for (const watcher of [...watchers]) {
        this.#leave(id, watcher);
        watcher.controller.close();
      }
  }

  /** What is permitted may change from one search to the next. */
  #restricted(restriction: Restriction, permitted: Follower['permitted']): Means['store'] {
    return {
      readShaped: async (questions, task) => {
        const inForce = await permitted.inForce(restriction);
        return this.#store.readsFor({ lane: 'own', restriction: inForce }).readShaped(questions, task);
      },
    };
  }

  #enter(id: string, means: Means, search: FollowedSearch, keys: readonly string[]): Followed {
    const known = this.#followed.get(id);
    if (known !== undefined) return known;
    const made = { means, search, watchers: new Set<Watcher>(), keys, dueMs: performance.now() + INTERVAL_MS };
    this.#followed.set(id, made);
    return made;
  }

  #leave(id: string, watcher: Watcher): void {
    const followed = this.#followed.get(id);
    followed?.watchers.delete(watcher);
    if (followed?.watchers.size === 0) this.#followed.delete(id);
    if (this.#followed.size > 0) return;
    clearInterval(this.#timer);
    clearInterval(this.#heartbeat);
    this.#timer = undefined;
  }

  #listen(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#searchDue(), INTERVAL_MS / 2).unref();
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Runs the searches that are due, one after another. */
  async #searchDue(): Promise<void> {
    if (this.#isSearching) return;
    this.#isSearching = true;
    try {
      const due = [...this.#followed].filter(([, { dueMs }]) => dueMs <= performance.now());
      for (const [id, followed] of due) if (followed.watchers.size > 0) await this.#searchAgain(id, followed);
    } finally {
      this.#isSearching = false;
    }
  }

  async #searchAgain(id: string, followed: Followed): Promise<void> {
    const beganMs = performance.now();
    try {
      const { keys, events, sent, notSent } = await newLines(followed.means, followed.search, followed.keys);
      followed.keys = keys;
      this.#toAll(id, followed, (watcher) => pass(watcher, events, sent, notSent));
    } catch (error) {
      this.#log.warn({ err: error }, 'live: a followed search of log lines failed');
      this.#toAll(id, followed, (watcher) => report(watcher, 0, 'The search failed. It is repeated.'));
    }
    const endedMs = performance.now();
    const tookMs = endedMs - beganMs;
    followed.dueMs = endedMs + Math.max(INTERVAL_MS, PAUSES * tookMs);
    // Half of a reader is left to others, however many searches are followed.
    if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs).unref());
  }

  #beat(): void {
    const beat = encoder.encode(': heartbeat\n\n');
    for (const [id, followed] of [...this.#followed]) this.#toAll(id, followed, (watcher) => send(watcher, beat));
  }

  /** `pass` returns false if the subscriber's backlog is full. */
  #toAll(id: string, { watchers }: Followed, pass: (watcher: Watcher) => boolean): void {
    const nowMs = performance.now();
    for (const watcher of [...watchers]) {
      if (pass(watcher)) watcher.fullSinceMs = null;
      else watcher.fullSinceMs ??= nowMs;
      if (watcher.fullSinceMs === null || nowMs - watcher.fullSinceMs < SLOW_MS) continue;
      this.#leave(id, watcher);
      watcher.controller.close();
    }
  }
}

function countsEvent(lines: number, notSent: number, problem: string | null): Uint8Array {
  return encoder.encode(`event: counts\ndata: ${JSON.stringify({ lines, notSent, problem })}\n\n`);
}

/** Passes new lines on. Returns false if the subscriber's backlog is full: they are counted, and it is told once it reads. */
function pass(watcher: Watcher, events: Uint8Array, sent: number, notSent: number): boolean {
  const isSent = sent === 0 ? hasRoom(watcher) : send(watcher, events);
  watcher.notSent += isSent ? notSent : sent + notSent;
  return isSent && (sent + watcher.notSent === 0 || report(watcher, sent, null));
}

function report(watcher: Watcher, lines: number, problem: string | null): boolean {
  const isSent = send(watcher, countsEvent(lines, watcher.notSent, problem));
  if (isSent) watcher.notSent = 0;
  return isSent;
}

/** Returns false if the subscriber's backlog is full. */
function send(watcher: Watcher, bytes: Uint8Array): boolean {
  if (!hasRoom(watcher)) return false;
  watcher.controller.enqueue(bytes);
  return true;
}

function hasRoom({ controller }: Watcher): boolean {
  return (controller.desiredSize ?? 0) > 0;
}
