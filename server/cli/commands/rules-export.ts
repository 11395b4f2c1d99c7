/** `thermocline rules export`: prints what is stored as a rule file. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readAnswer, withRetry } from '../../../ingest/api/api-client.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { serverOptions } from '../rules-options.ts';
import { UserError } from '../user-error.ts';

interface ExportOptions {
  readonly output?: string;
  readonly url?: string;
  readonly token?: string;
}

export function rulesExportCommand(rules: Command, run: Run): void {
  serverOptions(
    rules
      .command('export')
      .description('print rules, receivers, routes and inhibitions as a rule file, without secrets'),
  )
    .option('--output <file>', 'write to a file')
    .addHelpText('after', examples('thermocline rules export --output rules/all.yaml'))
    .action((options: ExportOptions) => run(() => exportRules(options)));
}

async function exportRules({ output, ...server }: ExportOptions): Promise<number> {
  const { withTargetOf } = await import('../rules-code.ts');
  const text = await withTargetOf(server, async (target) => {
    const response = await withRetry(() => target.request('/api/v1/alerts/configuration'));
    return response.ok ? response.text() : readAnswer<string>(response);
  });
  if (output === undefined) writeOut(text);
  else
    try {
      writeFileSync(output, text);
    } catch (error) {
      throw new UserError(`--output: ${error instanceof Error ? error.message : String(error)}`);
    }
  return 0;
}
