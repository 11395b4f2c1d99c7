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

/** When a version failed last. */
export interface LastFailure {
  readonly version: string | null;
  /** Epoch ms. */
  readonly lastMs: number;
}

/** `lasts`: of each version that failed within {@link DRAIN_MS} before the group's last failure. Earlier ones decide nothing. */
export function currentState(decision: Decision | null, lasts: readonly LastFailure[]): CurrentState {
  if (decision === null) return 'open';
  if (decision.state !== 'resolved') return decision.state;
  return lasts.some((last) => isReturn(decision, last)) ? 'regressed' : 'resolved';
}

/** Whether the failure shows that a resolved group is back: old environments may fail on for a while. */
function isReturn({ atMs, versions }: Decision, { version, lastMs }: LastFailure): boolean {
  return lastMs > (versions.includes(version) ? atMs + DRAIN_MS : atMs);
}

/** The version in which a resolved group came back: the first that did. `seen`: versions with their failures since about the decision. */
export function returnOf(
  decision: Decision,
  seen: readonly (LastFailure & { readonly firstMs: number })[],
): { readonly version: string | null } | null {
  const returned = seen.filter((one) => isReturn(decision, one));
  const isKnown = ({ version }: LastFailure): boolean => decision.versions.includes(version);
  // A version that failed before the decision came back after a while, at a time between its first and its last failure.
  const sinceMs = (one: (typeof seen)[number]): number => (isKnown(one) ? one.lastMs : one.firstMs);
  const [first] = returned.toSorted((a, b) => sinceMs(a) - sinceMs(b));
  return first === undefined ? null : { version: first.version };
}
