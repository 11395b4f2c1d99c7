/** Derived counts of invocations: errors, cold starts, wait in seconds, coverage. */

/** Counters of a rollup that metrics are derived from. Column names are those of the rollup tables. */
export interface InvocationCounts {
  /** Invocations. */
  readonly n: number;
  /** Invocations whose START line was received as well. */
  readonly with_start: number;
  readonly timeouts: number;
  readonly errors: number;
  readonly ooms: number;
  readonly exits: number;
  readonly cold_on_demand: number;
  readonly cold_provisioned: number;
  readonly cold_snap_start: number;
  readonly cold_suppressed: number;
  readonly cold_managed_instance: number;
  /** Cold starts that a caller waited for. */
  readonly user_felt: number;
  /** Init time that callers waited for, µs. */
  readonly felt_init_us: number;
  readonly billed_ms: number;
  /** Invocations of days on which errors that runtimes report would not have been received. */
  readonly errors_unknown: number;
  /** Invocations whose log stream is unknown: whether a caller waited for their cold starts is not known. */
  readonly unplaced: number;
  /** Cold starts among them. */
  readonly unplaced_cold: number;
}

type Only<K extends keyof InvocationCounts> = Pick<InvocationCounts, K>;

/** Failed invocations: timeouts, function errors, out of memory and process exits. */
export function errorsOf(counts: Only<'timeouts' | 'errors' | 'ooms' | 'exits'>): number {
  return counts.timeouts + counts.errors + counts.ooms + counts.exits;
}

/** Cold starts of every kind. */
export function coldStartsOf(
  counts: Only<'cold_on_demand' | 'cold_provisioned' | 'cold_snap_start' | 'cold_suppressed' | 'cold_managed_instance'>,
): number {
  return (
    counts.cold_on_demand +
    counts.cold_provisioned +
    counts.cold_snap_start +
    counts.cold_suppressed +
    counts.cold_managed_instance
  );
}

/** Invocations whose log stream, and with it the environment, is known: the n of rates of user-felt cold starts. */
export function placedOf(counts: Only<'n' | 'unplaced'>): number {
  return counts.n - counts.unplaced;
}

/** Cold starts that a caller waited for; null if no log stream is known. */
export function userFeltOf(counts: Only<'n' | 'unplaced' | 'user_felt'>): number | null {
  return isUnplaced(counts) ? null : counts.user_felt;
}

/** Seconds that callers waited for cold starts; null if no log stream is known. */
export function coldStartSecondsOf(counts: Only<'n' | 'unplaced' | 'felt_init_us'>): number | null {
  return isUnplaced(counts) ? null : counts.felt_init_us / 1e6;
}

function isUnplaced(counts: Only<'n' | 'unplaced'>): boolean {
  return counts.unplaced > 0 && placedOf(counts) === 0;
}

/** Share of invocations received with both START and REPORT; null without invocations. */
export function coverageOf(counts: Only<'n' | 'with_start'>): number | null {
  return counts.n === 0 ? null : counts.with_start / counts.n;
}
