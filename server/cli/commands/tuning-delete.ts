/** `thermocline tuning delete`: deletes an imported result of AWS Lambda Power Tuning. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { configFromProcess } from '../../config/environment.ts';
import { confirmed } from '../backup-files.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { withTarget } from '../target.ts';

export function tuningDeleteCommand(tuning: Command, run: Run): void {
  tuning
    .command('delete')
    .description('delete an imported result; asks for confirmation')
    .argument('<id>', 'id as listed')
    .option('--yes', 'do not ask for confirmation')
    .action((id: string, options: { readonly yes?: true }) =>
      run(async () => {
        if (options.yes !== true && !(await confirmed(`Delete the Power Tuning result ${plain(id)}?`))) return 1;
        return deleteTuningRun(id);
      }),
    );
}

function deleteTuningRun(id: string): Promise<number> {
  return withTarget(configFromProcess(), async (target) => {
    await readAnswer(await target.request(`/api/v1/tuning-runs/${encodeURIComponent(id)}`, { method: 'DELETE' }));
    writeOut(`Deleted the Power Tuning result ${plain(id)} from ${target.where}.\n`);
  });
}
