/**
 * Table `function`: one row per function, with its newest version, memory size and runtime. Changes are cached and written
 * once per commit.
 */
import type Database from 'better-sqlite3';
import type { AwsScope } from '../../aws-scope.ts';
import { adoptScope } from '../../aws-scope.ts';

export interface FunctionName {
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  /** True if only the log group names the function. */
  readonly nameInferred: boolean;
}

interface FunctionState {
  account: string;
  region: string;
  firstMs: number;
  lastMs: number;
  latestMs: number;
  memoryMb: number | null;
  version: string | null;
  runtimeMs: number;
  runtimeVersion: string | null;
  isChanged: boolean;
}

/** First seen of a function without log events, so that any event precedes it. */
const UNSEEN_MS = Date.UTC(2100, 0, 1);

export class Functions {
  readonly #ids = new Map<string, number>();
  readonly #states = new Map<number, FunctionState>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = prepare(db);
  }

  /** Finds or inserts the function. `seenMs` is the time of its event, or null for a function that only metadata names. */
  idOf({ account, region, functionName, nameInferred }: FunctionName, seenMs: number | null): number {
    const key = `${account}\n${region}\n${functionName}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      const found = adoptScope(this.#sql.find.all(functionName) as AwsScope[], { account, region }, (scope) =>
        this.#setScope(scope),
      );
      const labelled = nameInferred ? 1 : 0;
      const seen = [seenMs ?? UNSEEN_MS, seenMs ?? 0] as const;
      // Another row of a name may make it uncertain whose lines without an account are.
      if (found === null) this.#ids.clear();
      id = found ?? Number(this.#sql.add.run(account, region, functionName, labelled, ...seen).lastInsertRowid);
      this.#ids.set(key, id);
    }
    return id;
  }

  /** Sets the account and region of a stored function from lines that name them, where they were unknown. */
  noteScope(functionId: number, { account, region }: Pick<FunctionName, 'account' | 'region'>): void {
    const state = this.#state(functionId);
    if ((state.account !== '' || account === '') && (state.region !== '' || region === '')) return;
    const scope = [
      state.account === '' ? account : state.account,
      state.region === '' ? region : state.region,
    ] as const;
    // Another function may already have this scope: then it is not certain which of the two the lines belong to.
    if (this.#sql.adopt.run(...scope, functionId).changes > 0) [state.account, state.region] = scope;
    this.#ids.clear();
  }

  /** Extends the period in which the function was seen. */
  noteSeen(functionId: number, firstMs: number, lastMs: number): void {
    const state = this.#state(functionId);
    if (firstMs < state.firstMs) {
      state.firstMs = firstMs;
      state.isChanged = true;
    }
    if (lastMs > state.lastMs) {
      state.lastMs = lastMs;
      state.isChanged = true;
    }
  }

  /** Sets memory size and version from an invocation that ended at `atMs`, unless a newer one was noted. */
  noteLatest(functionId: number, atMs: number, memoryMb: number | null, version: string | null): void {
    const state = this.#state(functionId);
    if (atMs < state.latestMs) return;
    // Of two that end at once, or of one that is delivered twice, keep values that the other lacks.
    const isTied = atMs === state.latestMs;
    const memory = memoryMb ?? (isTied ? state.memoryMb : null);
    const name = version ?? (isTied ? state.version : null);
    if (isTied && state.memoryMb === memory && state.version === name) return;
    state.latestMs = atMs;
    state.memoryMb = memory;
    state.version = name;
    state.isChanged = true;
  }

  /** Sets the runtime version from an INIT_START at `atMs`, unless a newer one was noted. */
  noteRuntime(functionId: number, atMs: number, runtimeVersion: string): void {
    const state = this.#state(functionId);
    if (atMs < state.runtimeMs) return;
    state.runtimeMs = atMs;
    state.runtimeVersion = runtimeVersion;
    state.isChanged = true;
  }

  /** Writes changed rows. Part of the commit. */
  flush(): void {
    for (const [id, state] of this.#states) {
      if (!state.isChanged) continue;
      this.#sql.save.run({ ...state, account: null, region: null, isChanged: null, id });
      state.isChanged = false;
    }
  }

  /** Clears caches after a rollback. */
  reset(): void {
    this.#ids.clear();
    this.#states.clear();
  }

  #setScope({ id, account, region }: AwsScope): void {
    this.#sql.setScope.run(account, region, id);
    const state = this.#states.get(id);
    if (state !== undefined) Object.assign(state, { account, region });
  }

  #state(functionId: number): FunctionState {
    let state = this.#states.get(functionId);
    if (state === undefined) {
      state = { ...(this.#sql.read.get(functionId) as FunctionState), isChanged: false };
      this.#states.set(functionId, state);
    }
    return state;
  }
}

function prepare(db: Database.Database) {
  return {
    find: db.prepare('SELECT id, account, region FROM function WHERE name = ?'),
    add: db.prepare(
      'INSERT INTO function (account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    adopt: db.prepare('UPDATE OR IGNORE function SET account = ?, region = ? WHERE id = ?'),
    setScope: db.prepare('UPDATE function SET account = ?, region = ? WHERE id = ?'),
    read: db.prepare(
      `SELECT account, region, first_seen_ms AS firstMs, last_seen_ms AS lastMs, latest_ms AS latestMs, memory_mb AS memoryMb, version,
       runtime_ms AS runtimeMs, runtime_version AS runtimeVersion FROM function WHERE id = ?`,
    ),
    save: db.prepare(
      `UPDATE function SET first_seen_ms = @firstMs, last_seen_ms = @lastMs, latest_ms = @latestMs, memory_mb = @memoryMb,
       version = @version, runtime_ms = @runtimeMs, runtime_version = @runtimeVersion WHERE id = @id`,
    ),
  };
}
