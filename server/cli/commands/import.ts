/** `thermocline import`. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples, twelveDigits } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { ImportOptions } from '../import/run.ts';
import { UserError } from '../user-error.ts';

interface ImportArguments extends ImportOptions {
  readonly list?: true;
  readonly undo?: string;
  readonly yes?: true;
}

export function importCommand(program: Command, run: Run): void {
  program
    .command('import')
    .description(
      'import log files: console copies and CSV, Logs Insights, `aws logs tail`, AWS CLI output, NDJSON, S3 exports (gzip)',
    )
    .argument('[files...]', 'files, folders or patterns, or - for standard input')
    .option('--function <name>', 'function name, for lines that do not name one')
    .option('--log-group <name>', 'log group, for lines that do not name one')
    .option('--log-stream <name>', 'log stream, for lines that do not name one')
    .option('--account <id>', 'AWS account id', twelveDigits)
    .option('--region <name>', 'AWS region')
    .option('--list', 'list imports and their ids instead')
    .option('--undo <id>', 'undo the import with this id: remove what it added')
    .option('--yes', 'with --undo: do not ask')
    .option('--dry-run', 'read the files and say what would be stored; write nothing')
    .addHelpText(
      'after',
      examples(
        'aws logs filter-log-events --log-group-name /aws/lambda/checkout --output json > checkout.json && thermocline import checkout.json --function checkout',
        'aws logs tail /aws/lambda/checkout --since 1d | thermocline import - --function checkout',
        'thermocline import --undo 20261128-7f3a9c51',
        'thermocline import exportedlogs/ --log-group /aws/lambda/checkout --account 123456789012 --region eu-west-1',
      ),
    )
    .action((files: string[], { list, undo, yes, ...options }: ImportArguments) =>
      run(async () => {
        const config = configFromProcess();
        if (list === true || undo !== undefined) {
          if (files.length > 0) throw new UserError('--list and --undo take no files');
          const { listImports, undoImport } = await import('../import/undo.ts');
          return undo === undefined ? listImports(config) : undoImport(config, undo, { ...(yes && { yes }) });
        }
        if (files.length === 0)
          throw new UserError('missing files: name files, folders or patterns, or - for standard input');
        return (await import('../import/run.ts')).importFiles(config, files, options);
      }),
    );
}
