/** Builds the server before integration tests, since worker threads run compiled code. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/ensure.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
