/** The environments of one configuration (and tenant): which are idle, how many are busy, which were lost and why. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Cause, EndReason } from './outcome.ts';
import type { FunctionPlan } from './plan.ts';
import type { Random } from './random.ts';

/** An environment as the simulator moves it. */
export interface Live {
  readonly index: number;
  readonly pool: Pool;
  readonly kind: 'on-demand' | 'proactive' | 'provisioned' | 'snap-start';
  state: 'busy' | 'idle' | 'ended';
  /** Raised with each invocation, so that a stale expiry is recognised. */
  turn: number;
  readonly diesAtMs: number;
  /** Set after a timeout, exit or out-of-memory: the next invocation starts the runtime again. */
  reset: boolean;
  invocations: number;
  /** Whether a new configuration already took this one's place. */
  replaced: boolean;
}

export interface Pool {
  readonly configuration: string;
  readonly tenant: string | null;
  readonly idle: Live[];
  readonly idleProvisioned: Live[];
  busy: number;
  created: number;
  /** Ended environments that `idle` still holds; takers skip them. */
  ended: number;
  /** Environments that ended and were not needed again yet, the latest last. */
  readonly lost: { readonly reason: EndReason; readonly atMs: number }[];
}

export function emptyPool(configuration: string, tenant: string | null): Pool {
  return { configuration, tenant, idle: [], idleProvisioned: [], busy: 0, created: 0, ended: 0, lost: [] };
}

/** Notes that an idle environment ended, and cleans the list when half of it has. */
export function forgetEnded(pool: Pool): void {
  pool.ended += 1;
  if (pool.ended * 2 < pool.idle.length) return;
  const left = pool.idle.filter(({ state }) => state === 'idle');
  pool.idle.length = 0;
  for (const live of left) pool.idle.push(live);
  pool.ended = 0;
}

/** Takes the idle environment that serves the next request, provisioned ones first. */
export function takeIdle(pool: Pool, reuse: FunctionPlan['reuse'], random: Random): Live | null {
  for (const list of [pool.idleProvisioned, pool.idle]) {
    while (list.length > 0) {
      if (reuse === 'any') {
        const chosen = Math.floor(random.uniform() * list.length);
        const last = list.length - 1;
        [list[chosen], list[last]] = [list[last] as Live, list[chosen] as Live];
      }
      const live = list.pop();
      if (live?.state === 'idle') return live;
    }
  }
  return null;
}

/** After this time, a new environment may equally be attributed to growth if the lost one expired while others were busy. */
const LONG_LOST_MS = HOUR_MS;

/**
 * The reason why a request found no environment, from what would have served it: an environment of this pool that was lost,
 * else one of another configuration that is still there or was lost with it, else none ever existed: growth.
 * `pools` are those of the same function and tenant.
 */
export function causeOfNew(pool: Pool, pools: readonly Pool[], routedSinceMs: number, atMs: number): readonly Cause[] {
  const lost = pool.lost.at(-1);
  if (lost !== undefined && lost.atMs >= routedSinceMs) {
    pool.lost.pop();
    return causesOfLoss(lost.reason, atMs - lost.atMs > LONG_LOST_MS && pool.busy > 0);
  }
  for (const other of pools) {
    if (other === pool) continue;
    const live = other.idle.find((candidate) => candidate.state === 'idle' && !candidate.replaced);
    if (live !== undefined) {
      live.replaced = true;
      // The first environment of a configuration is due to the deploy; a further one may equally be growth of the new traffic.
      return pool.created === 0 ? ['deploy'] : ['deploy', 'scale-out'];
    }
    const gone = other.lost.at(-1);
    if (gone !== undefined && (gone.reason === 'deploy' || gone.reason === 'runtime-patch')) {
      other.lost.pop();
      return atMs - gone.atMs > LONG_LOST_MS ? [gone.reason, 'scale-out', 'idle-expiry'] : [gone.reason];
    }
  }
  if (lost !== undefined) {
    pool.lost.pop();
    return causesOfLoss(lost.reason, true);
  }
  const first = pools.every((other) => other.created === 0);
  if (first) return ['first'];
  // The first environment of a configuration that never ran is due to the deploy, whether the old ones expired or not.
  return pool.created === 0 ? ['deploy', 'scale-out', 'idle-expiry'] : ['scale-out'];
}

function causesOfLoss(reason: EndReason, longAgo: boolean): readonly Cause[] {
  switch (reason) {
    case 'idle-expiry':
      return longAgo ? ['idle-expiry', 'scale-out'] : ['idle-expiry'];
    case 'eviction':
      return longAgo ? ['idle-expiry', 'recycle', 'scale-out'] : ['idle-expiry', 'recycle'];
    case 'recycle':
      return longAgo ? ['recycle', 'scale-out', 'idle-expiry'] : ['recycle'];
    case 'deploy':
    case 'runtime-patch':
      return [reason];
    case 'provisioned-end':
      return ['scale-out', 'idle-expiry'];
  }
}
