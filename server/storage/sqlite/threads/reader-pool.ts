/** The reader threads of the SQLite store: read-only connections behind a bounded queue, with a deadline for each query. */
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import { PoolError, WorkerPool } from '../../../../ingest/threads/worker-pool.ts';
import type { Question, ReaderResult, ShapedBytes, ShapeTask } from '../../packed.ts';
import { Packed } from '../../packed.ts';
import type { Requester, StoreReader, TelemetryReader } from '../../ports.ts';
import { StoreError } from '../../ports.ts';
import { telemetryReaderOf } from '../../questions/telemetry-reader.generated.ts';
import type { CutLines, DeletionQuery } from '../lines/delete-lines.ts';
import type { PackedLines, PackQuery } from '../lines/pack.ts';
import type { SqliteOptions } from '../options.ts';
import type { PackedAnswer, ReaderData, ReaderJob } from './serve-reader.ts';

/** Queries of one lane that may wait for each reader thread; more are rejected. */
const QUEUED_PER_READER = 64;
/**
 * Result lists make many short-lived objects. In a young heap of 12 MB those of one list of functions do not fit: they move to the
 * old heap, which is then collected every 25 lists. A larger one grows and shrinks with each burst of queries.
 */
const YOUNG_HEAP_MB = 24;
/** Where memory limits the young heap of the writer to less. */
const MIDDLE_YOUNG_HEAP_MB = 12;
const LOW_MEMORY_YOUNG_HEAP_MB = 8;

/** Attribution may take longer than a user would wait: one hour of a function can hold millions of invocations. */
const BACKGROUND_DEADLINES = 10;

/** Longest work on the hours of a large function, ms for each of its invocations: some fifty times what an idle machine takes. */
const LARGE_MS_PER_RUN = 5;

/** Queries of attribution. They read whole hours, so they run in threads of their own and delay no user. */
const BACKGROUND: ReadonlySet<keyof StoreReader> = new Set(['staleHours', 'attributeHours', 'idleTimes', 'initGaps']);

type Pool = WorkerPool<ReaderJob, unknown>;

/** Lanes of {@link Requester}. */
const LANES = 3;
/** The product itself: alerts, live events, health. */
const OWN: Requester = { lane: 'own' };

export class ReaderPool {
  readonly #options: SqliteOptions;
  readonly #foreground: Pool;
  /** Started by the first background query. */
  #background: Pool | undefined;
  /** Started when lines are packed for the first time. */
  #packing: Pool | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#foreground = this.#pool(options.readers);
  }

  /**
   * The read port over the threads. A query rejects with {@link StoreError}: `deadline` if it took longer than
   * `readDeadlineMs`, `busy` if too many of its lane wait, `abandoned` once the requester's signal is aborted, `unavailable` if its
   * thread ended, or it failed.
   */
  port(requester: Requester = OWN): StoreReader {
    const call =
      <K extends keyof StoreReader>(method: K) =>
      (query: Parameters<StoreReader[K]>[0]): ReturnType<StoreReader[K]> =>
        this.#query(method, query, requester) as ReturnType<StoreReader[K]>;
    // Every request has a port of its own. A spread takes longer: it adds one method after the other.
    return Object.assign(telemetryReaderOf(call), {
      credentials: call('credentials'),
      passwordHash: call('passwordHash'),
      audit: call('audit'),
      users: call('users'),
      localUser: call('localUser'),
      sessionIdToken: call('sessionIdToken'),
      errorStates: call('errorStates'),
      deployMarkers: call('deployMarkers'),
      functionTags: call('functionTags'),
      reportSchedules: call('reportSchedules'),
      reports: call('reports'),
      reportFiles: call('reportFiles'),
      retention: call('retention'),
      staleHours: call('staleHours'),
      attributeHours: call('attributeHours'),
      idleTimes: call('idleTimes'),
      initGaps: call('initGaps'),
      alertSnapshot: call('alertSnapshot'),
      alertEvents: call('alertEvents'),
      dueDeliveries: call('dueDeliveries'),
      alertDeliveries: call('alertDeliveries'),
    });
  }

  /** Answers like the method of {@link port}, but leaves the answer serialized. */
  async packed<K extends keyof TelemetryReader>(
    method: K,
    query: Parameters<TelemetryReader[K]>[0],
    requester: Requester = OWN,
  ): Promise<Packed<ReaderResult<K>>> {
    const { bytes, page } = (await this.#query(method, query, requester, 'packed')) as PackedAnswer;
    return new Packed<never>(bytes, null, page);
  }

  /** Answers like the methods of {@link port}, and runs the task on the answers in the same thread. */
  async shaped(
    [first, ...more]: readonly Question[],
    task: ShapeTask,
    requester: Requester = OWN,
  ): Promise<ShapedBytes> {
    if (first === undefined) throw new RangeError('A task shapes the answer of at least one question.');
    const [method, query] = first;
    return (await this.#query(method, query, requester, { ...task, more })) as ShapedBytes;
  }

  /** Packs chunks of log lines into blocks, in a thread of its own, and leaves them serialized. */
  async packLines(query: PackQuery): Promise<Packed<PackedLines>> {
    const { bytes, page } = (await this.#pack({
      method: 'packLines',
      query,
      restriction: null,
      form: 'packed',
    })) as PackedAnswer;
    return new Packed<PackedLines>(bytes, null, page);
  }

  /** Finds log lines to delete, in the thread that packs them: a part at a time. */
  async cutLines(query: DeletionQuery): Promise<CutLines> {
    return (await this.#pack({ method: 'cutLines', query, restriction: null, form: 'plain' })) as CutLines;
  }

  async #pack(job: ReaderJob): Promise<unknown> {
    this.#packing ??= this.#pool(1, true);
    try {
      return await this.#packing.run(job);
    } catch (error) {
      if (error instanceof PoolError) throw storeErrorOf(error, this.#deadlineMs(true));
      throw error;
    }
  }

  /** Ends the threads; queries under way are rejected. */
  async close(): Promise<void> {
    await Promise.all([this.#foreground.close(), this.#background?.close(), this.#packing?.close()]);
  }

  async #query(
    method: keyof StoreReader,
    query: unknown,
    { lane, signal, restriction = null }: Requester,
    form: ReaderJob['form'] = 'plain',
  ): Promise<unknown> {
    const deadlineMs = this.#deadlineMs(BACKGROUND.has(method));
    const large = largeOf(query);
    const workMs = large === null ? undefined : Math.max(deadlineMs, large * LARGE_MS_PER_RUN);
    try {
      const job = { method, query, restriction, form };
      return await this.#poolFor(method).run(job, [], workMs, large === null ? lane : 'large', signal);
    } catch (error) {
      if (error instanceof PoolError) throw storeErrorOf(error, workMs ?? deadlineMs);
      throw error;
    }
  }

  #poolFor(method: keyof StoreReader): Pool {
    if (!BACKGROUND.has(method) || this.#options.lowMemory === true) return this.#foreground;
    this.#background ??= this.#pool(1, true);
    return this.#background;
  }

  #deadlineMs(isBackground: boolean): number {
    const { readDeadlineMs, lowMemory = false } = this.#options;
    return isBackground && !lowMemory ? readDeadlineMs * BACKGROUND_DEADLINES : readDeadlineMs;
  }

  #pool(threads: number, isBackground = false): Pool {
    const { folder, workers, lowMemory = false, capacity } = this.#options;
    const writersMb = capacity?.youngHeapMb ?? YOUNG_HEAP_MB;
    const usualHeapMb = writersMb < YOUNG_HEAP_MB ? Math.min(MIDDLE_YOUNG_HEAP_MB, writersMb) : YOUNG_HEAP_MB;
    const oldHeapMb = capacity?.otherHeapMb ?? null;
    return new WorkerPool({
      script: new URL('reader.cjs', workers),
      threads,
      onDemand: true,
      idleMs: MINUTE_MS,
      // Rules are evaluated every minute.
      keptThreads: isBackground ? 0 : 1,
      // For the lane of large functions.
      spareThreads: isBackground ? 1 : 0,
      maxQueued: LANES * QUEUED_PER_READER * threads,
      maxQueuedInLane: QUEUED_PER_READER * threads,
      // Exports leave a thread to others where there is more than one.
      laneThreads: { export: Math.max(1, threads - 1) },
      deadlineMs: this.#deadlineMs(isBackground),
      workerData: { folder, mappedBytes: capacity?.mappedBytes ?? null } satisfies ReaderData,
      resourceLimits: {
        maxYoungGenerationSizeMb: lowMemory ? LOW_MEMORY_YOUNG_HEAP_MB : usualHeapMb,
        ...(oldHeapMb === null ? {} : { maxOldGenerationSizeMb: oldHeapMb }),
      },
    });
  }
}

/** About how many invocations the hours of a large function have; null for any other query. */
function largeOf(query: unknown): number | null {
  if (typeof query !== 'object' || query === null || !('large' in query)) return null;
  return typeof query.large === 'number' ? query.large : null;
}

function storeErrorOf({ code, message }: PoolError, deadlineMs: number): StoreError {
  switch (code) {
    case 'deadline':
      return new StoreError('deadline', `The query took longer than ${deadlineMs} ms.`);
    case 'queue-full':
      return new StoreError('busy', 'Too many queries are waiting. Retry later.');
    case 'abandoned':
      return new StoreError('abandoned', message);
    case 'thread-lost':
      return new StoreError('unavailable', `A reader thread ended: ${message}`);
    case 'closed':
      return new StoreError('unavailable', 'The store is closed.');
    case 'failed':
      return new StoreError('unavailable', message);
  }
}
