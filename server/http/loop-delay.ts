/**
 * Delay of the main thread's event loop, measured while requests are served: the timer that measures it wakes the process a
 * hundred times a second, which a process at rest does without.
 */
import type { RecordableHistogram } from 'node:perf_hooks';
import { createHistogram } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Gauge } from 'prom-client';
import { SECOND_MS } from '../../ingest/records/time.ts';

/** Interval of the measurements, ms, which their values include. */
const INTERVAL_MS = 10;
/** An interval that no process lives for: with it, prom-client's own measurement, which cannot be left out, never wakes. */
export const NEVER_MS = 2 ** 31 - 1;
/** Measured until this long after the last request. */
const AFTER_MS = 5 * SECOND_MS;
const NS_PER_MS = 1e6;
/** Significant figures of the delays: 2 take 46 kB, 3 take 369 kB. */
const FIGURES = 2;

/** Names as prom-client has them, which dashboards know. */
const GAUGES: readonly (readonly [name: string, help: string, ns: (found: RecordableHistogram) => number])[] = [
  ['min', 'The minimum recorded event loop delay.', ({ min }) => min],
  ['max', 'The maximum recorded event loop delay.', ({ max }) => max],
  ['mean', 'The mean of the recorded event loop delays.', ({ mean }) => mean],
  ['stddev', 'The standard deviation of the recorded event loop delays.', ({ stddev }) => stddev],
  ['p50', 'The 50th percentile of the recorded event loop delays.', (found) => found.percentile(50)],
  ['p90', 'The 90th percentile of the recorded event loop delays.', (found) => found.percentile(90)],
  ['p99', 'The 99th percentile of the recorded event loop delays.', (found) => found.percentile(99)],
];

export class LoopDelay {
  /** Delays since the last scrape, ns. */
  readonly #delays = createHistogram({ figures: FIGURES });
  #timer: NodeJS.Timeout | undefined;
  #measuredMs = 0;
  #requestedMs = 0;

  /** Call for each request. */
  touch(): void {
    this.#requestedMs = performance.now();
    if (this.#timer !== undefined) return;
    this.#measuredMs = this.#requestedMs;
    this.#timer = setInterval(() => this.#measure(), INTERVAL_MS).unref();
  }

  /**
   * Replaces prom-client's gauges of the event loop's delay. They have no samples where no request was served since the last
   * scrape.
   */
  register(registry: Registry): void {
    const gauges = GAUGES.map(([name, help, ns]) => {
      const fullName = `nodejs_eventloop_lag_${name}_seconds`;
      registry.removeSingleMetric(fullName);
      return { gauge: new Gauge({ name: fullName, help, registers: [] }), ns };
    });
    const [first, ...others] = gauges;
    if (first === undefined) return;
    const update = (): void => {
      const isMeasured = this.#delays.count > 0;
      for (const { gauge, ns } of gauges) {
        if (isMeasured) gauge.set(ns(this.#delays) / NS_PER_MS / SECOND_MS);
        else gauge.remove();
      }
      this.#delays.reset();
    };
    registry.registerMetric(Object.assign(first.gauge, { collect: update }));
    for (const { gauge } of others) registry.registerMetric(gauge);
  }

  #measure(): void {
    const nowMs = performance.now();
    this.#delays.record(Math.max(1, Math.round((nowMs - this.#measuredMs) * NS_PER_MS)));
    this.#measuredMs = nowMs;
    if (nowMs - this.#requestedMs < AFTER_MS) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
