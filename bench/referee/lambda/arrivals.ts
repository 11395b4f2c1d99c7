/** When requests arrive: daily and weekly cycles, autocorrelated hours, bursts and fan-out. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Random } from './random.ts';

/** A period, `toMs` excluded. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How a quantity varies from hour to hour. Every part is optional; none gives a constant 1. */
export interface Cycle {
  /** 0 is flat; 0.8 swings between 0.2 and 1.8 times the mean. The peak is at 15:00 UTC. */
  readonly daily?: number;
  /** Factor of Saturday and Sunday. */
  readonly weekend?: number;
  /** First-order autoregression of the logarithm: correlation of neighbouring hours and standard deviation. */
  readonly hourly?: { readonly correlation: number; readonly sigma: number };
}

/** Factors by hour. `at` returns the factor of the hour of a time. */
export interface Factors {
  readonly at: (ms: number) => number;
}

/** Draws the factors of a period. */
export function drawFactors(cycle: Cycle, span: Span, random: Random): Factors {
  const first = Math.floor(span.fromMs / HOUR_MS);
  const count = Math.ceil(span.toMs / HOUR_MS) - first;
  const { correlation, sigma } = cycle.hourly ?? { correlation: 0, sigma: 0 };
  let level = random.normal() * sigma;
  const factors = Array.from({ length: count }, (_, index) => {
    const hour = first + index;
    if (index > 0) level = correlation * level + Math.sqrt(1 - correlation * correlation) * sigma * random.normal();
    return cycleFactor(cycle, hour) * Math.exp(level);
  });
  return { at: (ms) => factors[Math.min(Math.max(Math.floor(ms / HOUR_MS) - first, 0), count - 1)] ?? 1 };
}

function cycleFactor(cycle: Cycle, hour: number): number {
  const daily = 1 + (cycle.daily ?? 0) * Math.cos((2 * Math.PI * ((hour % 24) - 15)) / 24);
  // 1970-01-01 was a Thursday.
  const weekday = (Math.floor(hour / 24) + 4) % 7;
  return daily * (weekday === 0 || weekday === 6 ? (cycle.weekend ?? 1) : 1);
}

/** A Poisson process whose rate is `perHour` times the factor of the hour. */
export function poissonArrivals(perHour: number, factors: Factors, span: Span, random: Random): number[] {
  const times: number[] = [];
  for (let from = span.fromMs; from < span.toMs; ) {
    const to = Math.min((Math.floor(from / HOUR_MS) + 1) * HOUR_MS, span.toMs);
    const count = random.poisson((perHour * factors.at(from) * (to - from)) / HOUR_MS);
    for (let index = 0; index < count; index += 1) times.push(from + random.uniform() * (to - from));
    from = to;
  }
  return times.toSorted((left, right) => left - right);
}

/** How bursts grow: each request causes further ones. */
export interface Excitation {
  /** Mean number of requests that one request causes directly; below 1. */
  readonly branching: number;
  /** Mean delay of a caused request. */
  readonly delayMs: number;
}

/**
 * A Hawkes process by its cluster representation (Hawkes and Oakes, 1974): spontaneous requests, each with a tree of
 * caused ones. The mean rate is `perHour` times the factor of the hour.
 */
export function burstArrivals(
  perHour: number,
  excitation: Excitation,
  factors: Factors,
  span: Span,
  random: Random,
): number[] {
  const times = poissonArrivals(perHour * (1 - excitation.branching), factors, span, random);
  for (let at = 0; at < times.length; at += 1) {
    const cause = times[at] ?? 0;
    const children = random.poisson(excitation.branching);
    for (let index = 0; index < children; index += 1) times.push(cause + random.exponential(excitation.delayMs));
  }
  return times.filter((ms) => ms < span.toMs).toSorted((left, right) => left - right);
}

/** `count` requests at once every `everyMs`, spread over `spreadMs`. */
export function fanOutArrivals(count: number, everyMs: number, spreadMs: number, span: Span, random: Random): number[] {
  const times: number[] = [];
  for (let at = span.fromMs; at < span.toMs; at += everyMs) {
    for (let index = 0; index < count; index += 1) times.push(at + random.uniform() * spreadMs);
  }
  return times.toSorted((left, right) => left - right);
}
