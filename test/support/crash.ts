/** A data folder as a crash leaves it: commits are in the write-ahead log and not yet in the database. */
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from './product.ts';

/**
 * Stops the server's threads right after `write`, copies its folder, then kills it. An idle server moves its log into the database:
 * if it did so before it was stopped, `write` is repeated.
 */
export async function copyCrashed(
  server: RunningServer,
  from: string,
  to: string,
  write: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    await write();
    server.process.kill('SIGSTOP');
    if ((statSync(join(from, 'telemetry.db-wal'), { throwIfNoEntry: false })?.size ?? 0) > 0) break;
    server.process.kill('SIGCONT');
  }
  cpSync(from, to, { recursive: true });
  await server.stop('SIGKILL');
}
