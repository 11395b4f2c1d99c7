/** `thermocline backups`: lists backups. */
import type { Command } from 'commander';
import { plain } from '../../../ingest/text/printable.ts';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { listBackups } from '../../storage/sqlite/maintenance/manifest.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';

export function backupsCommand(program: Command, run: Run): void {
  program
    .command('backups')
    .description('list backups, newest first')
    .action(() => run(() => showBackups(configFromProcess())));
}

function showBackups(config: Config): number {
  const backups = listBackups(config.backups.folder);
  if (backups.length === 0) writeOut(`No backups in ${config.backups.folder}\n`);
  for (const { path, bytes, manifest } of backups) {
    const by = manifest.by === 'schedule' ? 'scheduled' : 'on request';
    writeOut(`${manifest.createdAt}  ${byteSize(bytes).padStart(9)}  ${by}  ${plain(path)}\n`);
  }
  return 0;
}
