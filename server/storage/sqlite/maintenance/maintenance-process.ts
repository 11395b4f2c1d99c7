/** Entry point of the maintenance process. Unlike a thread, a process can be killed in the middle of a statement. */
import { constants, setPriority } from 'node:os';
import { checkStore } from './check.ts';
import type { BackupRequest } from './copy.ts';
import { makeBackup, verifyBackup } from './copy.ts';

export type UpkeepJob =
  | {
      readonly op: 'check';
      readonly folder: string;
      readonly thorough: boolean;
      /** Most bytes that are read per second to compare pages with their sums; null for no limit. */
      readonly bytesPerSecond: number | null;
    }
  | ({ readonly op: 'backup' } & BackupRequest)
  | { readonly op: 'verify'; readonly path: string };

export type UpkeepReply =
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly message: string };

const send = (reply: UpkeepReply): void => {
  process.send?.(reply);
};

process.on('disconnect', () => process.exit(1));
process.once('message', (job: UpkeepJob) => {
  run(job)
    .then((value) => send({ kind: 'done', value }))
    .catch((error: unknown) =>
      send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.disconnect());
});

async function run(job: UpkeepJob): Promise<unknown> {
  const onProgress = (progress: { what: string; done: number; total: number }): void =>
    send({ kind: 'progress', ...progress });
  switch (job.op) {
    case 'check':
      if (job.bytesPerSecond !== null) setPriority(constants.priority.PRIORITY_LOW);
      return checkStore(job.folder, job.thorough, job.bytesPerSecond);
    case 'backup':
      return makeBackup(job, onProgress);
    case 'verify':
      return verifyBackup(job.path, onProgress);
  }
}
