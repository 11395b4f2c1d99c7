/** Runs each maintenance job in a child process. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OnProgress } from '../../ports/maintenance.ts';
import { StoreError } from '../../ports.ts';
import type { UpkeepJob, UpkeepReply } from './maintenance-process.ts';

export class UpkeepProcesses {
  readonly #entry: string;
  readonly #running = new Set<ChildProcess>();

  /** `workers`: folder of the built entry points. */
  constructor(workers: URL) {
    this.#entry = fileURLToPath(new URL('upkeep.cjs', workers));
  }

  /** Resolves with the job's result. @throws StoreError */
  run(job: UpkeepJob, onProgress: OnProgress = () => undefined): Promise<unknown> {
    const child = fork(this.#entry, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#running.add(child);
    return new Promise((resolve, reject) => {
      child.on('message', (reply: UpkeepReply) => {
        if (reply.kind === 'progress') onProgress({ what: reply.what, done: reply.done, total: reply.total });
        else if (reply.kind === 'done') resolve(reply.value);
        else reject(new StoreError('unavailable', reply.message));
      });
      child.once('error', (error) => reject(new StoreError('unavailable', error.message)));
      child.once('exit', (code, signal) => {
        this.#running.delete(child);
        reject(new StoreError('unavailable', `the ${job.op} process ended before it was done (${signal ?? code})`));
      });
      child.send(job);
    });
  }

  close(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}
