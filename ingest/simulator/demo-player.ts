/** Plays the demo fleet: its history at once, and then as time goes on. */
import { Random } from '../records/random.ts';
import { MINUTE_MS } from '../records/time.ts';
import { arrivals } from './arrivals.ts';
import type { DemoPlan } from './demo-fleet.ts';
import type { SimulatedStream } from './lines.ts';
import type { SimulatedDocument } from './simulate.ts';
import { Simulation } from './simulate.ts';
import type { FunctionTruth, SimulatedRequest } from './truth.ts';

/** Requests are drawn for this long at a time. */
const STEP_MS = 10 * MINUTE_MS;

/** What one function wrote until a time. */
export interface PlayedPart {
  readonly name: string;
  readonly streams: readonly SimulatedStream[];
  readonly documents: readonly string[];
  /** Those that ended. */
  readonly requests: readonly SimulatedRequest[];
}

/** Plays one function of the fleet. Of a seed, the same plan always gives the same lines. */
export class DemoPlayer {
  readonly #demo: DemoPlan;
  readonly #random: Random;
  readonly #simulation: Simulation;
  /** Requests are drawn until this time, epoch ms. */
  #drawnMs: number;
  #streams: readonly SimulatedStream[] = [];
  #documents: readonly SimulatedDocument[] = [];
  #requests: readonly SimulatedRequest[] = [];

  constructor(demo: DemoPlan, seed: number) {
    this.#demo = demo;
    this.#random = new Random(seed);
    this.#simulation = new Simulation(demo.plan, this.#random, demo.fromMs);
    this.#drawnMs = demo.fromMs;
  }

  /** Returns what was written until then and was not returned before. What is later is kept for the next call. */
  play(untilMs: number): PlayedPart {
    while (this.#drawnMs < untilMs) this.#draw(Math.max(untilMs, this.#drawnMs + STEP_MS));
    const [streams, later] = divided(this.#streams, untilMs);
    const documents = this.#documents.filter(({ atMs }) => atMs <= untilMs);
    const requests = this.#requests.filter(({ endMs }) => endMs <= untilMs);
    this.#streams = later;
    this.#documents = this.#documents.filter(({ atMs }) => atMs > untilMs);
    this.#requests = this.#requests.filter(({ endMs }) => endMs > untilMs);
    return { name: this.#demo.plan.name, streams, documents: documents.map(({ text }) => text), requests };
  }

  truth(): FunctionTruth {
    return this.#simulation.truth();
  }

  #draw(toMs: number): void {
    this.#simulation.advance(arrivals(this.#demo.plan, this.#random, this.#drawnMs, toMs), toMs);
    this.#drawnMs = toMs;
    const { streams, documents, requests } = this.#simulation.take();
    this.#streams = [...this.#streams, ...streams];
    this.#documents = [...this.#documents, ...documents];
    this.#requests = [...this.#requests, ...requests];
  }
}

/** Cuts each stream at its first event after a time: events of a stream stay in their order. */
function divided(
  streams: readonly SimulatedStream[],
  untilMs: number,
): readonly [now: readonly SimulatedStream[], later: readonly SimulatedStream[]] {
  const [now, later]: [SimulatedStream[], SimulatedStream[]] = [[], []];
  const waiting = new Set<string>();
  for (const stream of streams) {
    const found = stream.events.findIndex(({ timestampMs }) => timestampMs > untilMs);
    const end = waiting.has(stream.logStream) ? 0 : found === -1 ? stream.events.length : found;
    if (end > 0) now.push({ ...stream, events: stream.events.slice(0, end) });
    if (end === stream.events.length) continue;
    waiting.add(stream.logStream);
    later.push({ ...stream, events: stream.events.slice(end), before: (stream.before ?? 0) + end });
  }
  return [now, later];
}
