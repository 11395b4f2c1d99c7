/**
 * Keeps the causes of cold starts up to date: attributes stale hours after their lines have settled, and applies idle windows and
 * proactive thresholds that changed. Stateless; the work queue is in the store.
 */
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import type { AttributedHours, AttributionReader, AttributionStore, StaleHour } from '../../storage/ports.ts';
import { isDue } from './due.ts';

/** Lines arrive up to this long after their event. */
export const SETTLE_MS = 3 * 60_000;
/** Stale hours read per query. */
const HOURS_AT_ONCE = 20_000;
/** Approximate invocations read per query, so that one query does not occupy a reader thread for long. */
const RUNS_AT_ONCE = 100_000;

/** What attribution needs of a store. */
interface AttributedStore {
  readonly read: AttributionReader;
  readonly attribution: AttributionStore;
}

/** Runs an analysis, in an analysis thread where this thread serves requests. Rejects with a StoreError. */
export type Analyse = <K extends 'movedIdleWindows' | 'movedThresholds'>(
  name: K,
  ...args: Parameters<AnalysisTasks[K]>
) => Promise<ReturnType<AnalysisTasks[K]>>;

export interface AttributionOptions {
  readonly store: AttributedStore;
  readonly now: () => number;
  readonly analyse: Analyse;
  /** Called after each failure, and with null once no function fails any more. */
  readonly onFailed?: (failed: FailedHour | null) => void;
}

/** An hour of a function that could not be attributed; it is tried again at `retryMs`. */
export interface FailedHour {
  readonly functionId: number;
  /** Start of the hour, epoch ms. */
  readonly hourMs: number;
  /** First failure, epoch ms. */
  readonly sinceMs: number;
  readonly attempts: number;
  readonly retryMs: number;
  readonly reason: string;
}

/** How far attribution has come. */
export interface AttributionProgress {
  /** Settled hours that wait; null before the first round. Counts at most 20,000. */
  readonly pendingHours: number | null;
  /** The oldest hour that waits, epoch ms; null if none does. */
  readonly oldestHourMs: number | null;
  /** Hours attributed per second in the last minute of work; null while there was none. */
  readonly hoursPerSecond: number | null;
  readonly failed: readonly FailedHour[];
}

/** Result of one round. */
export interface AttributionRound {
  readonly hours: number;
  readonly coldStarts: number;
}

/** Attributes cold starts to causes, hour by hour. */
export class ColdStartAttribution {
  readonly #store: AttributedStore;
  readonly #now: () => number;
  readonly #analyse: Analyse;
  readonly #onFailed: (failed: FailedHour | null) => void;
  /** By function. Its other hours wait too, since each hour starts from the state that the one before it left. */
  readonly #failed = new Map<number, FailedHour>();
  #pending: { readonly hours: number; readonly oldestMs: number | null } | null = null;
  #work = { hours: 0, ms: 0 };
  /** The last round started; rounds run one after the other. */
  #lastRound: Promise<unknown> = Promise.resolve();

  constructor({ store, now, analyse, onFailed = () => undefined }: AttributionOptions) {
    this.#store = store;
    this.#now = now;
    this.#analyse = analyse;
    this.#onFailed = onFailed;
  }

  /** Attributes the hours that are due; with `all`, every stale hour that has settled. Rejects with a StoreError. */
  round(all = false): Promise<AttributionRound> {
    const next = this.#lastRound.then(() => this.#round(all));
    this.#lastRound = next.catch(() => undefined);
    return next;
  }

  /** Returns the pending hours, and the failures with their reasons. */
  progress(): AttributionProgress {
    const { hours, ms } = this.#work;
    return {
      pendingHours: this.#pending?.hours ?? null,
      oldestHourMs: this.#pending?.oldestMs ?? null,
      hoursPerSecond: ms === 0 ? null : (1000 * hours) / ms,
      failed: [...this.#failed.values()],
    };
  }

  async #round(all: boolean): Promise<AttributionRound> {
    let hours = 0;
    let coldStarts = 0;
    const touched = new Set<number>();
    await this.#store.attribution.classifyPending();
    for (;;) {
      const nowMs = this.#now();
      const settledMs = nowMs - SETTLE_MS;
      const pending = await this.#store.read.staleHours({ beforeMs: settledMs, limit: HOURS_AT_ONCE });
      const due = pending.filter((hour) => all || isDue(hour, nowMs));
      this.#pending = { hours: pending.length, oldestMs: pending.length === 0 ? null : oldestOf(pending) };
      let completed = 0;
      for (const [functionId, mine] of byFunction(due)) {
        const found = await this.#attribute(functionId, mine, settledMs);
        if (found === null) continue;
        if (found.hours.length > 0) touched.add(functionId);
        completed += found.hours.filter((hour) => hour.unsettled < hour.changesSeen).length;
        hours += found.hours.length;
        coldStarts += found.hours.reduce((sum, hour) => sum + hour.coldStarts.length, 0);
      }
      if (completed > 0) continue;
      // The remaining hours have not settled.
      if (!(await this.#updateThresholds(touched))) break;
      await this.#store.attribution.classifyPending();
      touched.clear();
    }
    if (hours > 0) await this.#updateIdleWindows();
    return { hours, coldStarts };
  }

  /**
   * Attributes and stores hours of one function. After a failure, tries its first hour alone, at growing intervals; other
   * functions continue. Returns null while it waits or if it failed.
   */
  async #attribute(functionId: number, mine: readonly StaleHour[], settledMs: number): Promise<AttributedHours | null> {
    const before = this.#failed.get(functionId);
    const startMs = this.#now();
    if (before !== undefined && startMs < before.retryMs) return null;
    const hours = mine.map((hour) => hour.hourMs);
    try {
      const found = await this.#store.read.attributeHours({
        functionId,
        hours: before === undefined ? hours : hours.slice(0, 1),
        settledMs,
        mostRuns: before === undefined ? RUNS_AT_ONCE : 1,
      });
      await this.#store.attribution.saveHours(functionId, found);
      if (this.#failed.delete(functionId) && this.#failed.size === 0) this.#onFailed(null);
      this.#note(found.hours.length, this.#now() - startMs);
      return found;
    } catch (error) {
      const attempts = (before?.attempts ?? 0) + 1;
      const nowMs = this.#now();
      const failed = {
        functionId,
        hourMs: hours[0] ?? 0,
        sinceMs: before?.sinceMs ?? nowMs,
        attempts,
        retryMs: nowMs + retryAfterMs(attempts),
        reason: error instanceof Error ? error.message : String(error),
      };
      this.#failed.set(functionId, failed);
      this.#onFailed(failed);
      return null;
    }
  }

  /** Halves what is older, so that the rate follows the last minute or so of work. */
  #note(hours: number, ms: number): void {
    if (this.#work.ms > MINUTE_MS) this.#work = { hours: this.#work.hours / 2, ms: this.#work.ms / 2 };
    this.#work = { hours: this.#work.hours + hours, ms: this.#work.ms + ms };
  }

  /** Stores proactive thresholds that changed. Returns true if any did: attributed hours are stale again then. */
  async #updateThresholds(functionIds: ReadonlySet<number>): Promise<boolean> {
    const found = await this.#store.read.initGaps({ functionIds: [...functionIds] });
    const moved = await this.#analyse('movedThresholds', found);
    if (moved.length > 0) await this.#store.attribution.saveProactiveThresholds(moved);
    return moved.length > 0;
  }

  /** Stores idle windows that changed. */
  async #updateIdleWindows(): Promise<void> {
    const functions = await this.#store.read.idleTimes({});
    const moved = await this.#analyse('movedIdleWindows', functions);
    if (moved.length > 0) await this.#store.attribution.saveIdleWindows(moved);
  }
}

/** A sentence for operators about functions whose cold starts cannot be attributed. */
export function attributionSentence({ failed }: AttributionProgress): string {
  const [first] = failed;
  const functions = failed.length === 1 ? 'one function' : `${failed.length} functions`;
  return `Cold starts of ${functions} cannot be attributed (${first?.reason ?? ''}). Attempts continue at growing intervals; other functions are not affected. The Ingest page shows the hours.`;
}

/** Groups hours by function: those with the fewest changes first, so that a large function delays no other. */
function byFunction(hours: readonly StaleHour[]): readonly (readonly [number, readonly StaleHour[]])[] {
  const found = new Map<number, StaleHour[]>();
  for (const hour of hours) {
    const mine = found.get(hour.functionId) ?? [];
    found.set(hour.functionId, mine);
    mine.push(hour);
  }
  const changes = (mine: readonly StaleHour[]): number => mine.reduce((sum, hour) => sum + hour.changes, 0);
  return [...found].toSorted(([, a], [, b]) => changes(a) - changes(b));
}

function oldestOf(hours: readonly StaleHour[]): number {
  return hours.reduce((oldest, hour) => Math.min(oldest, hour.hourMs), Number.POSITIVE_INFINITY);
}

/** At once after the first failure, then after one minute, doubling up to one hour. */
function retryAfterMs(attempts: number): number {
  return attempts === 1 ? 0 : Math.min(HOUR_MS, MINUTE_MS * 2 ** (attempts - 2));
}
