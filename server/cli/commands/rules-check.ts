/** `thermocline rules check`: validates a rule file. */
import type { Command } from 'commander';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { loadRuleFile } from '../rule-file.ts';

export function rulesCheckCommand(rules: Command, run: Run): void {
  rules
    .command('check')
    .description('validate a rule file')
    .argument('<file>', 'YAML or JSON')
    .action((path: string) => run(() => checkRules(path)));
}

function checkRules(path: string): number {
  const file = loadRuleFile(path);
  writeOut(`${path}: ${file.rules.length} rules, ${file.tests.length} tests: valid\n`);
  return 0;
}
