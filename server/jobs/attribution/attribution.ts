/**
 * Keeps what is derived up to date: hours whose rows changed are derived again once their lines have settled, and the causes
 * judged again where the idle window moved. It remembers nothing itself: what is pending stands beside the rows.
 */
import { addIdleTimes, idleWindowOf } from '../../analytics/cold-starts/idle-window.ts';
import { proactiveThresholdOf } from '../../analytics/cold-starts/proactive-threshold.ts';
import type { AppliedIdleWindow, FunctionIdleTimes, StaleHour, Store } from '../../storage/ports.ts';
import { isDue } from './due.ts';

/** Lines of one moment arrive over so long a time. */
export const SETTLE_MS = 3 * 60_000;
/** Pending hours looked at in one go. */
const SLOTS_AT_ONCE = 20_000;
/** One question to a reader thread reads about so many invocations, so that others get their turn. */
const RUNS_AT_ONCE = 100_000;

export interface AttributionOptions {
  readonly store: Store;
  readonly now: () => number;
}

/** What one round did. */
export interface AttributionRound {
  readonly hours: number;
  readonly coldStarts: number;
}

export class ColdStartAttribution {
  readonly #store: Store;
  readonly #now: () => number;
  /** Rounds follow one another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ store, now }: AttributionOptions) {
    this.#store = store;
    this.#now = now;
  }

  /** Derives what is due by now; with `all`, everything that has settled. */
  round(all = false): Promise<AttributionRound> {
    const next = this.#turn.then(() => this.#round(all));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #round(all: boolean): Promise<AttributionRound> {
    let slots = 0;
    let coldStarts = 0;
    const touched = new Set<number>();
    await this.#store.attribution.classifyPending();
    for (;;) {
      const nowMs = this.#now();
      const settledMs = nowMs - SETTLE_MS;
      const pending = await this.#store.read.staleHours({ beforeMs: settledMs, limit: SLOTS_AT_ONCE });
      const due = pending.filter((slot) => all || isDue(slot, nowMs));
      let done = 0;
      for (const [functionId, mine] of byFunction(due)) {
        const found = await this.#store.read.attributeHours({
          functionId,
          hours: mine.map((slot) => slot.hourMs),
          settledMs,
          mostRuns: RUNS_AT_ONCE,
        });
        await this.#store.attribution.saveHours(functionId, found);
        if (found.hours.length > 0) touched.add(functionId);
        done += found.hours.filter((slot) => slot.unsettled < slot.changesSeen).length;
        slots += found.hours.length;
        coldStarts += found.hours.reduce((sum, slot) => sum + slot.coldStarts.length, 0);
      }
      if (done > 0) continue;
      // Nothing got any further: what is left has not settled.
      if (!(await this.#moveThresholds(touched))) break;
      await this.#store.attribution.classifyPending();
      touched.clear();
    }
    if (slots > 0) await this.#judge();
    return { hours: slots, coldStarts };
  }

  /** True where a limit moved: hours that were derived are pending again. */
  async #moveThresholds(functionIds: ReadonlySet<number>): Promise<boolean> {
    const found = await this.#store.read.initGaps({ functionIds: [...functionIds] });
    const moved = found.flatMap(({ functionId, gapsMs, proactiveThresholdMs: limitMs }) => {
      const next = proactiveThresholdOf(gapsMs);
      return next === limitMs ? [] : [{ functionId, limitMs: next }];
    });
    if (moved.length > 0) await this.#store.attribution.saveProactiveThresholds(moved);
    return moved.length > 0;
  }

  /** A function with too few dead environments of its own is judged by those of all functions. */
  async #judge(): Promise<void> {
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

function byFunction(slots: readonly StaleHour[]): ReadonlyMap<number, readonly StaleHour[]> {
  const found = new Map<number, StaleHour[]>();
  for (const slot of slots) {
    const mine = found.get(slot.functionId) ?? [];
    found.set(slot.functionId, mine);
    mine.push(slot);
  }
  return found;
}
