/** `thermocline rules check`: validates rule files. */
import type { Command } from 'commander';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { loadRuleSet } from '../rule-file.ts';

export function rulesCheckCommand(rules: Command, run: Run): void {
  rules
    .command('check')
    .description('validate rule files')
    .argument('<path>', 'rule file (YAML or JSON), or folder of them')
    .action((path: string) => run(() => checkRules(path)));
}

function checkRules(path: string): number {
  const { set, files } = loadRuleSet(path);
  const parts = [
    ...(files > 1 ? [`${files} files`] : []),
    `${set.rules.length} rules`,
    `${set.tests} tests`,
    ...(set.receivers.length > 0 ? [`${set.receivers.length} receivers`] : []),
    ...(set.routes === null ? [] : [`${set.routes.length} routes`]),
    ...(set.inhibitions === null ? [] : [`${set.inhibitions.length} inhibitions`]),
  ];
  writeOut(`${path}: ${parts.join(', ')}: valid\n`);
  return 0;
}
