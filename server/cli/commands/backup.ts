/** `thermocline backup`: creates a backup, through the running server or directly. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { BackupsAnswer } from '../../http/contract/settings.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { ShareProgress } from '../progress.ts';
import { openTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

const POLL_MS = 200;

export function backupCommand(program: Command, run: Run): void {
  program
    .command('backup')
    .description('back up the store while it is in use, and verify the copy')
    .action(() => run(() => makeBackup(configFromProcess())));
}

/** Creates a backup through the running server, or directly. @throws UserError if it fails. */
async function makeBackup(config: Config): Promise<number> {
  const target = await openTarget(config);
  const progress = new ShareProgress('pages');
  try {
    const request = async (init?: RequestInit): Promise<BackupsAnswer> =>
      readAnswer<BackupsAnswer>(await target.request('/api/v1/backups', init));
    const headers = { 'content-type': 'application/json' };
    const known = new Set((await request()).items.map((item) => item.id));
    let state = await request({ method: 'POST', body: '{}', headers });
    let [copying, copied] = ['', 0];
    while (state.running !== null) {
      const { what, done, total } = state.running;
      // Progress restarts with each file.
      progress.add(what === copying ? done - copied : done, done / Math.max(1, total), what);
      [copying, copied] = [what, done];
      await new Promise((over) => setTimeout(over, POLL_MS));
      state = await request();
    }
    progress.finish();
    const [made] = state.items.filter((item) => !known.has(item.id));
    if (made === undefined) throw new UserError(`Backup failed: ${state.error ?? 'it was interrupted'}`);
    writeOut(`${made.path} (${byteSize(made.bytes)}, verified)\n`);
    return 0;
  } finally {
    progress.finish();
    await target.close();
  }
}
