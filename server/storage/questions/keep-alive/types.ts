/** How long idle environments live. */
import type { Survival } from '../../../analytics/keep-alive/survival.ts';

/** How long idle environments of a function live. */
export interface KeepAlive {
  /** Idle periods that say anything, and those whose environment was gone. */
  readonly n: number;
  readonly deaths: number;
  /** Of environments younger than two hours alone. */
  readonly youngOnly: boolean;
  /** Null where too few died. */
  readonly survival: Survival | null;
  readonly invocations: number;
  readonly environments: number;
  /** Only the newest invocations were looked at. */
  readonly truncated: boolean;
}
