/** The function and version that a log stream belongs to. */
import type { StreamIdentity } from './log-event.ts';

/** A log stream with its function and version. */
export interface StreamHeader extends StreamIdentity {
  readonly functionName: string;
  /** Whether the function's name was inferred from a custom log group, since the stream does not contain it. */
  readonly nameInferred: boolean;
  readonly version: string | null;
}
