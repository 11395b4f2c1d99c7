/** `thermocline verify`: verifies a backup. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { plain } from '../../../ingest/text/printable.ts';
import { verifiedBackup } from '../backup-files.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';

export function verifyCommand(program: Command, run: Run): void {
  program
    .command('verify')
    .description('verify a backup: checksums, pages, row counts')
    .argument('<backup>', 'folder of a backup')
    .action((path: string) => run(() => verify(path)));
}

/** Verifies a backup. @throws UserError naming the first problem. */
async function verify(path: string): Promise<number> {
  const backup = await verifiedBackup(resolve(path));
  const { files, createdAt } = backup.manifest;
  const rows = files.reduce((sum, file) => sum + Object.values(file.rows).reduce((all, n) => all + n, 0), 0);
  writeOut(`${plain(backup.path)} of ${createdAt} is intact: ${files.length} files, ${rows} rows\n`);
  return 0;
}
