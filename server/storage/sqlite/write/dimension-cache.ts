/** Functions, log groups, environments, series and labels: found, created, and remembered between batches. */
import type Database from 'better-sqlite3';
import { SIMULATED_ACCOUNT } from '../../../../ingest/records/demo-scope.ts';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import { LRUCache } from './lru.ts';

/** What the writer keeps in mind of an environment; flushed once a commit. */
export interface EnvironmentState {
  readonly id: number;
  readonly functionId: number;
  version: string | null;
  memoryMb: number | null;
  runtimeVersion: string | null;
  runtimeVersionArn: string | null;
  initializationType: string | null;
  initStartMs: number | null;
  initUs: number | null;
  firstSeenMs: number;
  lastSeenMs: number;
  firstEndMs: number | null;
  lastEndMs: number | null;
  lastStatus: number | null;
  invocations: number;
  failures: number;
  maxMemoryMb: number | null;
  /** A failure or a failed init happened: the order of its invocations matters. */
  odd: boolean;
  /** An init failed or ran inside an invocation; false where only invocations failed. */
  reinitialised: boolean;
  /** Fault lines are stored: a new row may be theirs. */
  faulty: boolean;
  pendingStarts: number;
  attributes: string | null;
  /** The series of its newest row: the next is nearly always of the same. */
  series: { readonly version: string | null; readonly memoryMb: number | null; readonly id: number } | null;
  dirty: boolean;
}

interface FunctionFacts {
  firstMs: number;
  lastMs: number;
  latestMs: number;
  memoryMb: number | null;
  version: string | null;
  runtimeMs: number;
  runtimeVersion: string | null;
  dirty: boolean;
}

interface Place {
  readonly id: number;
  account: string;
  region: string;
}

const CACHED_ENVIRONMENTS = 20_000;
/** First and last seen of a function without log events: any event moves both. */
const NEVER_FIRST_MS = Date.UTC(2100, 0, 1);
/** Bits of the `odd` column. */
const ODD = 1;
const FAULTY = 2;
/** Said rather than its opposite, which rows of older versions could not say. */
const NEVER_REINITIALISED = 4;

export class Identities {
  readonly #logGroups = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  readonly #functionFacts = new Map<number, FunctionFacts>();
  readonly #environments = new LRUCache<string, EnvironmentState>(CACHED_ENVIRONMENTS);
  readonly #dirty = new Set<EnvironmentState>();
  readonly #seriesIds = new Map<string, number>();
  readonly #labels = new Map<string, number>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = prepare(db);
  }

  /** Forget everything: after a rollback the ids in mind may never have been. */
  reset(): void {
    this.#logGroups.clear();
    this.#functions.clear();
    this.#functionFacts.clear();
    this.#environments.clear();
    this.#dirty.clear();
    this.#seriesIds.clear();
    this.#labels.clear();
  }

  /** Some of them may be gone. */
  forgetEnvironments(): void {
    this.#environments.clear();
  }

  environment(header: StreamHeader, seenMs: number): EnvironmentState {
    const groupId = this.#logGroup(header);
    const key = `${groupId}\n${header.logStream}`;
    let state = this.#environments.get(key);
    if (state === undefined) {
      state = this.#load(groupId, header, seenMs);
      this.#environments.set(key, state);
    }
    return state;
  }

  /** A stored environment. */
  environmentById(id: number): EnvironmentState {
    const header = this.#sql.headerOf.get(id) as Pick<StreamHeader, 'account' | 'region' | 'logGroup' | 'logStream'>;
    return this.environment({ ...header, functionName: '', nameInferred: false, version: null }, 0);
  }

  #load(groupId: number, header: StreamHeader, seenMs: number): EnvironmentState {
    const row = this.#sql.findEnvironment.get(groupId, header.logStream) as EnvironmentRow | undefined;
    if (row !== undefined)
      return {
        ...row,
        odd: (row.odd & ODD) !== 0,
        reinitialised: (row.odd & (ODD | NEVER_REINITIALISED)) === ODD,
        faulty: (row.odd & FAULTY) !== 0,
        series: null,
        dirty: false,
      };
    const functionId = this.#function(header, seenMs);
    const id = Number(
      this.#sql.addEnvironment.run(functionId, groupId, header.logStream, header.version, seenMs, seenMs)
        .lastInsertRowid,
    );
    return {
      id,
      functionId,
      version: header.version,
      memoryMb: null,
      runtimeVersion: null,
      runtimeVersionArn: null,
      initializationType: null,
      initStartMs: null,
      initUs: null,
      firstSeenMs: seenMs,
      lastSeenMs: seenMs,
      firstEndMs: null,
      lastEndMs: null,
      lastStatus: null,
      invocations: 0,
      failures: 0,
      maxMemoryMb: null,
      odd: false,
      reinitialised: false,
      faulty: false,
      pendingStarts: 0,
      attributes: null,
      series: null,
      dirty: false,
    };
  }

  touch(state: EnvironmentState, atMs: number): void {
    if (state.dirty && atMs >= state.firstSeenMs && atMs <= state.lastSeenMs) return;
    if (atMs < state.firstSeenMs) state.firstSeenMs = atMs;
    if (atMs > state.lastSeenMs) state.lastSeenMs = atMs;
    if (!state.dirty) {
      state.dirty = true;
      this.#dirty.add(state);
    }
    const facts = this.#facts(state.functionId);
    if (state.firstSeenMs < facts.firstMs) {
      facts.firstMs = state.firstSeenMs;
      facts.dirty = true;
    }
    if (state.lastSeenMs > facts.lastMs) {
      facts.lastMs = state.lastSeenMs;
      facts.dirty = true;
    }
  }

  /** The function's newest memory size and version, as its newest invocation has them. */
  noteLatest(functionId: number, atMs: number, memoryMb: number | null, version: string | null): void {
    const facts = this.#facts(functionId);
    if (atMs < facts.latestMs) return;
    facts.latestMs = atMs;
    if (facts.memoryMb === memoryMb && facts.version === version) return;
    facts.memoryMb = memoryMb;
    facts.version = version;
    facts.dirty = true;
  }

  /** The function's newest runtime version, from its newest INIT_START. */
  noteRuntime(functionId: number, atMs: number, runtimeVersion: string): void {
    const facts = this.#facts(functionId);
    if (atMs < facts.runtimeMs) return;
    facts.runtimeMs = atMs;
    facts.runtimeVersion = runtimeVersion;
    facts.dirty = true;
  }

  #facts(functionId: number): FunctionFacts {
    let facts = this.#functionFacts.get(functionId);
    if (facts === undefined) {
      facts = { ...(this.#sql.functionFacts.get(functionId) as FunctionFacts), dirty: false };
      this.#functionFacts.set(functionId, facts);
    }
    return facts;
  }

  /** Writes what was touched. Part of the commit. */
  flush(): void {
    for (const state of this.#dirty) {
      this.#sql.saveEnvironment.run({
        ...state,
        odd: (state.odd ? ODD : 0) | (state.faulty ? FAULTY : 0) | (state.reinitialised ? 0 : NEVER_REINITIALISED),
        reinitialised: null,
        faulty: null,
        series: null,
        dirty: null,
      });
      state.dirty = false;
    }
    this.#dirty.clear();
    for (const [id, facts] of this.#functionFacts) {
      if (!facts.dirty) continue;
      this.#sql.saveFunctionFacts.run({ ...facts, dirty: null, id });
      facts.dirty = false;
    }
  }

  seriesOf(environment: EnvironmentState, version: string | null, memoryMb: number | null): number {
    const { series } = environment;
    if (series !== null && series.version === version && series.memoryMb === memoryMb) return series.id;
    const id = this.#findSeries(environment.functionId, version, memoryMb);
    environment.series = { version, memoryMb, id };
    return id;
  }

  #findSeries(functionId: number, version: string | null, memoryMb: number | null): number {
    const key = `${functionId}\n${version ?? ''}\n${memoryMb ?? -1}`;
    let id = this.#seriesIds.get(key);
    if (id === undefined) {
      const found = this.#sql.findSeries.get(functionId, version, memoryMb) as { id: number } | undefined;
      id = found?.id ?? Number(this.#sql.addSeries.run(functionId, version, memoryMb).lastInsertRowid);
      this.#seriesIds.set(key, id);
    }
    return id;
  }

  label(text: string | null): number | null {
    if (text === null) return null;
    const short = text.slice(0, 512);
    let id = this.#labels.get(short);
    if (id === undefined) {
      const found = this.#sql.findLabel.get(short) as { id: number } | undefined;
      id = found?.id ?? Number(this.#sql.addLabel.run(short).lastInsertRowid);
      if (this.#labels.size < 100_000) this.#labels.set(short, id);
    }
    return id;
  }

  #logGroup(header: Pick<StreamHeader, 'account' | 'region' | 'logGroup'>): number {
    const key = `${header.account}\n${header.region}\n${header.logGroup}`;
    let id = this.#logGroups.get(key);
    if (id === undefined) {
      const candidates = this.#sql.logGroups.all(header.logGroup) as Place[];
      const found = adopt(candidates, header, (place) =>
        this.#sql.placeLogGroup.run(place.account, place.region, place.id),
      );
      id = found ?? Number(this.#sql.addLogGroup.run(header.account, header.region, header.logGroup).lastInsertRowid);
      this.#logGroups.set(key, id);
    }
    return id;
  }

  /** A function that something else than its log names: known, though no log event of it was seen. */
  functionNamed(place: { readonly account: string; readonly region: string; readonly name: string }): number {
    const header = { account: place.account, region: place.region, functionName: place.name, nameInferred: false };
    return this.#function(header, null);
  }

  logGroup(place: { readonly account: string; readonly region: string; readonly logGroup: string }): number {
    return this.#logGroup(place);
  }

  #function(
    header: Pick<StreamHeader, 'account' | 'region' | 'functionName' | 'nameInferred'>,
    seenMs: number | null,
  ): number {
    const key = `${header.account}\n${header.region}\n${header.functionName}`;
    let id = this.#functions.get(key);
    if (id === undefined) {
      const candidates = this.#sql.functions.all(header.functionName) as Place[];
      const found = adopt(candidates, header, (place) =>
        this.#sql.placeFunction.run(place.account, place.region, place.id),
      );
      const labelled = header.nameInferred ? 1 : 0;
      id =
        found ??
        Number(
          this.#sql.addFunction.run(
            header.account,
            header.region,
            header.functionName,
            labelled,
            seenMs ?? NEVER_FIRST_MS,
            seenMs ?? 0,
          ).lastInsertRowid,
        );
      this.#functions.set(key, id);
    }
    return id;
  }
}

/**
 * Some paths know neither account nor region (a pasted log). What they bring belongs to the one known place of the
 * same name; and a place that was unknown takes the account and region of the first path that names them. What is
 * simulated stays by itself: nobody's own log is part of a demo.
 */
function adopt(
  candidates: readonly Place[],
  wanted: { account: string; region: string },
  save: (place: Place) => void,
): number | null {
  const compatible = candidates.filter(
    (place) =>
      agrees(place.account, wanted.account) &&
      agrees(place.region, wanted.region) &&
      (place.account === SIMULATED_ACCOUNT) === (wanted.account === SIMULATED_ACCOUNT),
  );
  const exact = compatible.find((place) => place.account === wanted.account && place.region === wanted.region);
  const place = exact ?? (compatible.length === 1 ? compatible[0] : undefined);
  if (place === undefined) return null;
  const account = place.account === '' ? wanted.account : place.account;
  const region = place.region === '' ? wanted.region : place.region;
  if (account !== place.account || region !== place.region) save({ id: place.id, account, region });
  return place.id;
}

function agrees(known: string, wanted: string): boolean {
  return known === wanted || known === '' || wanted === '';
}

/** The environment of a stream of a batch. */
export function environmentOf(environments: readonly EnvironmentState[], stream: number): EnvironmentState {
  const environment = environments[stream];
  if (environment === undefined) throw new RangeError(`stream ${stream} of ${environments.length}`);
  return environment;
}

type EnvironmentRow = Omit<EnvironmentState, 'odd' | 'reinitialised' | 'faulty' | 'series' | 'dirty'> & {
  readonly odd: number;
};

function prepare(db: Database.Database) {
  return {
    logGroups: db.prepare('SELECT id, account, region FROM log_group WHERE name = ?'),
    addLogGroup: db.prepare('INSERT INTO log_group (account, region, name) VALUES (?, ?, ?)'),
    placeLogGroup: db.prepare('UPDATE log_group SET account = ?, region = ? WHERE id = ?'),
    functions: db.prepare('SELECT id, account, region FROM function WHERE name = ?'),
    addFunction: db.prepare(
      'INSERT INTO function (account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    placeFunction: db.prepare('UPDATE function SET account = ?, region = ? WHERE id = ?'),
    functionFacts: db.prepare(
      `SELECT first_seen_ms AS firstMs, last_seen_ms AS lastMs, latest_ms AS latestMs, memory_mb AS memoryMb, version,
       runtime_ms AS runtimeMs, runtime_version AS runtimeVersion FROM function WHERE id = ?`,
    ),
    saveFunctionFacts: db.prepare(
      `UPDATE function SET first_seen_ms = @firstMs, last_seen_ms = @lastMs, latest_ms = @latestMs, memory_mb = @memoryMb,
       version = @version, runtime_ms = @runtimeMs, runtime_version = @runtimeVersion WHERE id = @id`,
    ),
    findSeries: db.prepare(
      `SELECT id FROM series WHERE function_id = ? AND ifnull(version, '') = ifnull(?, '')
       AND ifnull(memory_mb, -1) = ifnull(?, -1) AND ifnull(architecture, '') = ''`,
    ),
    addSeries: db.prepare('INSERT INTO series (function_id, version, memory_mb) VALUES (?, ?, ?)'),
    findLabel: db.prepare('SELECT id FROM label WHERE text = ?'),
    addLabel: db.prepare('INSERT INTO label (text) VALUES (?)'),
    findEnvironment: db.prepare(
      `SELECT id, function_id AS functionId, version, memory_mb AS memoryMb, runtime_version AS runtimeVersion,
       runtime_version_arn AS runtimeVersionArn, initialization_type AS initializationType, init_start_ms AS initStartMs,
       init_us AS initUs, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs, first_end_ms AS firstEndMs,
       last_end_ms AS lastEndMs, last_status AS lastStatus, invocations, failures, max_memory_mb AS maxMemoryMb, odd,
       pending_starts AS pendingStarts, attributes
       FROM environment WHERE log_group_id = ? AND log_stream = ?`,
    ),
    headerOf: db.prepare(
      `SELECT account, region, log_group.name AS logGroup, log_stream AS logStream
       FROM environment JOIN log_group ON log_group.id = log_group_id WHERE environment.id = ?`,
    ),
    addEnvironment: db.prepare(
      `INSERT INTO environment (function_id, log_group_id, log_stream, version, first_seen_ms, last_seen_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    saveEnvironment: db.prepare(
      `UPDATE environment SET version = @version, memory_mb = @memoryMb, runtime_version = @runtimeVersion,
       runtime_version_arn = @runtimeVersionArn, initialization_type = @initializationType, init_start_ms = @initStartMs,
       init_us = @initUs, first_seen_ms = @firstSeenMs, last_seen_ms = @lastSeenMs, first_end_ms = @firstEndMs,
       last_end_ms = @lastEndMs, last_status = @lastStatus, invocations = @invocations, failures = @failures,
       max_memory_mb = @maxMemoryMb, odd = @odd, pending_starts = @pendingStarts, attributes = @attributes WHERE id = @id`,
    ),
  };
}
