/**
 * Keeps the causes of cold starts up to date: attributes stale hours after their lines have settled, and applies idle windows and
 * proactive thresholds that changed. Stateless; the work queue is in the store.
 */
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { AnalysisTasks } from '../../analytics/tasks.ts';
import type { AttributedHours, AttributionReader, AttributionStore, StaleHour } from '../../storage/ports.ts';
import { isDue } from './due.ts';
import { Waiting } from './waiting.ts';

/** Lines arrive up to this long after their event. */
export const SETTLE_MS = 3 * 60_000;
/** Stale hours read per query. */
const HOURS_AT_ONCE = 20_000;
/** Approximate invocations read per query, so that one query does not occupy a reader thread for long. */
const RUNS_AT_ONCE = 100_000;

/**
 * A function whose hours have more invocations than this is attributed beside the rounds: 20,000 take about a second, 400,000 a
 * minute.
 */
const LARGE_RUNS = 20_000;
/** A function that waits longer for its next result is reported, ms. */
export const LONGEST_WAIT_MS = 10 * MINUTE_MS;

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
  /** Called whenever the functions that wait were counted: {@link AttributionProgress.late} may have changed. */
  readonly onWaiting?: () => void;
  /** Called when the work on large functions ended with an error beside the rounds; it is repeated. */
  readonly onError?: (error: unknown) => void;
  /** Clock of waits, ms: does not jump. */
  readonly monotonicNow?: () => number;
}

/** A function with very many invocations whose hours are read now. */
export interface LargeFunction {
  readonly functionId: number;
  /** The first of its hours that are due, epoch ms. */
  readonly hourMs: number;
  /** About how many invocations these hours have. */
  readonly runs: number;
  /** Start of the work, epoch ms. */
  readonly sinceMs: number;
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
  /** The large function at work; null if none is. */
  readonly working: LargeFunction | null;
  /** Functions that have waited for their next result for ten minutes or longer. */
  readonly late: number;
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
  /** When each of them is tried again, ms of {@link #monotonicNow}. */
  readonly #retryMs = new Map<number, number>();
  readonly #monotonicNow: () => number;
  readonly #onWaiting: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #waiting: Waiting;
  #working: LargeFunction | null = null;
  /** Work on large functions, beside the rounds. */
  #large: Promise<Counted> | null = null;
  /** Functions that this work has begun or will begin: a round leaves them to it. */
  readonly #largeIds = new Set<number>();
  #pending: { readonly hours: number; readonly oldestMs: number | null } | null = null;
  #work = { hours: 0, ms: 0 };
  /** The last round started; rounds run one after the other. */
  #lastRound: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor({ store, now, analyse, onFailed = () => undefined, ...more }: AttributionOptions) {
    this.#store = store;
    this.#now = now;
    this.#analyse = analyse;
    this.#onFailed = onFailed;
    this.#onWaiting = more.onWaiting ?? (() => undefined);
    this.#onError = more.onError ?? (() => undefined);
    this.#monotonicNow = more.monotonicNow ?? now;
    this.#waiting = new Waiting(this.#monotonicNow);
  }

  /** Attributes the hours that are due; with `all`, every stale hour that has settled. Rejects with a StoreError. */
  round(all = false): Promise<AttributionRound> {
    const next = this.#lastRound.then(() => this.#round(all));
    this.#lastRound = next.catch(() => undefined);
    return next;
  }

  /** Begins no further hours and reports no further failures: call before the store is closed. */
  stop(): void {
    this.#stopped = true;
  }

  /** Returns the pending hours, and the failures with their reasons. */
  progress(): AttributionProgress {
    const { hours, ms } = this.#work;
    return {
      pendingHours: this.#pending?.hours ?? null,
      oldestHourMs: this.#pending?.oldestMs ?? null,
      hoursPerSecond: ms === 0 ? null : (1000 * hours) / ms,
      failed: [...this.#failed.values()],
      working: this.#working,
      late: this.#waiting.longerThan(LONGEST_WAIT_MS),
    };
  }

  async #round(all: boolean): Promise<AttributionRound> {
    const done = new Counted();
    const touched = new Set<number>();
    await this.#store.attribution.classifyPending();
    for (;;) {
      const { settledMs, due } = await this.#due(all);
      const completed = done.completed;
      for (const mine of due.filter((one) => !isLarge(one))) {
        if (this.#largeIds.has(mine.functionId)) continue;
        const found = await this.#attribute(mine, settledMs);
        if (found === null) continue;
        if (found.hours.length > 0) touched.add(mine.functionId);
        done.add(found);
      }
      if (due.some(isLarge)) {
        // One that a round before this started does not read every hour that has settled.
        if (all) await this.#large;
        const large = this.#startLarge(all);
        if (all) done.merge(await large);
      }
      if (this.#stopped) break;
      if (done.completed > completed) continue;
      // The remaining hours have not settled.
      if (!(await this.#updateThresholds(touched))) break;
      await this.#store.attribution.classifyPending();
      touched.clear();
    }
    if (done.hours > 0 && !this.#stopped)
      await this.#updateIdleWindows((functionId) => !this.#largeIds.has(functionId));
    return { hours: done.hours, coldStarts: done.coldStarts };
  }

  /** Reads the hours that are due, by function: those with the fewest invocations first. */
  async #due(all: boolean): Promise<{ readonly settledMs: number; readonly due: readonly FunctionHours[] }> {
    const nowMs = this.#now();
    const settledMs = nowMs - SETTLE_MS;
    const pending = await this.#store.read.staleHours({ beforeMs: settledMs, limit: HOURS_AT_ONCE });
    const due = byFunction(pending.filter((hour) => all || isDue(hour, nowMs)));
    this.#pending = { hours: pending.length, oldestMs: pending.length === 0 ? null : oldestOf(pending) };
    this.#waiting.keep(due.map(({ functionId }) => functionId));
    this.#onWaiting();
    return { settledMs, due };
  }

  /**
   * Attributes functions that have very many invocations, one after the other, and updates what follows from them, beside the
   * rounds: those do not wait for it.
   */
  #startLarge(all: boolean): Promise<Counted> {
    this.#large ??= this.#attributeLarge(all)
      .catch((error: unknown) => {
        if (all) throw error;
        if (!this.#stopped) this.#onError(error);
        return new Counted();
      })
      .finally(() => {
        this.#large = null;
        this.#largeIds.clear();
      });
    return this.#large;
  }

  async #attributeLarge(all: boolean): Promise<Counted> {
    const done = new Counted();
    for (;;) {
      const { settledMs, due } = await this.#due(all);
      const completed = done.completed;
      const large = due.filter(isLarge);
      for (const { functionId } of large) this.#largeIds.add(functionId);
      for (const mine of large) {
        const { functionId, hours, runs } = mine;
        this.#working = { functionId, hourMs: hours[0] ?? 0, runs, sinceMs: this.#now() };
        const found = await this.#attribute(mine, settledMs, runs).finally(() => (this.#working = null));
        if (found === null) continue;
        done.add(found);
        await this.#updateThresholds(new Set([functionId]));
        await this.#updateOwnIdleWindow(functionId);
      }
      if (done.completed > completed) continue;
      // A complete round updates the windows of all functions at its end.
      if (!all && done.hours > 0 && !this.#stopped) await this.#updateIdleWindows((one) => this.#largeIds.has(one));
      return done;
    }
  }

  #isPaused(functionId: number): boolean {
    return this.#monotonicNow() < (this.#retryMs.get(functionId) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * Attributes and stores hours of one function. After a failure, tries its first hour alone, at growing intervals; other
   * functions continue. Returns null while it waits or if it failed.
   */
  async #attribute(mine: FunctionHours, settledMs: number, large?: number): Promise<AttributedHours | null> {
    const { functionId, hours } = mine;
    if (this.#stopped || this.#isPaused(functionId)) return null;
    const before = this.#failed.get(functionId);
    const startMs = this.#monotonicNow();
    try {
      const found = await this.#store.read.attributeHours({
        functionId,
        hours: before === undefined ? hours : hours.slice(0, 1),
        settledMs,
        mostRuns: before === undefined ? RUNS_AT_ONCE : 1,
        ...(large === undefined ? {} : { large }),
      });
      await this.#store.attribution.saveHours(functionId, found);
      this.#waiting.done(functionId);
      this.#retryMs.delete(functionId);
      if (this.#failed.delete(functionId) && this.#failed.size === 0) this.#onFailed(null);
      this.#note(found.hours.length, this.#monotonicNow() - startMs);
      return found;
    } catch (error) {
      if (this.#stopped) return null;
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
      this.#retryMs.set(functionId, this.#monotonicNow() + retryAfterMs(attempts));
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

  /**
   * Stores the idle window of a function that has enough ended environments of its own, if it changed. Whether the others get
   * the window of all functions is decided once for all of them: that reads the idle times of the whole fleet.
   */
  async #updateOwnIdleWindow(functionId: number): Promise<void> {
    const found = await this.#store.read.idleTimes({ functionIds: [functionId] });
    const moved = (await this.#analyse('movedIdleWindows', found)).filter((one) => one.window?.estimated === true);
    if (moved.length > 0) await this.#store.attribution.saveIdleWindows(moved);
  }

  /** Stores idle windows of the chosen functions that changed. */
  async #updateIdleWindows(isChosen: (functionId: number) => boolean): Promise<void> {
    const functions = await this.#store.read.idleTimes({});
    const moved = (await this.#analyse('movedIdleWindows', functions)).filter((one) => isChosen(one.functionId));
    if (moved.length > 0) await this.#store.attribution.saveIdleWindows(moved);
  }
}

/** A sentence for operators about functions whose cold starts cannot be attributed, or wait for it; null if there are none. */
export function attributionSentence({ failed, late }: AttributionProgress): string | null {
  const [first] = failed;
  const functions = (n: number): string => (n === 1 ? 'one function' : `${n} functions`);
  if (first !== undefined)
    return `Cold starts of ${functions(failed.length)} cannot be attributed (${first.reason}). Attempts continue at growing intervals; other functions are not affected. The Ingest page shows the hours.`;
  if (late > 0)
    return `The cold starts of ${functions(late)} have waited for their causes for more than ten minutes. The Ingest page shows what is at work.`;
  return null;
}

/** Hours of one function that are due. */
interface FunctionHours {
  readonly functionId: number;
  /** Starts of hours, epoch ms, ascending. */
  readonly hours: readonly number[];
  /** About how many invocations they have. */
  readonly runs: number;
}

/** Groups hours by function: those with the fewest invocations first, so that a large function delays no other. */
function byFunction(stale: readonly StaleHour[]): readonly FunctionHours[] {
  const found = new Map<number, { functionId: number; hours: number[]; runs: number }>();
  for (const { functionId, hourMs, changes, runs } of stale) {
    const mine = found.get(functionId) ?? { functionId, hours: [], runs: 0 };
    found.set(functionId, mine);
    mine.hours.push(hourMs);
    mine.runs += Math.max(changes, runs ?? 0);
  }
  return [...found.values()].toSorted((a, b) => a.runs - b.runs);
}

const isLarge = ({ runs }: FunctionHours): boolean => runs > LARGE_RUNS;

/** What was attributed. */
class Counted {
  hours = 0;
  coldStarts = 0;
  /** Hours of which something new was stored. */
  completed = 0;

  add({ hours }: AttributedHours): void {
    this.hours += hours.length;
    this.coldStarts += hours.reduce((sum, hour) => sum + hour.coldStarts.n, 0);
    this.completed += hours.filter((hour) => hour.unsettled < hour.changesSeen).length;
  }

  merge({ hours, coldStarts, completed }: Counted): void {
    this.hours += hours;
    this.coldStarts += coldStarts;
    this.completed += completed;
  }
}

function oldestOf(hours: readonly StaleHour[]): number {
  return hours.reduce((oldest, hour) => Math.min(oldest, hour.hourMs), Number.POSITIVE_INFINITY);
}

/** At once after the first failure, then after one minute, doubling up to one hour. */
function retryAfterMs(attempts: number): number {
  return attempts === 1 ? 0 : Math.min(HOUR_MS, MINUTE_MS * 2 ** (attempts - 2));
}
