/** Runs each query of the SQL console in a child process, which is killed at its deadline: nothing else stops SQLite in a statement. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import type { SqlConsole, SqlOutcome, SqlQuery } from '../../ports/sql.ts';
import { MOST_SQL_BYTES } from '../../sql/refusal.ts';
import { QueryTurns } from '../../sql/turns.ts';
import type { QueryJob, QueryReply } from './query-job.ts';
import { MEMORY_SIGNAL } from './query-job.ts';

/** Heap of JavaScript of a process, which holds a part of the answer. */
const HEAP_MB = 128;
/** The process ends itself this long after the server should have ended it. */
const GRACE_MS = 2000;

export interface QueryProcessOptions {
  /** Folder of the built entry points. */
  readonly workers: URL;
  /** The data folder. */
  readonly folder: string;
  readonly terms: PriceTerms;
  readonly deadlineMs: number;
  /** Memory of the process of a query. */
  readonly memoryBytes: number;
}

export class QueryProcesses implements SqlConsole {
  readonly #options: QueryProcessOptions;
  readonly #running = new Set<ChildProcess>();
  readonly #turns = new QueryTurns();
  #isClosed = false;

  constructor(options: QueryProcessOptions) {
    this.#options = options;
  }

  async run(query: SqlQuery, signal?: AbortSignal): Promise<SqlOutcome> {
    const ended = await this.#turns.run(signal, () =>
      this.#isClosed ? Promise.resolve<SqlOutcome>({ kind: 'abandoned' }) : this.#inProcess(query, signal),
    );
    if (ended === 'busy') return { kind: 'busy', retryAfterSec: Math.ceil(this.#options.deadlineMs / 1000) };
    return ended === 'left' ? { kind: 'abandoned' } : ended;
  }

  close(): void {
    this.#isClosed = true;
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #inProcess(query: SqlQuery, signal: AbortSignal | undefined): Promise<SqlOutcome> {
    const { workers, folder, terms, deadlineMs, memoryBytes } = this.#options;
    const child = fork(fileURLToPath(new URL('sql.cjs', workers)), {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      // Nothing of the server's environment is needed, and it may hold secrets.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#running.add(child);
    return new Promise((resolve) => {
      const body: Uint8Array<ArrayBuffer>[] = [];
      let outcome: SqlOutcome | null = null;
      const stop = (why: SqlOutcome): void => {
        outcome ??= why;
        child.kill('SIGKILL');
      };
      const timer = setTimeout(() => stop({ kind: 'deadline', ms: deadlineMs }), deadlineMs);
      const leave = (): void => stop({ kind: 'abandoned' });
      signal?.addEventListener('abort', leave);
      child.on('message', (reply: QueryReply) => {
        if (reply.kind === 'piece') body.push(reply.bytes);
        else outcome ??= reply.kind === 'rows' ? { ...reply, body } : reply;
      });
      const end = (ended: SqlOutcome): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        this.#running.delete(child);
        resolve(outcome ?? ended);
      };
      child.once('error', (error) => end({ kind: 'failed', message: error.message }));
      child.once('exit', (code, ended) =>
        end(this.#isClosed ? { kind: 'abandoned' } : endOf(code, ended, memoryBytes)),
      );
      const job: QueryJob = {
        ...query,
        path: join(folder, 'telemetry.db'),
        terms,
        mostBytes: MOST_SQL_BYTES,
        memoryBytes,
        deadlineMs: deadlineMs + GRACE_MS,
      };
      child.send(job, (error) => {
        if (error !== null) stop({ kind: 'failed', message: error.message });
      });
    });
  }
}

/** Exit code of V8 without memory: SIGABRT, or as Node on Windows reports it. */
const ABORTED = 134;

/** Why a process ended that did not answer. */
function endOf(code: number | null, signal: NodeJS.Signals | null, bytes: number): SqlOutcome {
  // The kernel kills processes without memory.
  const ranOut = signal === MEMORY_SIGNAL || signal === 'SIGABRT' || signal === 'SIGKILL' || code === ABORTED;
  return ranOut
    ? { kind: 'memory', bytes }
    : { kind: 'failed', message: `the process of the query ended before it was done (${signal ?? code})` };
}
