/** Runs `thermocline demo --live` in a process of its own, which finds this server by its discovery file. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

export interface DemoState {
  /** When the process was started, epoch ms; null if none runs. */
  readonly startedMs: number | null;
  /** Why the last process ended before it was stopped; null if it did not. */
  readonly failure: string | null;
}

/** Characters of its last output that are kept. */
const KEPT_OUTPUT = 500;

export class DemoRun {
  readonly #entry: string;
  readonly #now: () => number;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #running: { readonly child: ChildProcess; readonly startedMs: number; readonly ended: Promise<void> } | null = null;
  #failure: string | null = null;

  /** `entry`: the program of the command line. It finds this server by the data folder of its environment. */
  constructor(entry: string, now: () => number, environment: Readonly<Record<string, string | undefined>>) {
    this.#entry = entry;
    this.#environment = environment;
    this.#now = now;
  }

  state(): DemoState {
    return { startedMs: this.#running?.startedMs ?? null, failure: this.#failure };
  }

  /** Starts the process. False if one runs already. */
  start(): boolean {
    if (this.#running !== null) return false;
    this.#failure = null;
    const child = fork(this.#entry, ['demo', '--live', '--no-replace'], {
      execArgv: [],
      env: { ...this.#environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    });
    const ended = new Promise<void>((resolve) => {
      const end = (failure: string | null): void => {
        this.#failure = failure;
        this.#running = null;
        resolve();
      };
      child.once('error', (error) => end(error.message));
      // `close` follows the last output.
      child.once('close', (code) => end(code === 0 || child.killed ? null : output.trim() || `exit code ${code}`));
    });
    this.#running = { child, startedMs: this.#now(), ended };
    return true;
  }

  /** Ends the process, and waits until it sends nothing more. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    running.child.kill('SIGKILL');
    await running.ended;
  }
}
