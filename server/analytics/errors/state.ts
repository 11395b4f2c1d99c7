/** The state of a group of failures: what people decided, and whether it failed again since. */
import { MINUTE_MS } from '../../../ingest/records/time.ts';

/** A group fails on in environments of the version before for this long after it was resolved. */
export const DRAIN_MS = 30 * MINUTE_MS;

export interface Decision {
  readonly state: 'open' | 'resolved' | 'ignored';
  /** Epoch ms. */
  readonly atMs: number;
  /** Versions with failures until then. */
  readonly versions: readonly (string | null)[];
}

/** `regressed`: resolved, and seen again in another version, or long enough after for the old environments to be gone. */
export type CurrentState = Decision['state'] | 'regressed';

/** `last`: the group's last failure. */
export function currentState(
  decision: Decision | null,
  last: { readonly lastMs: number; readonly lastVersion: string | null },
): CurrentState {
  if (decision === null) return 'open';
  if (decision.state !== 'resolved' || last.lastMs <= decision.atMs) return decision.state;
  const isElsewhere = !decision.versions.includes(last.lastVersion);
  return isElsewhere || last.lastMs > decision.atMs + DRAIN_MS ? 'regressed' : 'resolved';
}
