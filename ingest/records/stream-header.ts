/** The function and version that a log stream belongs to. */
import type { StreamIdentity } from './log-event.ts';

/** Who an environment belongs to, and whether the name was read or only nameInferred by its log group. */
export interface StreamHeader extends StreamIdentity {
  readonly functionName: string;
  /** True when only a custom log group names the function: the group is a label, not a name. */
  readonly nameInferred: boolean;
  readonly version: string | null;
}
