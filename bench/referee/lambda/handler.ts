/** How long one run of the handler takes, what it uses and how it ends. */
import type { Status } from './outcome.ts';
import type { Configuration, Request } from './plan.ts';
import type { Random } from './random.ts';

export interface Run {
  readonly ms: number;
  readonly status: Status;
  readonly memoryUsedMb: number;
}

const MB_PER_VCPU = 1769;

/** Expected time of the handler in ms at a size, before chance: CPU scales with memory up to one vCPU per thread. */
export function expectedMs(configuration: Configuration, payloadBytes: number, slowness: number): number {
  const { work, memoryMb } = configuration;
  const vcpus = Math.min(memoryMb / MB_PER_VCPU, work.threads);
  return (work.waitMs + work.cpuMs / vcpus) * (1 + (work.perKilobyte * payloadBytes) / 1024) * slowness;
}

/** Draws one run; `nth` counts the invocations of the environment from 0. */
export function drawRun(
  configuration: Configuration,
  request: Request,
  slowness: number,
  nth: number,
  random: Random,
): Run {
  const { work, faults, timeoutMs, memoryMb } = configuration;
  let ms = expectedMs(configuration, request.payloadBytes, slowness) * random.lognormal(1, work.sigma);
  if (work.tail !== null && random.uniform() < work.tail.probability) {
    ms *= (1 - random.uniform()) ** (-1 / work.tail.alpha);
  }
  const memoryUsedMb = drawMemory(configuration, request.payloadBytes, nth, random);
  const chance = random.uniform();
  if (chance < faults.timeout || ms >= timeoutMs) return { ms: timeoutMs, status: 'timeout', memoryUsedMb };
  if (chance < faults.timeout + faults.exit) return { ms: round2(ms * 0.5), status: 'exit', memoryUsedMb };
  if (chance < faults.timeout + faults.exit + faults.outOfMemory || memoryUsedMb >= memoryMb) {
    return { ms: round2(ms * 0.7), status: 'out-of-memory', memoryUsedMb: memoryMb };
  }
  const handled = chance < faults.timeout + faults.exit + faults.outOfMemory + faults.handled;
  return { ms: Math.max(round2(ms), 0.5), status: handled ? 'handled-error' : 'success', memoryUsedMb };
}

function drawMemory({ memory, memoryMb }: Configuration, payloadBytes: number, nth: number, random: Random): number {
  const load = memory.baseMb + (memory.perKilobyteMb * payloadBytes) / 1024 + memory.leakMb * nth;
  // A heap grows to its share of the size over the first hundred invocations, then the collector keeps it there.
  const heap = memory.heapShare === null ? 0 : memory.heapShare * memoryMb * (1 - Math.exp(-nth / 30));
  return Math.min(memoryMb, Math.round(Math.max(load, heap) * random.lognormal(1, 0.01)));
}

export function round2(ms: number): number {
  return Math.round(ms * 100) / 100;
}
