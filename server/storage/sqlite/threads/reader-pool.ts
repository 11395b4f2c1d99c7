/**
 * A few reader threads; each question goes to the least busy one and has a deadline. Derivation, whose questions read whole
 * hours, has a thread of its own, so that nobody who asks waits behind it.
 */
import { Worker } from 'node:worker_threads';
import type { TelemetryReader } from '../../ports.ts';
import { StoreError } from '../../ports.ts';
import type { SqliteOptions } from '../options.ts';
import type { ReaderReply } from './reader-worker.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Seat {
  worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** More waiting questions than this per thread are refused: somebody else's turn will come sooner elsewhere. */
const QUEUE_PER_READER = 64;

/** What derivation asks. */
const BACKGROUND: ReadonlySet<keyof TelemetryReader> = new Set([
  'staleHours',
  'attributeHours',
  'idleTimes',
  'initGaps',
]);

export class ReaderPool {
  readonly #options: SqliteOptions;
  /** From the first question of derivation on. */
  #background: Seat | undefined;
  readonly #seats: Seat[];
  #nextId = 1;
  #closing = false;

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#seats = Array.from({ length: options.readers }, () => this.#seat());
  }

  port(): TelemetryReader {
    const ask =
      <K extends keyof TelemetryReader>(method: K) =>
      (query: Parameters<TelemetryReader[K]>[0]): ReturnType<TelemetryReader[K]> =>
        this.#ask(method, query) as ReturnType<TelemetryReader[K]>;
    return {
      aggregate: ask('aggregate'),
      changes: ask('changes'),
      changeMarks: ask('changeMarks'),
      logVolume: ask('logVolume'),
      functionNetwork: ask('functionNetwork'),
      fleetNetwork: ask('fleetNetwork'),
      fleet: ask('fleet'),
      functions: ask('functions'),
      resolveFunction: ask('resolveFunction'),
      timeseries: ask('timeseries'),
      coldStarts: ask('coldStarts'),
      distribution: ask('distribution'),
      environments: ask('environments'),
      failures: ask('failures'),
      keepAlive: ask('keepAlive'),
      loadTests: ask('loadTests'),
      memory: ask('memory'),
      preInits: ask('preInits'),
      provisioned: ask('provisioned'),
      configurations: ask('configurations'),
      invocations: ask('invocations'),
      invocation: ask('invocation'),
      ingestStatus: ask('ingestStatus'),
      deadLetters: ask('deadLetters'),
      deadLetterPayload: ask('deadLetterPayload'),
      pullCheckpoint: ask('pullCheckpoint'),
      pullCheckpoints: ask('pullCheckpoints'),
      tracesToFetch: ask('tracesToFetch'),
      trace: ask('trace'),
      serviceMap: ask('serviceMap'),
      inventory: ask('inventory'),
      coverage: ask('coverage'),
      invocationsByKey: ask('invocationsByKey'),
      credentials: ask('credentials'),
      staleHours: ask('staleHours'),
      attributeHours: ask('attributeHours'),
      idleTimes: ask('idleTimes'),
      initGaps: ask('initGaps'),
      retention: ask('retention'),
      passwordHash: ask('passwordHash'),
      audit: ask('audit'),
      initLoops: ask('initLoops'),
      platformLatency: ask('platformLatency'),
      peakConcurrency: ask('peakConcurrency'),
      alertSnapshot: ask('alertSnapshot'),
      alertEvents: ask('alertEvents'),
      dueDeliveries: ask('dueDeliveries'),
      alertDeliveries: ask('alertDeliveries'),
    };
  }

  async close(): Promise<void> {
    this.#closing = true;
    const seats = this.#background === undefined ? this.#seats : [...this.#seats, this.#background];
    for (const seat of seats) {
      for (const waiting of [...seat.waiting.values()])
        waiting.reject(new StoreError('unavailable', 'the store closes'));
    }
    await Promise.all(seats.map((seat) => seat.worker.terminate()));
  }

  #ask(method: keyof TelemetryReader, query: unknown): Promise<unknown> {
    if (this.#closing) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
    const seat = this.#seatFor(method);
    if (seat === undefined || seat.waiting.size >= QUEUE_PER_READER) {
      return Promise.reject(new StoreError('unavailable', 'too many queries are waiting'));
    }
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#retire(seat, id), this.#options.readDeadlineMs);
      const settle = <A>(then: (value: A) => void) => {
        return (value: A): void => {
          clearTimeout(timer);
          seat.waiting.delete(id);
          then(value);
        };
      };
      seat.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      seat.worker.postMessage({ id, method, query });
    });
  }

  #seatFor(method: keyof TelemetryReader): Seat | undefined {
    if (!BACKGROUND.has(method) || this.#options.frugal === true) {
      return this.#seats.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
    }
    this.#background ??= this.#seat();
    return this.#background;
  }

  /** A statement cannot be interrupted: the thread is replaced, and ends when its statement does. */
  #retire(seat: Seat, id: number): void {
    const slow = seat.worker;
    seat.waiting
      .get(id)
      ?.reject(new StoreError('deadline', `the query took longer than ${this.#options.readDeadlineMs} ms`));
    for (const waiting of [...seat.waiting.values()])
      waiting.reject(new StoreError('unavailable', 'a reader was replaced'));
    seat.worker = this.#worker(seat);
    void slow.terminate();
  }

  #seat(): Seat {
    const seat: Seat = { worker: undefined as unknown as Worker, waiting: new Map() };
    seat.worker = this.#worker(seat);
    return seat;
  }

  #worker(seat: Seat): Worker {
    const worker = new Worker(new URL('reader.js', this.#options.workers), {
      workerData: { folder: this.#options.folder },
      // Lists make many short-lived objects; but a large young generation comes and goes with each burst of questions.
      resourceLimits: { maxYoungGenerationSizeMb: this.#options.frugal === true ? 8 : 12 },
    });
    worker.on('message', (reply: ReaderReply) => {
      const waiting = seat.waiting.get(reply.id);
      if (reply.ok) waiting?.resolve(reply.value);
      else waiting?.reject(new StoreError('unavailable', reply.message));
    });
    worker.on('error', (error) => {
      for (const waiting of [...seat.waiting.values()]) waiting.reject(new StoreError('unavailable', error.message));
      if (!this.#closing && seat.worker === worker) setTimeout(() => (seat.worker = this.#worker(seat)), 500).unref();
    });
    return worker;
  }
}
