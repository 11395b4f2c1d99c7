/** What was seen of one memory size: invocations that were warm, succeeded and were not the first of their environment. */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import type { RemoteTime } from './self-time.ts';

/** Invocations of one environment: alike, and so drawn together. */
export interface EnvironmentSample {
  readonly n: number;
  readonly billedMs: number;
  readonly durationsMs: readonly number[];
  readonly maxMemoryUsedMb: number | null;
  /** Hour of the week of its first run looked at, 0 on Monday at midnight UTC. */
  readonly hourOfWeek: number;
}

export interface SizeEvidence {
  readonly memoryMb: number;
  /** All attempts at this size, whatever became of them. */
  readonly invocations: number;
  readonly failures: number;
  readonly versions: readonly string[];
  readonly environments: readonly EnvironmentSample[];
  /** From traces; null where none of these invocations was traced. */
  readonly remote: RemoteTime | null;
}

/** As Compute Optimizer asks for: fifty in fourteen days; and of five environments, since one may sit on a bad host. */
export const FEWEST_INVOCATIONS = 50;
export const FEWEST_ENVIRONMENTS = 5;

export function countOf(size: SizeEvidence): number {
  return size.environments.reduce((sum, environment) => sum + environment.n, 0);
}

export function isEnough(size: SizeEvidence): boolean {
  return countOf(size) >= FEWEST_INVOCATIONS && size.environments.length >= FEWEST_ENVIRONMENTS;
}

export function meanBilledMs(environments: readonly EnvironmentSample[]): number {
  let [n, billed] = [0, 0];
  for (const environment of environments) {
    n += environment.n;
    billed += environment.billedMs;
  }
  return billed / n;
}

/** Mean billed durations of so many resamples of the environments, in the order drawn. */
export function resampledMeans(size: SizeEvidence, dice: Dice, resamples: number): readonly number[] {
  return Array.from({ length: resamples }, () => meanBilledMs(draw(size.environments, dice)));
}
