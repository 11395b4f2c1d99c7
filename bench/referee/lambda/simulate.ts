/**
 * Runs one function: requests find an idle environment or wait for a new one. Written from the Lambda developer guide
 * ("Understanding the Lambda execution environment lifecycle", "Provisioned concurrency", "SnapStart", "Tenant isolation")
 * alone; it shares no code with the product's estimators or its demo.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { drawRun, round2 } from './handler.ts';
import { TimeHeap } from './heap.ts';
import { drawIdleWindowMs } from './keep-alive.ts';
import type { Cause, EndReason, Environment, Invocation, Outcome } from './outcome.ts';
import type { Configuration, FunctionPlan, Request, Routing } from './plan.ts';
import type { Live, Pool } from './pool.ts';
import { causeOfNew, emptyPool, forgetEnded, takeIdle } from './pool.ts';
import type { Random } from './random.ts';
import { seeded, uuid } from './random.ts';

/** From then on, Billed Duration contains the init of every on-demand function (AWS Compute Blog, 29 April 2025). */
const INIT_BILLED_FROM_MS = Date.UTC(2025, 7, 1);

type Draws = Record<'placement' | 'handler' | 'route' | 'keep' | 'identity' | 'trace', Random>;

/** @throws Error if a routing or the provisioned part names an unknown configuration. */
export function simulate(plan: FunctionPlan): Outcome {
  const run = new Simulation(plan);
  for (const request of plan.requests) run.serve(request);
  run.finish();
  return { environments: run.environments, invocations: run.invocations };
}

interface PlannedEvent {
  readonly atMs: number;
  readonly act: () => void;
}

class Simulation {
  readonly environments: Environment[] = [];
  readonly invocations: Invocation[] = [];
  readonly #plan: FunctionPlan;
  readonly #draws: Draws;
  readonly #configurations: ReadonlyMap<string, Configuration>;
  readonly #pools = new Map<string, Pool>();
  readonly #releases = new TimeHeap<Live>();
  readonly #expiries = new TimeHeap<{ readonly live: Live; readonly turn: number; readonly reason: EndReason }>();
  readonly #planned: readonly PlannedEvent[];
  #nextPlanned = 0;
  #nextEviction = 0;
  #routing: Routing;

  constructor(plan: FunctionPlan) {
    this.#plan = plan;
    const root = seeded(`${plan.seed}/${plan.name}`);
    this.#draws = {
      placement: root.fork('placement'),
      handler: root.fork('handler'),
      route: root.fork('route'),
      keep: root.fork('keep'),
      identity: root.fork('identity'),
      trace: root.fork('trace'),
    };
    this.#configurations = new Map(plan.configurations.map((configuration) => [configuration.id, configuration]));
    const [first] = plan.routing;
    if (first === undefined) throw new Error(`${plan.name}: routing is empty`);
    this.#routing = first;
    this.#planned = this.#planEvents().toSorted((left, right) => left.atMs - right.atMs);
  }

  serve(request: Request): void {
    this.#advance(request.atMs);
    const configuration = this.#route();
    const pool = this.#pool(configuration.id, request.tenant ?? null);
    const live = takeIdle(pool, this.#plan.reuse, this.#draws.keep);
    if (live === null) this.#serveInNew(request, configuration, pool);
    else this.#serveInIdle(request, configuration, live);
  }

  /** Processes events until all environments are idle, so that every invocation ends. */
  finish(): void {
    while (Number.isFinite(this.#releases.nextMs)) this.#advance(this.#releases.nextMs);
  }

  #planEvents(): readonly PlannedEvent[] {
    const plan = this.#plan;
    const draws = this.#draws;
    const events: PlannedEvent[] = plan.routing.slice(1).map((routing) => ({
      atMs: routing.fromMs,
      act: () => this.#reroute(routing),
    }));
    const { provisioned } = plan;
    if (provisioned !== null) {
      const pool = () => this.#pool(provisioned.configuration, null);
      events.push({
        atMs: provisioned.fromMs,
        act: () => {
          for (let index = 0; index < provisioned.count; index += 1) {
            this.#create(pool(), 'provisioned', provisioned.fromMs + draws.placement.uniform() * 60_000);
          }
        },
      });
      events.push({ atMs: provisioned.toMs, act: () => this.#endProvisioned(pool(), provisioned.toMs) });
    }
    if (plan.proactivePerHour > 0) {
      const to = plan.requests.at(-1)?.atMs ?? 0;
      const gap = () => draws.keep.exponential(HOUR_MS / plan.proactivePerHour);
      for (let at = (plan.requests[0]?.atMs ?? 0) + gap(); at < to; at += gap()) {
        const atMs = at;
        events.push({ atMs, act: () => this.#initialiseEarly(atMs) });
      }
    }
    return events;
  }

  /** Lambda initialises an environment that no request waits for. It takes the place of one that was lost. */
  #initialiseEarly(atMs: number): void {
    const pool = this.#pool(this.#route().id, null);
    pool.lost.pop();
    this.#create(pool, 'proactive', atMs);
  }

  /** Processes releases, expiries and planned events up to a time, in order. */
  #advance(toMs: number): void {
    for (;;) {
      const event = this.#planned[this.#nextPlanned];
      const plannedMs = event?.atMs ?? Number.POSITIVE_INFINITY;
      const releasedMs = this.#releases.nextMs;
      const expiresMs = this.#expiries.nextMs;
      const next = Math.min(plannedMs, releasedMs, expiresMs);
      if (next > toMs) return;
      if (plannedMs === next) {
        this.#nextPlanned += 1;
        event?.act();
      } else if (releasedMs === next) {
        const live = this.#releases.pop();
        if (live !== undefined) this.#release(live, next);
      } else {
        const due = this.#expiries.pop();
        if (due?.live.state === 'idle' && due.live.turn === due.turn) this.#end(due.live, next, due.reason);
      }
    }
  }

  #route(): Configuration {
    const { weights } = this.#routing;
    const total = weights.reduce((sum, { weight }) => sum + weight, 0);
    let left = weights.length > 1 ? this.#draws.route.uniform() * total : 0;
    const chosen =
      weights.find(({ weight }) => {
        left -= weight;
        return left < 0;
      }) ?? weights[0];
    const configuration = this.#configurations.get(chosen?.configuration ?? '');
    if (configuration === undefined) throw new Error(`${this.#plan.name}: unknown ${chosen?.configuration}`);
    return configuration;
  }

  #pool(configuration: string, tenant: string | null): Pool {
    const key = `${configuration}|${tenant ?? ''}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = emptyPool(configuration, tenant);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Ends the environments of $LATEST at a change; those of published versions stay until they expire. */
  #reroute(routing: Routing): void {
    const kept = new Set(routing.weights.map(({ configuration }) => configuration));
    this.#routing = routing;
    for (const pool of this.#pools.values()) {
      for (const live of pool.idle) live.replaced = false;
      if (kept.has(pool.configuration) || !this.#replacedInPlace(pool.configuration)) continue;
      for (const live of pool.idle.splice(0)) {
        if (live.state === 'idle') this.#end(live, routing.fromMs, routing.why);
      }
    }
  }

  #replacedInPlace(configuration: string): boolean {
    return this.#configurations.get(configuration)?.version === '$LATEST' || this.#routing.why === 'runtime-patch';
  }

  #create(pool: Pool, kind: Live['kind'], initStartMs: number): Live {
    const { placement, keep, identity } = this.#draws;
    const configuration = this.#configurations.get(pool.configuration);
    if (configuration === undefined) throw new Error(`${this.#plan.name}: unknown ${pool.configuration}`);
    const lifetime = kind === 'provisioned' ? null : this.#plan.lifetimeMs;
    const live: Live = {
      index: this.environments.length,
      pool,
      kind,
      state: 'busy',
      turn: 0,
      diesAtMs:
        lifetime === null
          ? Number.POSITIVE_INFINITY
          : initStartMs + lifetime.from + keep.uniform() * (lifetime.to - lifetime.from),
      reset: false,
      invocations: 0,
      replaced: false,
    };
    const initMs = round2(placement.lognormal(configuration.initMs, configuration.initSigma));
    const day = new Date(initStartMs).toISOString().slice(0, 10).replaceAll('-', '/');
    this.environments.push({
      stream: `${day}/[${configuration.version}]${identity.hex(32)}`,
      configuration,
      tenant: pool.tenant,
      kind,
      initStartMs,
      initMs,
      endMs: null,
      endReason: null,
    });
    pool.created += 1;
    pool.busy += 1;
    if (kind === 'provisioned' || kind === 'proactive') this.#releases.push(initStartMs + initMs, live);
    return live;
  }

  #serveInNew(request: Request, configuration: Configuration, pool: Pool): void {
    const pools = [...this.#pools.values()].filter(({ tenant }) => tenant === pool.tenant);
    const causes = configuration.snapStart
      ? (['snap-start'] as const)
      : causeOfNew(pool, pools, this.#routing.fromMs, request.atMs);
    const placement = this.#drawPlacement(configuration, request.atMs);
    const initStartMs = request.atMs + placement.baseMs + placement.pullMs + placement.networkMs;
    const live = this.#create(pool, configuration.snapStart ? 'snap-start' : 'on-demand', initStartMs);
    const initMs = this.environments[live.index]?.initMs ?? 0;
    this.#invoke(request, live, initStartMs + initMs, { initMs, causes, placement, userFelt: true });
  }

  #serveInIdle(request: Request, configuration: Configuration, live: Live): void {
    live.pool.busy += 1;
    live.state = 'busy';
    live.turn += 1;
    const environment = this.environments[live.index];
    const early = live.invocations === 0 && live.kind !== 'on-demand' && live.kind !== 'snap-start';
    let causes: readonly Cause[] | null = null;
    if (early) causes = [live.kind === 'provisioned' ? 'provisioned' : 'proactive'];
    else if (live.reset) causes = ['crash'];
    const initMs = early && live.kind === 'proactive' ? (environment?.initMs ?? 0) : null;
    const again = live.reset
      ? round2(this.#draws.placement.lognormal(configuration.initMs, configuration.initSigma))
      : null;
    // A few milliseconds pass between the acceptance of a request and START in an environment that waits for it.
    const startMs = request.atMs + 1 + this.#draws.placement.exponential(2) + (again ?? 0);
    this.#invoke(request, live, startMs, { initMs, causes, placement: null, userFelt: again !== null }, again);
  }

  #invoke(
    request: Request,
    live: Live,
    startMs: number,
    cold: Pick<Invocation, 'initMs' | 'causes' | 'placement' | 'userFelt'>,
    hiddenInitMs: number | null = null,
  ): void {
    const environment = this.environments[live.index] as Environment;
    const { configuration } = environment;
    const { handler, identity, trace } = this.#draws;
    const run = drawRun(configuration, request, this.#plan.slowness.at(request.atMs), live.invocations, handler);
    const restored = environment.kind === 'snap-start' && cold.initMs !== null;
    const wholeMs = round2(run.ms + (hiddenInitMs ?? 0));
    const durationMs = Math.min(wholeMs, configuration.timeoutMs);
    const status = wholeMs > configuration.timeoutMs ? 'timeout' : run.status;
    const endMs = startMs + durationMs - (hiddenInitMs ?? 0);
    const billsInit =
      endMs >= INIT_BILLED_FROM_MS || configuration.packageType === 'Image' || configuration.runtime.startsWith('prov');
    const billedInitMs = cold.initMs !== null && (restored || billsInit) ? cold.initMs : 0;
    live.invocations += 1;
    live.reset = status !== 'success' && status !== 'handled-error';
    this.invocations.push({
      requestId: uuid(identity),
      environment: live.index,
      configuration,
      tenant: request.tenant ?? null,
      atMs: request.atMs,
      startMs,
      endMs,
      durationMs,
      billedMs: Math.ceil(round2(durationMs + billedInitMs)),
      initMs: restored ? null : cold.initMs,
      restoreMs: restored ? cold.initMs : null,
      hiddenInitMs,
      status,
      memoryUsedMb: run.memoryUsedMb,
      payloadBytes: request.payloadBytes,
      trace:
        trace.uniform() < this.#plan.tracedShare
          ? {
              id: `1-${Math.floor(request.atMs / 1000).toString(16)}-${trace.hex(24)}`,
              serviceId: trace.hex(16),
              functionId: trace.hex(16),
            }
          : null,
      placement: cold.placement,
      causes: cold.causes,
      busy: live.pool.busy - 1,
      userFelt: cold.userFelt,
    });
    this.#releases.push(endMs, live);
  }

  #drawPlacement(configuration: Configuration, atMs: number): NonNullable<Invocation['placement']> {
    const { placement: plan } = this.#plan;
    const { placement: random } = this.#draws;
    const pulls = random.uniform() < plan.pullShare;
    const megabytes = configuration.codeBytes / 1_048_576;
    const attaches = random.uniform() < plan.networkShare && configuration.vpc;
    const slow = plan.slowness.at(atMs);
    return {
      baseMs: slow * random.lognormal(plan.medianMs, plan.sigma),
      pullMs: pulls ? slow * random.exponential(plan.pullMsPerMb * megabytes) : 0,
      networkMs: attaches ? slow * random.lognormal(plan.networkMs, plan.networkSigma) : 0,
    };
  }

  /** A busy environment becomes idle, or ends because it is too old or its code was replaced. */
  #release(live: Live, atMs: number): void {
    live.pool.busy -= 1;
    live.state = 'idle';
    const routed = this.#routing.weights.some(({ configuration }) => configuration === live.pool.configuration);
    if (live.kind === 'provisioned') {
      if (this.#plan.provisioned !== null && atMs >= this.#plan.provisioned.toMs) {
        this.#end(live, atMs, 'provisioned-end');
      } else live.pool.idleProvisioned.push(live);
      return;
    }
    if (!routed && this.#replacedInPlace(live.pool.configuration)) {
      this.#end(live, atMs, this.#routing.why);
      return;
    }
    if (live.diesAtMs <= atMs) {
      this.#end(live, atMs, 'recycle');
      return;
    }
    live.pool.idle.push(live);
    const window = atMs + drawIdleWindowMs(this.#plan.keepAlive, this.#draws.keep);
    const eviction = this.#evictionAfter(atMs);
    const expiresMs = Math.min(window, eviction, live.diesAtMs);
    let reason: EndReason = 'recycle';
    if (expiresMs === window) reason = 'idle-expiry';
    else if (expiresMs === eviction) reason = 'eviction';
    this.#expiries.push(expiresMs, { live, turn: live.turn, reason });
  }

  #evictionAfter(atMs: number): number {
    while ((this.#plan.evictionsMs[this.#nextEviction] ?? Number.POSITIVE_INFINITY) <= atMs) this.#nextEviction += 1;
    return this.#plan.evictionsMs[this.#nextEviction] ?? Number.POSITIVE_INFINITY;
  }

  #end(live: Live, atMs: number, reason: EndReason): void {
    live.state = 'ended';
    live.pool.lost.push({ reason, atMs });
    forgetEnded(live.pool);
    const environment = this.environments[live.index];
    if (environment === undefined) return;
    environment.endMs = atMs;
    environment.endReason = reason;
  }

  #endProvisioned(pool: Pool, atMs: number): void {
    for (const live of pool.idleProvisioned.splice(0)) {
      if (live.state === 'idle') this.#end(live, atMs, 'provisioned-end');
    }
  }
}
