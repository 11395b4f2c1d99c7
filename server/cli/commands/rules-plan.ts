/** `thermocline rules plan`: shows what applying rule files would change. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { RulesOptions } from '../rules-code.ts';
import { codeOptions } from '../rules-options.ts';

export function rulesPlanCommand(rules: Command, run: Run): void {
  codeOptions(
    rules
      .command('plan')
      .description('show what applying rule files would change. Exit code: 0 no change, 2 changes, 1 error')
      .argument('<path>', 'rule file (YAML or JSON), or folder of them'),
  )
    .option('--prune', 'also delete what this owner applied before and the files no longer hold')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', examples('thermocline rules plan rules/', 'thermocline rules plan rules/ --prune --json'))
    .action((path: string, options: RulesOptions) =>
      run(async () => (await import('../rules-code.ts')).planRules(path, options)),
    );
}
