/** Writes one decoded batch to the tables. The caller owns the transaction. */
import type Database from 'better-sqlite3';
import {
  isWholeSecond,
  LONGEST_RUN_MS,
  mayBeSameTime,
  mayBeStartOf,
  secondOf,
} from '../../../../ingest/records/attempt.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { recordsIn } from '../../../../ingest/records/dead-letter.ts';
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';
import type { BatchSource, WriteOutcome } from '../../../../ingest/records/sink.ts';
import type { InitEvent, PendingStart } from '../../../../ingest/records/stream-events.ts';
import { isReinit } from '../../../analytics/cold-starts/classify.ts';
import type { MetricLimits } from '../../metrics/quota.ts';
import { METRIC_OPTIONS } from '../../metrics/quota.ts';
import { requestHash } from '../../request-hash.ts';
import { Attempts } from './attempts.ts';
import { Checkpoints } from './checkpoints.ts';
import type { ReadRow } from './column-reader.ts';
import { ColumnReader, firstSeenMs } from './column-reader.ts';
import { CommitFeed } from './commit-feed.ts';
import { Deploys } from './deploys.ts';
import { DetailRetentionIndex } from './detail-retention.ts';
import { DimensionCache } from './dimension-cache.ts';
import { EnvironmentTenants } from './environment-tenants.ts';
import type { EnvironmentState } from './environments.ts';
import { environmentOf, hasStream } from './environments.ts';
import { ErrorDays } from './error-days.ts';
import { ExpiredEvents } from './expired-events.ts';
import { Extensions } from './extensions.ts';
import { Faults } from './faults.ts';
import { DEAD_LETTER_BYTES, IngestStats } from './ingest-stats.ts';
import { InitEvents } from './init-events.ts';
import type { InvocationRow } from './invocations.ts';
import { Invocations, isWarmSuccess } from './invocations.ts';
import { LogVolumes } from './log-volumes.ts';
import { OldUnknownStreams } from './old-unknown-streams.ts';
import { PendingStarts } from './pending-starts.ts';
import type { ProactiveThresholds } from './proactive-thresholds.ts';
import { RawChunks } from './raw-chunks.ts';
import { RequestIndex } from './request-index.ts';
import { Rollups } from './rollups.ts';
import { RowGroup } from './row-group.ts';
import { RuntimeDone } from './runtime-done.ts';
import { SameAttempt, saysMore } from './same-attempt.ts';
import { StaleHours } from './stale-hours.ts';
import { TelemetryRecords } from './telemetry-records.ts';

export class BatchWriter {
  readonly #dimensions: DimensionCache;
  readonly #rollups: Rollups;
  readonly #staleHours: StaleHours;
  readonly #invocations: Invocations;
  readonly #stats: IngestStats;
  readonly #records: TelemetryRecords;
  readonly #checkpoints: Checkpoints;
  readonly #chunks: RawChunks;
  readonly #runtimeDone: RuntimeDone;
  readonly #volumes: LogVolumes;
  readonly #extensions: Extensions;
  readonly #attempts: Attempts;
  readonly #faults: Faults;
  readonly #tenants: EnvironmentTenants;
  readonly #inits: InitEvents;
  readonly #starts: PendingStarts;
  readonly #same: SameAttempt;
  readonly #detailDays: DetailRetentionIndex;
  readonly #errorDays: ErrorDays;
  readonly #expired: ExpiredEvents;
  readonly requests: RequestIndex;
  readonly oldUnknown: OldUnknownStreams;
  readonly feed = new CommitFeed();
  #accepted = 0;
  #duplicates = 0;
  readonly #group = new RowGroup({
    together: (environment, entries) => this.#together(environment, entries),
    single: (environment, entry) => this.#row(environment, entry),
  });

  constructor(db: Database.Database, deadLetterBytes = DEAD_LETTER_BYTES, metrics: MetricLimits = METRIC_OPTIONS) {
    this.#dimensions = new DimensionCache(db);
    this.#rollups = new Rollups(db);
    this.#staleHours = new StaleHours(db);
    this.#invocations = new Invocations(db, this.#rollups, this.#staleHours);
    this.#stats = new IngestStats(db, deadLetterBytes);
    this.#detailDays = new DetailRetentionIndex(db);
    const deploys = new Deploys(db, this.#staleHours);
    this.#records = new TelemetryRecords(db, this.#dimensions, this.#detailDays, deploys, metrics);
    this.#tenants = new EnvironmentTenants(db, this.#staleHours);
    this.#checkpoints = new Checkpoints(db);
    this.#chunks = new RawChunks(db);
    this.#runtimeDone = new RuntimeDone(db);
    this.#volumes = new LogVolumes(db, this.#dimensions, this.#detailDays);
    this.requests = new RequestIndex(db);
    this.#attempts = new Attempts(this.requests, this.#invocations);
    this.#errorDays = new ErrorDays(db);
    this.#expired = new ExpiredEvents(db);
    this.#faults = new Faults(db, this.#dimensions, this.#invocations, this.#attempts, this.#staleHours);
    this.#inits = new InitEvents(db, this.#dimensions);
    this.#starts = new PendingStarts(db, this.#dimensions);
    this.#extensions = new Extensions(db, this.#dimensions);
    const rows = { invocations: this.#invocations, attempts: this.#attempts, faults: this.#faults };
    this.#same = new SameAttempt(db, this.#dimensions, rows);
    const own = { same: this.#same, inits: this.#inits, starts: this.#starts, extensions: this.#extensions };
    this.oldUnknown = new OldUnknownStreams(db, this.#dimensions, { ...rows, ...own });
  }

  /** Writes the batch. The caller commits after {@link flush}, or rolls back and calls {@link reset}. */
  apply(batch: Batch, source: BatchSource, nowMs: number, checkpoint: PullCheckpoint | null = null): WriteOutcome {
    const outcome = this.store(batch, source, nowMs);
    this.#stats.record(batch, source, outcome, this.#expired, nowMs);
    if (checkpoint !== null) this.#checkpoints.save(checkpoint);
    return outcome;
  }

  /** {@link apply} without statistics: for what was counted when it arrived. */
  store(batch: Batch, source: BatchSource, nowMs: number): WriteOutcome {
    this.#accepted = 0;
    this.#duplicates = 0;
    this.#expired.clear();
    this.#detailDays.begin(nowMs);
    const seenMs = firstSeenMs(batch);
    const environments = batch.streams.map((one, at) => this.#dimensions.environment(one, seenMs[at] ?? 0));
    for (const environment of environments) environment.attributes ??= batch.attributes;
    this.#errorDays.store(batch, (stream) => environmentOf(environments, stream).functionId);
    for (const init of batch.inits) this.#init(environmentOf(environments, init.stream), init);
    this.#rows(batch, environments);
    for (const start of batch.starts) this.#start(environmentOf(environments, start.stream), start);
    for (const fault of batch.faults) {
      const environment = environmentOf(environments, fault.stream);
      if (this.#takes(environment, fault.atMs)) this.#count(this.#faults.add(environment, fault), 1);
    }
    for (const extension of batch.extensions) {
      const environment = environmentOf(environments, extension.stream);
      if (!this.#takes(environment, extension.atMs)) continue;
      this.#dimensions.touch(environment, extension.atMs);
      const { isNew, isPlaced } = this.#extensions.add(environment, extension);
      this.#count(isNew ? 1 : 0, 1);
      if (isPlaced) this.#changedAsAWhole(environment);
    }
    for (const chunk of batch.raw) {
      const { id, functionId } = environmentOf(environments, chunk.stream);
      if (this.#detailDays.takes('function', functionId, chunk.lastMs)) this.#chunks.add(id, chunk, nowMs);
    }
    for (const done of batch.runtimeDone) {
      const environment = environmentOf(environments, done.stream);
      if (this.#takes(environment, done.atMs)) this.#count(this.#runtimeDone.add(environment.id, done), 1);
    }
    for (const volume of batch.volumes) this.#volumes.add(volume);
    for (const entry of batch.records) {
      const changes = this.#records.write(entry, source, nowMs);
      // Its log line was already counted.
      if (entry.record.kind === 'response') continue;
      if (changes === null) this.#expired.addRecord(entry.record.kind);
      else this.#count(changes, 1);
      if (entry.record.kind === 'function-facts') this.#errorDays.forgetFilters();
    }
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      rejected: recordsIn(batch.deadLetters),
      ...this.#expired.outcome(batch.counts),
    };
  }

  /** Thresholds of proactive inits, by function. */
  get thresholds(): ProactiveThresholds {
    return this.#invocations.thresholds;
  }

  /** Reclassifies the inits of environments after a threshold moved. The caller commits after {@link flush}. */
  reclassifyInits(environmentIds: readonly number[]): void {
    for (const id of environmentIds) this.#invocations.reclassifyInits(this.#dimensions.environmentById(id));
  }

  /** Writes what {@link apply} collected. Call before the commit. */
  flush(nowMs: number): void {
    this.#dimensions.flush();
    this.#rollups.flush();
    this.#records.flush(nowMs);
    this.#staleHours.flush(nowMs);
    this.#detailDays.flush();
    this.#volumes.flush();
    this.requests.flush();
    this.#stats.flush();
  }

  /** Clears caches and pending rows after a rollback. */
  reset(): void {
    this.#group.clear();
    this.#dimensions.reset();
    this.#tenants.reset();
    this.#invocations.reset();
    this.#rollups.reset();
    this.#records.reset();
    this.#staleHours.reset();
    this.#detailDays.reset();
    this.#errorDays.reset();
    this.#volumes.reset();
    this.requests.reload();
    this.feed.take();
    this.#stats.reset();
    this.oldUnknown.reset();
  }

  /** Drops caches that retention may have invalidated. Call between commits. */
  forget(): void {
    this.#detailDays.reset();
    this.#errorDays.reset();
    this.#dimensions.forgetEnvironments();
    this.#records.reset();
    this.#stats.reset();
  }

  /** Returns false, and counts the events as expired, if raw events of that day were already deleted. */
  #takes(environment: EnvironmentState, atMs: number, events = 1): boolean {
    if (this.#detailDays.takes('function', environment.functionId, atMs)) return true;
    this.#expired.add(environment.functionId, atMs, events);
    return false;
  }

  #count(changes: number, events: number): void {
    if (changes > 0) this.#accepted += events;
    else this.#duplicates += events;
  }

  #rows(batch: Batch, environments: readonly EnvironmentState[]): void {
    const columns = new ColumnReader(batch.invocations);
    for (let row = 0; row < columns.n; row += 1) {
      columns.row = row;
      const stream = environmentOf(environments, columns.stream);
      if (!this.#takes(stream, columns.endMs, columns.events)) continue;
      const { requestId, version, memoryMb, startMs } = columns;
      const environment = this.#homeOf(stream, columns);
      if (hasStream(environment)) {
        environment.version ??= version;
        environment.memoryMb ??= memoryMb;
      }
      const run = this.#starts.take(environment, columns);
      // Its exact END may still arrive, even if START is known.
      if (run.waited && isWholeSecond(columns.endMs)) environment.hasWholeSeconds = true;
      if (!hasStream(environment))
        this.#dimensions.noteLatest(environment.functionId, columns.endMs, memoryMb, version ?? run.version);
      const given = columns.read(environment, {
        requestId,
        runMs: run.ms,
        seriesId: this.#dimensions.seriesOf(environment, version ?? run.version ?? environment.version, memoryMb),
        errorTypeId: this.#dimensions.label(columns.errorType),
        tenantId: this.#dimensions.label(columns.tenant ?? run.tenant),
      });
      if (hasStream(environment))
        this.#tenants.note(environment.functionId, environment.id, given.tenantId, environment.firstSeenMs);
      // A pending START that is delivered again with its REPORT was already counted.
      const hasStart = !Number.isNaN(startMs);
      const again = run.waited && hasStart ? 1 : 0;
      this.#duplicates += again;
      this.#take(environment, { row: given, events: columns.events - again, startIsNew: hasStart && again === 0 });
    }
    this.#group.flush();
  }

  /** The environment of a row: that of its stream, or one whose START of this attempt waits for its REPORT. */
  #homeOf(stream: EnvironmentState, columns: ColumnReader): EnvironmentState {
    return hasStream(stream) ? stream : (this.#starts.environmentOf(stream.functionId, columns) ?? stream);
  }

  #take(environment: EnvironmentState, entry: ReadRow): void {
    if (this.#same.needsSearch(environment, entry.row)) {
      this.#group.flush();
      this.#row(environment, entry);
      return;
    }
    if (!this.#group.fits(environment, entry)) this.#group.flush();
    const lastEndMs = this.#group.lastEndMs ?? environment.lastEndMs;
    if (!environment.hasFaultLines && isWarmSuccess(environment, entry.row, lastEndMs)) {
      this.#group.add(environment, entry);
    } else {
      this.#group.flush();
      this.#row(environment, entry);
    }
  }

  /** Stores the rows with one statement. Returns false if one of them has a stored key. */
  #together(environment: EnvironmentState, entries: readonly ReadRow[]): boolean {
    const rows = entries.map((one) => one.row);
    if (!this.#invocations.insertTogether(environment, rows)) return false;
    let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { row, events } of entries) {
      firstMs = Math.min(firstMs, row.endMs - (row.runMs ?? 0));
      lastMs = Math.max(lastMs, row.endMs);
      this.#stored(row, events);
    }
    this.#dimensions.touch(environment, firstMs);
    this.#dimensions.touch(environment, lastMs);
    if (hasStream(environment))
      this.#dimensions.noteLatest(environment.functionId, lastMs, environment.memoryMb, environment.version);
    return true;
  }

  #seen(environment: EnvironmentState, row: InvocationRow): void {
    this.#dimensions.touch(environment, row.endMs - (row.runMs ?? 0));
    this.#dimensions.touch(environment, row.endMs);
    if (hasStream(environment))
      this.#dimensions.noteLatest(row.functionId, row.endMs, environment.memoryMb, environment.version);
  }

  #stored(row: InvocationRow, events: number): void {
    this.requests.add(requestHash(row.requestId), row);
    this.feed.add(row);
    this.#accepted += events;
  }

  #row(environment: EnvironmentState, { row: given, events, startIsNew }: ReadRow): void {
    this.#seen(environment, given);
    const same = this.#same.needsSearch(environment, given) ? this.#same.find(environment, given) : null;
    if (same !== null) {
      this.#same.merge(environment, same, given);
      const hasNewStart = startIsNew && same.runMs === null;
      this.#accepted += hasNewStart ? 1 : 0;
      this.#duplicates += events - (hasNewStart ? 1 : 0);
      return;
    }
    const stored = this.#invocations.insert(environment, this.#faults.applyTo(environment, given));
    if (stored !== null) {
      this.#stored(stored, events);
      return;
    }
    this.#duplicates += events;
    const old = this.#invocations.find(given.functionId, given.endMs, given.requestId, environment.id);
    if (old === null || !saysMore(given, old)) return;
    this.#same.merge(environment, old, given);
    // The REPORT is a duplicate, its START is new.
    if (startIsNew && old.runMs === null) {
      this.#accepted += 1;
      this.#duplicates -= 1;
    }
  }

  #start(environment: EnvironmentState, start: PendingStart): void {
    if (!this.#takes(environment, start.startMs)) return;
    this.#dimensions.touch(environment, start.startMs);
    if (hasStream(environment)) environment.version ??= start.version;
    const untilMs = start.startMs + LONGEST_RUN_MS;
    const attempts = this.#same
      .attemptsOf(environment, start.requestId, secondOf(start.startMs), untilMs)
      .filter((row) => mayBeStartOf(start.startMs, row.endMs, row.durationUs / 1000));
    const known = attempts.find((row) => row.runMs !== null && mayBeSameTime(row.endMs - row.runMs, start.startMs));
    const open = attempts.filter((row) => row.runMs === null).toSorted((a, b) => a.endMs - b.endMs)[0];
    const row = known ?? open;
    if (row !== undefined) {
      const home = this.#dimensions.environmentById(row.environmentId);
      this.#same.complete(home, row, start);
      this.#count(known === undefined ? 1 : 0, 1);
      if (row.endMs < start.startMs) this.#starts.add(home, start);
      return;
    }
    const placed = this.#same.placeByStart(environment, start, untilMs);
    if (placed === null) this.#count(this.#starts.add(environment, start) ? 1 : 0, 1);
    else {
      this.#count(placed.runMs === null ? 1 : 0, 1);
      if (placed.endMs < start.startMs) this.#starts.add(environment, start);
    }
  }

  #init(environment: EnvironmentState, init: InitEvent): void {
    if (!this.#takes(environment, init.atMs)) return;
    this.#dimensions.touch(environment, init.atMs);
    const { isNew, home, atMs, cutMs } = this.#inits.add(environment, init);
    this.#count(isNew ? 1 : 0, 1);
    if (init.runtimeVersion !== null) {
      this.#dimensions.noteRuntime(environment.functionId, init.atMs, init.runtimeVersion);
    }
    if (home === null) return;
    this.#dimensions.touch(home, atMs);
    this.#changedAsAWhole(home);
    home.runtimeVersion ??= init.runtimeVersion;
    home.runtimeVersionArn ??= init.runtimeVersionArn;
    const isNewType = init.initializationType !== null && home.initializationType === null;
    if (isNewType) home.initializationType = init.initializationType;
    const { initStartMs } = home;
    const moves = init.kind === 'init-start' && (initStartMs === null || atMs < initStartMs || cutMs === initStartMs);
    if (moves) home.initStartMs = atMs;
    if (isNewType || moves) this.#invocations.reclassifyInits(home);
    if (isReinit(init)) {
      home.hasFailures = true;
      home.hasReinits = true;
      this.#staleHours.span(home.functionId, atMs, atMs);
      this.#invocations.reclassifyAfter(home, Math.min(atMs, cutMs ?? atMs) - 1);
    }
  }

  /** Marks every hour of the environment as stale, because a fact about the environment as a whole changed. */
  #changedAsAWhole({ functionId, firstSeenMs, lastEndMs }: EnvironmentState): void {
    if (lastEndMs !== null) this.#staleHours.span(functionId, firstSeenMs, lastEndMs);
  }
}
