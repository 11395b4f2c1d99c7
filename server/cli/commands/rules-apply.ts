/** `thermocline rules apply`: applies rule files as one change. */
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import type { RulesOptions } from '../rules-code.ts';
import { codeOptions } from '../rules-options.ts';

export function rulesApplyCommand(rules: Command, run: Run): void {
  codeOptions(
    rules
      .command('apply')
      .description('apply rule files: rules, receivers, routes and inhibitions in one change, all of it or nothing')
      .argument('<path>', 'rule file (YAML or JSON), or folder of them'),
  )
    .option('--prune', 'also delete what this owner applied before and the files no longer hold')
    .option('--revision <revision>', 'that of "rules plan --json": fails if anything was changed since')
    .option('--json', 'print what changed as JSON')
    .addHelpText(
      'after',
      examples('thermocline rules apply rules/ --prune', 'thermocline rules apply team.yaml --owner team-orders'),
    )
    .action((path: string, options: RulesOptions & { readonly revision?: string }) =>
      run(async () => (await import('../rules-code.ts')).applyRules(path, options)),
    );
}
