/** `thermocline inventory`. The AWS SDK is imported when the command runs. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import { addAwsScope } from '../aws-options.ts';
import type { Run } from '../command.ts';
import type { InventoryOptions } from '../inventory.ts';

export function inventoryCommand(program: Command, run: Run): void {
  addAwsScope(program.command('inventory'))
    .description('read function configurations: memory, timeout, architecture, VPC, layers')
    .option('--from-file <path>', 'read the output of `aws lambda list-functions` instead of calling AWS')
    .addHelpText(
      'after',
      examples(
        'thermocline inventory --region eu-west-1',
        'aws lambda list-functions > functions.json && thermocline inventory --from-file functions.json',
      ),
    )
    .action((options: InventoryOptions) =>
      run(async () => (await import('../inventory.ts')).runInventory(configFromProcess(), options)),
    );
}
