/** A simulated execution environment: how long it is kept, and how it is lost. */
import type { StreamWriter } from './lines.ts';
import type { PlantedCause } from './truth.ts';

export interface Environment {
  readonly writer: StreamWriter;
  readonly version: string;
  readonly memoryMb: number;
  /** Duration of its code, relative to the plan's. */
  readonly workFactor: number;
  readonly runtimeArn: string;
  /** Idle since this time. */
  freeMs: number;
  expiresMs: number;
  readonly takenMs: number;
  /** Replaced by a deploy or a runtime update at this time. */
  retiredBy: 'deploy' | 'runtime-patch' | null;
  /** Why the environment ended, if it neither expired nor was reclaimed. */
  died: boolean;
  /** Already counted as the cause of a cold start. */
  missed: boolean;
  failed: boolean;
  usedMb: number;
  runs: number;
  readonly init: { readonly startMs: number; readonly tookMs: number };
}

/** Why an idle environment that served requests no longer does. Null if it still does, or if it ended before a change did it. */
export function reasonOfLoss(one: Environment, atMs: number): PlantedCause | null {
  const { retiredBy, died } = one;
  if (one.runs === 0 || (retiredBy !== null && (died || !isKept(one, atMs)))) return null;
  return retiredBy ?? (one.expiresMs <= atMs ? 'idle-expiry' : died ? 'crash' : one.takenMs <= atMs ? 'recycle' : null);
}

export function isUsable(one: Environment): boolean {
  return one.retiredBy === null && !one.died;
}

/** Whether an environment neither expired nor was reclaimed. A busy one is reclaimed when it becomes idle. */
export function isKept(one: Environment, atMs: number): boolean {
  return one.expiresMs > atMs && one.takenMs > atMs;
}
