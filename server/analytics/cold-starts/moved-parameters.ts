/** Parameters of cold-start causes, estimated from the store's figures: those that differ from the ones in use. */
import type { IdleTimes, IdleWindow } from './idle-window.ts';
import { addIdleTimes, idleWindowOf } from './idle-window.ts';
import { proactiveThresholdOf } from './proactive-threshold.ts';

/** A window, and whether it was estimated from the function itself or from all functions. */
interface AppliedWindow {
  readonly window: IdleWindow | null;
  readonly source: 'own' | 'fleet';
}

interface FunctionTimes {
  readonly functionId: number;
  readonly times: IdleTimes;
  /** The window in use; null before the first. */
  readonly window: AppliedWindow | null;
}

/** Returns idle windows that changed. Functions with too few ended environments use the window of the whole fleet. */
export function movedIdleWindows(
  functions: readonly FunctionTimes[],
): readonly (AppliedWindow & { readonly functionId: number })[] {
  let fleet: { readonly window: IdleWindow | null } | null = null;
  const fleetWindow = (): IdleWindow | null => {
    fleet ??= { window: idleWindowOf(addIdleTimes(functions.map((one) => one.times))) };
    return fleet.window;
  };
  return functions.flatMap((one) => {
    const next = windowFor(one, fleetWindow);
    return isSame(next, one.window) ? [] : [{ functionId: one.functionId, ...next }];
  });
}

function windowFor(one: FunctionTimes, fleetWindow: () => IdleWindow | null): AppliedWindow {
  const own = idleWindowOf(one.times);
  if (own?.estimated === true) return { window: own, source: 'own' };
  const fleet = fleetWindow();
  return fleet?.estimated === true ? { window: fleet, source: 'fleet' } : { window: own, source: 'own' };
}

function isSame(a: AppliedWindow, b: AppliedWindow | null): boolean {
  return (
    b !== null &&
    a.source === b.source &&
    a.window?.ms === b.window?.ms &&
    a.window?.surelyMs === b.window?.surelyMs &&
    a.window?.estimated === b.window?.estimated
  );
}

interface FunctionGaps {
  readonly functionId: number;
  /** START minus end of init of on-demand cold starts, ms. */
  readonly gapsMs: readonly number[];
  /** The threshold in use, ms. */
  readonly proactiveThresholdMs: number;
}

/** Returns proactive thresholds that changed, ms. */
export function movedThresholds(
  found: readonly FunctionGaps[],
): readonly { readonly functionId: number; readonly limitMs: number }[] {
  return found.flatMap(({ functionId, gapsMs, proactiveThresholdMs }) => {
    const limitMs = proactiveThresholdOf(gapsMs);
    return limitMs === proactiveThresholdMs ? [] : [{ functionId, limitMs }];
  });
}
