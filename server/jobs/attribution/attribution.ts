/**
 * Keeps the causes of cold starts up to date: attributes stale hours after their lines have settled, and applies idle windows and
 * proactive thresholds that changed. Stateless; the work queue is in the store.
 */
import { addIdleTimes, idleWindowOf } from '../../analytics/cold-starts/idle-window.ts';
import { proactiveThresholdOf } from '../../analytics/cold-starts/proactive-threshold.ts';
import type { AppliedIdleWindow, FunctionIdleTimes, StaleHour, Store } from '../../storage/ports.ts';
import { isDue } from './due.ts';

/** Lines arrive up to this long after their event. */
export const SETTLE_MS = 3 * 60_000;
/** Stale hours read per query. */
const HOURS_AT_ONCE = 20_000;
/** Approximate invocations read per query, so that one query does not occupy a reader thread for long. */
const RUNS_AT_ONCE = 100_000;

export interface AttributionOptions {
  readonly store: Store;
  readonly now: () => number;
}

/** Result of one round. */
export interface AttributionRound {
  readonly hours: number;
  readonly coldStarts: number;
}

/** Attributes cold starts to causes, hour by hour. */
export class ColdStartAttribution {
  readonly #store: Store;
  readonly #now: () => number;
  /** The last round started; rounds run one after the other. */
  #lastRound: Promise<unknown> = Promise.resolve();

  constructor({ store, now }: AttributionOptions) {
    this.#store = store;
    this.#now = now;
  }

  /** Attributes the hours that are due; with `all`, every stale hour that has settled. Rejects with a StoreError. */
  round(all = false): Promise<AttributionRound> {
    const next = this.#lastRound.then(() => this.#round(all));
    this.#lastRound = next.catch(() => undefined);
    return next;
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
      let completed = 0;
      for (const [functionId, mine] of byFunction(due)) {
        const found = await this.#store.read.attributeHours({
          functionId,
          hours: mine.map((hour) => hour.hourMs),
          settledMs,
          mostRuns: RUNS_AT_ONCE,
        });
        await this.#store.attribution.saveHours(functionId, found);
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

  /** Stores proactive thresholds that changed. Returns true if any did: attributed hours are stale again then. */
  async #updateThresholds(functionIds: ReadonlySet<number>): Promise<boolean> {
    const found = await this.#store.read.initGaps({ functionIds: [...functionIds] });
    const moved = found.flatMap(({ functionId, gapsMs, proactiveThresholdMs: limitMs }) => {
      const next = proactiveThresholdOf(gapsMs);
      return next === limitMs ? [] : [{ functionId, limitMs: next }];
    });
    if (moved.length > 0) await this.#store.attribution.saveProactiveThresholds(moved);
    return moved.length > 0;
  }

  /** Stores idle windows that changed. Functions with too few ended environments use the window of the whole fleet. */
  async #updateIdleWindows(): Promise<void> {
    const functions = await this.#store.read.idleTimes({});
    const fleet = idleWindowOf(addIdleTimes(functions.map((one) => one.times)));
    const moved = functions.flatMap((one) => {
      const next = windowFor(one, fleet);
      return isSame(next, one.window) ? [] : [{ functionId: one.functionId, ...next }];
    });
    if (moved.length > 0) await this.#store.attribution.saveIdleWindows(moved);
  }
}

function windowFor(one: FunctionIdleTimes, fleet: AppliedIdleWindow['window']): AppliedIdleWindow {
  const own = idleWindowOf(one.times);
  if (own?.estimated !== true && fleet?.estimated === true) return { window: fleet, source: 'fleet' };
  return { window: own, source: 'own' };
}

function isSame(a: AppliedIdleWindow, b: AppliedIdleWindow | null): boolean {
  return (
    b !== null &&
    a.source === b.source &&
    a.window?.ms === b.window?.ms &&
    a.window?.surelyMs === b.window?.surelyMs &&
    a.window?.estimated === b.window?.estimated
  );
}

function byFunction(hours: readonly StaleHour[]): ReadonlyMap<number, readonly StaleHour[]> {
  const found = new Map<number, StaleHour[]>();
  for (const hour of hours) {
    const mine = found.get(hour.functionId) ?? [];
    found.set(hour.functionId, mine);
    mine.push(hour);
  }
  return found;
}
