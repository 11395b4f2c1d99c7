/**
 * Finds or creates the dimensions that rows refer to (functions, log groups, environments, series and labels) and caches
 * them between batches.
 */
import type Database from 'better-sqlite3';
import { UNKNOWN_STREAM } from '../../../../ingest/records/log-event.ts';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import type { EnvironmentState } from './environments.ts';
import { Environments, unknownEnvironmentId } from './environments.ts';
import { Functions } from './functions.ts';
import { Labels } from './labels.ts';
import type { LogGroupName } from './log-groups.ts';
import { LogGroups } from './log-groups.ts';
import { LRUCache } from './lru.ts';
import { Series } from './series.ts';

const CACHED_ENVIRONMENTS = 20_000;

export class DimensionCache {
  readonly #cached: LRUCache<string, EnvironmentState>;
  /** By function: lines whose log stream is unknown; null where there are none. */
  readonly #unknown = new Map<number, EnvironmentState | null>();
  /** The function that {@link withoutStream} was asked for last, which the next row usually shares; NaN if there is none. */
  #newestUnknownOf = Number.NaN;
  #newestUnknown: EnvironmentState | null = null;
  /** Environments that wait to be written, by id. */
  readonly #changed = new Map<number, EnvironmentState>();
  readonly #environments: Environments;
  readonly #functions: Functions;
  readonly #logGroups: LogGroups;
  readonly #series: Series;
  readonly #labels: Labels;

  constructor(db: Database.Database, cachedEnvironments = CACHED_ENVIRONMENTS) {
    this.#cached = new LRUCache(cachedEnvironments);
    this.#environments = new Environments(db);
    this.#functions = new Functions(db);
    this.#logGroups = new LogGroups(db);
    this.#series = new Series(db);
    this.#labels = new Labels(db);
  }

  /** Finds or inserts the environment of a log stream. `seenMs`: time of its first event in the batch, epoch ms. */
  environment(header: StreamHeader, seenMs: number): EnvironmentState {
    const groupId = this.#logGroups.idOf(header);
    if (header.logStream === UNKNOWN_STREAM) return this.#unknownStream(header, groupId, seenMs);
    const key = `${groupId}\n${header.logStream}`;
    let state = this.#cached.get(key);
    if (state === undefined) {
      const stored = this.#environments.find(groupId, header.logStream);
      state =
        stored === null
          ? this.#environments.add(null, this.#functions.idOf(header, seenMs), groupId, header, seenMs)
          : // One that was evicted before it was written is newer than its row.
            (this.#changed.get(stored.id) ?? stored);
      this.#cached.set(key, state);
    }
    this.#functions.noteScope(state.functionId, header);
    return state;
  }

  /** Lines of the function whose log stream is unknown, or null. */
  withoutStream(functionId: number): EnvironmentState | null {
    if (functionId === this.#newestUnknownOf) return this.#newestUnknown;
    let state = this.#unknown.get(functionId);
    if (state === undefined) {
      state = this.#environments.findById(unknownEnvironmentId(functionId));
      this.#unknown.set(functionId, state);
    }
    this.#newestUnknownOf = functionId;
    this.#newestUnknown = state;
    return state;
  }

  #forgetUnknown(): void {
    this.#unknown.clear();
    this.#newestUnknownOf = Number.NaN;
  }

  /** A stored environment. @throws RangeError if there is none */
  environmentById(id: number): EnvironmentState {
    if (id < 0) {
      const state = this.withoutStream(-id);
      if (state === null) throw new RangeError(`no lines without a log stream of function ${-id}`);
      return state;
    }
    const header = this.#environments.headerOf(id);
    return this.environment({ ...header, functionName: '', nameInferred: false, version: null }, 0);
  }

  /** Notes an event of the environment at `atMs`, and marks the environment as changed. */
  touch(state: EnvironmentState, atMs: number): void {
    if (state.isChanged && atMs >= state.firstSeenMs && atMs <= state.lastSeenMs) return;
    if (atMs < state.firstSeenMs) state.firstSeenMs = atMs;
    if (atMs > state.lastSeenMs) state.lastSeenMs = atMs;
    if (!state.isChanged) {
      state.isChanged = true;
      this.#changed.set(state.id, state);
    }
    this.#functions.noteSeen(state.functionId, state.firstSeenMs, state.lastSeenMs);
  }

  /** Sets the function's memory size and version from an invocation, unless a newer one was noted. */
  noteLatest(functionId: number, atMs: number, memoryMb: number | null, version: string | null): void {
    this.#functions.noteLatest(functionId, atMs, memoryMb, version);
  }

  /** Sets the function's runtime version from INIT_START, unless a newer one was noted. */
  noteRuntime(functionId: number, atMs: number, runtimeVersion: string): void {
    this.#functions.noteRuntime(functionId, atMs, runtimeVersion);
  }

  /** Lines without a log stream of the function that has a stored environment. */
  unknownOf({ id, functionId, firstSeenMs }: EnvironmentState): EnvironmentState {
    return this.#addUnknown(functionId, this.#logGroups.idOf(this.#environments.headerOf(id)), firstSeenMs);
  }

  #unknownStream(header: StreamHeader, groupId: number, seenMs: number): EnvironmentState {
    return this.#addUnknown(this.#functions.idOf(header, seenMs), groupId, seenMs);
  }

  #addUnknown(functionId: number, groupId: number, seenMs: number): EnvironmentState {
    const known = this.withoutStream(functionId);
    if (known !== null) return known;
    // The version of a stream's name is that of one environment.
    const header = { logStream: UNKNOWN_STREAM, version: null };
    const state = this.#environments.add(unknownEnvironmentId(functionId), functionId, groupId, header, seenMs);
    this.#unknown.set(functionId, state);
    this.#newestUnknownOf = Number.NaN;
    return state;
  }

  seriesOf(environment: EnvironmentState, version: string | null, memoryMb: number | null): number {
    const { series } = environment;
    if (series !== null && series.version === version && series.memoryMb === memoryMb) return series.id;
    const id = this.#series.idOf(environment.functionId, version, memoryMb);
    environment.series = { version, memoryMb, id };
    return id;
  }

  /** Of two series of one invocation, returns the one that names its version. */
  morePreciseSeries(a: number, b: number): number {
    return a === b || this.#series.partsOf(a).version !== null ? a : b;
  }

  /** Version and memory size of a series. */
  partsOf(id: number): ReturnType<Series['partsOf']> {
    return this.#series.partsOf(id);
  }

  /** The series with the memory size of another one, and a version, unless that is null. */
  seriesWith({ functionId }: EnvironmentState, id: number, version: string | null): number {
    const parts = this.#series.partsOf(id);
    return version === null || parts.version === version ? id : this.#series.idOf(functionId, version, parts.memoryMb);
  }

  label(text: string | null): number | null {
    return this.#labels.idOf(text);
  }

  logGroup(name: LogGroupName): number {
    return this.#logGroups.idOf(name);
  }

  /** Finds or inserts a function that a document other than its log names. */
  functionNamed(scope: { readonly account: string; readonly region: string; readonly name: string }): number {
    const { account, region, name } = scope;
    return this.#functions.idOf({ account, region, functionName: name, nameInferred: false }, null);
  }

  /** Writes changed environments and functions. Part of the commit. */
  flush(): void {
    for (const state of this.#changed.values()) this.#environments.save(state);
    this.#changed.clear();
    this.#functions.flush();
  }

  /** Clears all caches after a rollback: ids in them may not exist. */
  reset(): void {
    this.#cached.clear();
    this.#forgetUnknown();
    this.#changed.clear();
    this.#functions.reset();
    this.#logGroups.reset();
    this.#series.reset();
    this.#labels.reset();
  }

  /** Drops cached environments, because retention may have deleted some. */
  forgetEnvironments(): void {
    this.#cached.clear();
    this.#forgetUnknown();
  }
}
