/**
 * Simulates one function event by event: requests use an idle environment or start a new one; environments idle, expire,
 * are reclaimed, fail and are replaced. As the analytics assume, Lambda uses the most recently used environment first.
 * Deterministic for a seed; records the truth beside the lines.
 */

import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../records/demo-scope.ts';
import { Random } from '../records/random.ts';
import { arrivals } from './arrivals.ts';
import type { Environment } from './environment.ts';
import { isKept, isUsable, reasonOfLoss } from './environment.ts';
import { handlerErrorOf } from './handler-errors.ts';
import type { Failure, SimulatedStream } from './lines.ts';
import { StreamWriter } from './lines.ts';
import type { FunctionPlan, PlannedDeploy } from './plan.ts';
import { traceOf } from './traces.ts';
import type { FunctionTruth, PlantedCause, PlantedColdStart, SimulatedRequest } from './truth.ts';

/** From the end of init to START. */
const HANDOVER_MS = 4;
const EXPLAINS_MS = 7_200_000; // A new environment takes the place of one used at most two hours before.
const RETRY_AFTER_MS = [60_000, 120_000] as const;
const PROVISIONED_BEFORE_MS = 60_000;

export interface SimulatedFunction {
  readonly streams: readonly SimulatedStream[];
  /** X-Ray segments. */
  readonly documents: readonly SimulatedDocument[];
  readonly requests: readonly SimulatedRequest[];
  readonly truth: FunctionTruth;
}

/** One JSON document, and when it is complete, epoch ms. */
export interface SimulatedDocument {
  readonly atMs: number;
  readonly text: string;
}

interface Request {
  readonly atMs: number;
  readonly requestId: string;
  readonly attempt: number;
}

export function simulateFunction(plan: FunctionPlan, random: Random, fromMs: number, toMs: number): SimulatedFunction {
  return new Simulation(plan, random, fromMs).play(arrivals(plan, random, fromMs, toMs));
}

/** A function whose time can be advanced in steps. */
export class Simulation {
  readonly #plan: FunctionPlan;
  readonly #random: Random;
  readonly #environments: Environment[] = [];
  /** Environments that can still be used or be the cause of a cold start. */
  #live: Environment[] = [];
  readonly #coldStarts: PlantedColdStart[] = [];
  readonly #documents: SimulatedDocument[] = [];
  readonly #requests: SimulatedRequest[] = [];
  readonly #busy: [number, 1 | -1][] = [];
  readonly #changes: (PlannedDeploy & { readonly patch: boolean })[];
  /** Requests that were not served yet, in order. */
  #queue: Request[] = [];
  #version: string;
  #memoryMb: number;
  #workFactor = 1;
  #runtimeArn: string;
  /** The next new environment is the first after this event. */
  #news: 'deploy' | 'runtime-patch' | null = null;
  #placedMs = 0;
  #patches = 0;
  #failures = 0;
  #invocations = 0;
  #unused = 0;

  constructor(plan: FunctionPlan, random: Random, fromMs: number) {
    this.#plan = plan;
    this.#random = random;
    this.#version = plan.version;
    this.#memoryMb = plan.memoryMb;
    this.#runtimeArn = this.#newArn();
    this.#changes = [
      ...plan.deploys.map((deploy) => ({ ...deploy, patch: false })),
      ...plan.patches.map((patch) => ({ ...patch, patch: true })),
    ].toSorted((a, b) => a.atMs - b.atMs);
    for (let n = 0; n < plan.provisioned; n += 1) this.#provision(fromMs);
  }

  play(times: readonly number[]): SimulatedFunction {
    this.advance(times, Number.POSITIVE_INFINITY);
    return {
      streams: this.#environments.map(({ writer }) => writer),
      documents: this.#documents,
      requests: this.#requests,
      truth: this.truth(),
    };
  }

  /** Serves the requests that arrive before `untilMs`, those that wait from before included. */
  advance(times: readonly number[], untilMs: number): void {
    const more = times.map((atMs): Request => ({ atMs, requestId: this.#random.uuid(), attempt: 0 }));
    this.#queue = [...this.#queue, ...more].toSorted((a, b) => a.atMs - b.atMs);
    let at = 0;
    for (; at < this.#queue.length; at += 1) {
      const request = this.#queue[at] as Request;
      if (request.atMs >= untilMs) break;
      for (
        let [change] = this.#changes;
        change !== undefined && change.atMs <= request.atMs;
        [change] = this.#changes
      ) {
        this.#changes.shift();
        this.#change(change);
      }
      const { endMs, failed } = this.#serve(request);
      this.#requests.push({ requestId: request.requestId, arrivalMs: request.atMs, endMs, failed });
      const retryMs = RETRY_AFTER_MS[request.attempt];
      if (failed && this.#plan.retries && retryMs !== undefined) {
        insert(this.#queue, at + 1, { ...request, atMs: Math.round(endMs + retryMs), attempt: request.attempt + 1 });
      }
    }
    this.#queue = this.#queue.slice(at);
  }

  /** What was written since the last call. */
  take(): Omit<SimulatedFunction, 'truth'> {
    return {
      streams: this.#environments.flatMap(({ writer }) => writer.take() ?? []),
      documents: this.#documents.splice(0),
      requests: this.#requests.splice(0),
    };
  }

  truth(): FunctionTruth {
    const { name, keepAlive, work, placementMs, networkMs, vpc, leakMb } = this.#plan;
    let now = 0;
    let peak = 0;
    for (const [, step] of this.#busy.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
      now += step;
      peak = Math.max(peak, now);
    }
    return {
      name,
      invocations: this.#invocations,
      failures: this.#failures,
      coldStarts: this.#coldStarts,
      keepAliveMs: keepAlive.ms,
      work: { fixedMs: work.fixedMs, cpuMs: work.cpuMs },
      placementMs,
      networkMs,
      vpc,
      leakMb,
      unusedInits: this.#unused,
      peakConcurrency: peak,
    };
  }

  #change({ atMs, patch, version, memoryMb, workFactor }: PlannedDeploy & { readonly patch: boolean }): void {
    const kind = patch ? 'runtime-patch' : 'deploy';
    this.#version = version ?? this.#version;
    this.#memoryMb = memoryMb ?? this.#memoryMb;
    this.#workFactor = workFactor ?? this.#workFactor;
    if (patch) this.#runtimeArn = this.#newArn();
    for (const environment of this.#live) {
      environment.retiredBy ??= kind;
      // Provisioned environments are replaced at once, so no request has to wait for them.
      if (environment.expiresMs === Number.POSITIVE_INFINITY) environment.missed = true;
    }
    this.#news = kind;
    for (let n = 0; n < this.#plan.provisioned; n += 1) this.#provision(atMs);
  }

  #serve({ atMs, requestId }: Request): { readonly endMs: number; readonly failed: boolean } {
    this.#live = this.#live.filter((one) => one.expiresMs > atMs || one.freeMs > atMs - EXPLAINS_MS);
    const idle = this.#live.filter((one) => isUsable(one) && one.freeMs <= atMs && isKept(one, atMs));
    let latest: Environment | undefined;
    for (const one of idle) if (latest === undefined || one.freeMs > latest.freeMs) latest = one;
    if (latest === undefined) return this.#cold(atMs, requestId);
    const first = latest.runs === 0;
    const hiddenMs = latest.failed ? round(this.#draw(this.#plan.initMs, 0.15)) : 0;
    const startMs = atMs + 1;
    const init = first ? latest.init : null;
    const run = this.#run(latest, { requestId, arrivalMs: atMs, startMs, init, hiddenMs, first });
    if (first) this.#plant(requestId, run.endMs, 'provisioned', false);
    else if (hiddenMs > 0) this.#plant(requestId, run.endMs, 'crash', true);
    return run;
  }

  #cold(atMs: number, requestId: string): { readonly endMs: number; readonly failed: boolean } {
    const { plan, cause } = { plan: this.#plan, cause: this.#causeAt(atMs) };
    const proactive = cause !== 'deploy' && cause !== 'runtime-patch' && this.#random.next() < plan.proactiveShare;
    const tookMs = round(this.#draw(plan.initMs, 0.2));
    const own = this.#random.next() < plan.ownInterface.share ? this.#draw(plan.ownInterface.ms, 0.15) : 0;
    const placedMs =
      this.#draw(plan.placementMs, 0.4) + (plan.networkMs === 0 ? 0 : this.#draw(plan.networkMs, 0.2)) + own;
    // Environments are placed in the order of requests.
    const placed = own === 0 ? Math.max(atMs + placedMs, this.#placedMs + 1) : atMs + placedMs;
    if (!proactive && own === 0) this.#placedMs = placed;
    const beganMs = Math.round(proactive ? atMs - tookMs - 20_000 - this.#random.exponential(40_000) : placed);
    const environment = this.#birth(beganMs, tookMs, 'on-demand');
    const startMs = proactive ? atMs + 1 : Math.round(beganMs + tookMs + HANDOVER_MS);
    const run = this.#run(environment, {
      requestId,
      arrivalMs: atMs,
      startMs,
      init: environment.init,
      hiddenMs: 0,
      first: true,
    });
    const named = plan.snapStart ? 'snap-start' : proactive ? 'proactive' : cause;
    this.#plant(requestId, run.endMs, named, plan.snapStart || !proactive);
    if (this.#random.next() < plan.unusedShare) {
      this.#birth(Math.round(atMs + 30_000), tookMs, 'on-demand').died = true;
      this.#unused += 1;
    }
    return run;
  }

  /** Finds the environment that would have served the request if it still existed, or the reason why there was none. */
  #causeAt(atMs: number): PlantedCause {
    const news = this.#news;
    this.#news = null;
    if (this.#environments.length === 0) return 'unknown';
    if (news !== null) {
      this.#missedOf(atMs, (one) => one.retiredBy !== null && isKept(one, atMs));
      return news;
    }
    const lost = this.#missedOf(atMs, (one) => reasonOfLoss(one, atMs) !== null);
    if (lost !== null) return reasonOfLoss(lost, atMs) ?? 'unknown';
    return this.#live.some((one) => isUsable(one) && one.freeMs > atMs) ? 'scale-out' : 'idle-expiry';
  }

  /** Marks the latest idle environment of this kind as used for an explanation, so that it explains one cold start only. */
  #missedOf(atMs: number, isOne: (one: Environment) => boolean): Environment | null {
    let latest: Environment | null = null;
    for (const one of this.#live) {
      if (one.missed || one.freeMs > atMs || !isOne(one)) continue;
      if (latest === null || one.freeMs > latest.freeMs) latest = one;
    }
    if (latest !== null) latest.missed = true;
    return latest;
  }

  #run(
    environment: Environment,
    given: {
      readonly requestId: string;
      readonly arrivalMs: number;
      readonly startMs: number;
      readonly init: { readonly startMs: number; readonly tookMs: number } | null;
      readonly hiddenMs: number;
      readonly first: boolean;
    },
  ): { readonly endMs: number; readonly failed: boolean } {
    const plan = this.#plan;
    const failure = this.#failure(environment) ?? handlerErrorOf(plan, environment.version, given.requestId);
    const planMs = plan.work.fixedMs + plan.work.cpuMs / Math.min(environment.memoryMb / 1769, 1);
    const meanMs = planMs * environment.workFactor;
    const { sigma } = plan.work;
    const workMs = meanMs * this.#random.logNormal(Math.exp((-sigma * sigma) / 2), sigma);
    const ranMs =
      failure === 'timeout'
        ? plan.failures.timeoutMs
        : round(workMs + (given.first ? this.#draw(plan.firstConnectionMs, 0.2) : 0));
    // An init after a failure counts towards Duration and precedes START.
    const startMs = Math.round(given.startMs + given.hiddenMs);
    const endMs = Math.round(startMs + ranMs);
    const durationMs = round(ranMs + given.hiddenMs);
    const initMs = given.init === null || plan.snapStart ? null : given.init.tookMs;
    environment.usedMb = failure === 'oom' ? environment.memoryMb : this.#grown(environment);
    const trace =
      this.#random.next() < plan.tracedShare
        ? traceOf(this.#random, {
            name: plan.name,
            region: SIMULATED_REGION,
            account: SIMULATED_ACCOUNT,
            requestId: given.requestId,
            arrivalMs: given.arrivalMs,
            init:
              given.init === null
                ? null
                : { startMs: given.init.startMs, endMs: given.init.startMs + given.init.tookMs },
            startMs,
            endMs,
            caller: plan.caller,
            calls: plan.calls,
          })
        : null;
    if (trace !== null) this.#documents.push(...trace.documents.map((text) => ({ atMs: endMs, text })));
    environment.writer.run({
      requestId: given.requestId,
      startMs,
      endMs,
      durationMs,
      billedMs: Math.ceil(durationMs + (initMs ?? 0)),
      memoryMb: environment.memoryMb,
      usedMb: Math.round(environment.usedMb),
      initMs,
      restoreMs: given.init !== null && plan.snapStart ? given.init.tookMs : null,
      failure,
      ranMs,
      trace,
    });
    // An error of the handler leaves the runtime as it is.
    const isLeftAlive = failure === null || typeof failure === 'object';
    environment.failed = !isLeftAlive;
    environment.runs += 1;
    environment.freeMs = endMs;
    environment.expiresMs =
      environment.expiresMs === Number.POSITIVE_INFINITY ? environment.expiresMs : endMs + this.#keep();
    if (failure !== null) {
      this.#failures += 1;
      if (!isLeftAlive && this.#random.next() < plan.failures.fatalShare) environment.died = true;
    }
    this.#invocations += 1;
    const waited = given.init !== null && given.init.startMs >= given.arrivalMs;
    this.#busy.push([waited ? startMs - given.init.tookMs : startMs - given.hiddenMs, 1], [endMs, -1]);
    return { endMs, failed: failure !== null };
  }

  #failure(environment: Environment): Failure | null {
    const { timeoutShare, outOfMemoryShare, exitShare, againShare } = this.#plan.failures;
    if (environment.failed && this.#random.next() < againShare) return 'exit';
    const draw = this.#random.next();
    if (draw < timeoutShare) return 'timeout';
    if (draw < timeoutShare + outOfMemoryShare) return 'oom';
    return draw < timeoutShare + outOfMemoryShare + exitShare ? 'exit' : null;
  }

  #grown(environment: Environment): number {
    if (this.#plan.leakMb > 0) return Math.min(environment.memoryMb, environment.usedMb + this.#plan.leakMb);
    const ceiling = Math.min(environment.memoryMb, this.#plan.usedMb * 1.06);
    return Math.min(ceiling, environment.usedMb + (this.#random.next() < 0.5 ? 1 : 0));
  }

  #birth(beganMs: number, tookMs: number, initializationType: string): Environment {
    const writer = new StreamWriter(this.#plan, this.#version, this.#random, beganMs);
    writer.init(beganMs, tookMs, this.#runtimeArn, initializationType);
    const { recycleMeanMs, usedMb } = this.#plan;
    const environment: Environment = {
      writer,
      version: this.#version,
      memoryMb: this.#memoryMb,
      workFactor: this.#workFactor,
      runtimeArn: this.#runtimeArn,
      freeMs: beganMs + tookMs,
      expiresMs: beganMs + tookMs + this.#keep(),
      takenMs: recycleMeanMs === null ? Number.POSITIVE_INFINITY : beganMs + this.#random.exponential(recycleMeanMs),
      retiredBy: null,
      died: false,
      missed: false,
      failed: false,
      usedMb: Math.round(usedMb * (0.92 + 0.08 * this.#random.next())),
      runs: 0,
      init: { startMs: beganMs, tookMs },
    };
    this.#environments.push(environment);
    this.#live.push(environment);
    return environment;
  }

  /** Before traffic reaches them at `atMs`. */
  #provision(atMs: number): void {
    const tookMs = round(this.#draw(this.#plan.initMs, 0.2));
    this.#birth(atMs - PROVISIONED_BEFORE_MS, tookMs, 'provisioned-concurrency').expiresMs = Number.POSITIVE_INFINITY;
  }

  #plant(requestId: string, endMs: number, cause: PlantedCause, userFelt: boolean): void {
    this.#coldStarts.push({ requestId, endMs, cause, userFelt });
  }

  #keep(): number {
    const { ms, spread } = this.#plan.keepAlive;
    return ms * (1 - spread + 2 * spread * this.#random.next());
  }

  #draw(median: number, sigma: number): number {
    return median === 0 ? 0 : this.#random.logNormal(median, sigma);
  }

  /** Functions with the same runtime have the same version and get the same updates. */
  #newArn(): string {
    const name = `${this.#plan.runtime}/${this.#patches}`;
    const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4_294_967_296, 7);
    this.#patches += 1;
    return `arn:aws:lambda:${SIMULATED_REGION}::runtime:${new Random(seed).hex(64)}`;
  }
}

function insert(queue: Request[], from: number, request: Request): void {
  let at = from;
  while (at < queue.length && (queue[at] as Request).atMs <= request.atMs) at += 1;
  queue.splice(at, 0, request);
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
