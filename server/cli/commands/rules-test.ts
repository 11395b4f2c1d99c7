/** `thermocline rules test`: runs the tests of a rule file. */
import type { Command } from 'commander';
import { plain } from '../../../ingest/text/printable.ts';
import { plural } from '../../../ingest/text/quantities.ts';
import { runRuleTests } from '../../alerts/rules/rule-files.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { loadRuleFile } from '../rule-file.ts';
import { UserError } from '../user-error.ts';

export function rulesTestCommand(rules: Command, run: Run): void {
  rules
    .command('test')
    .description('run the unit tests of a rule file')
    .argument('<file>', 'YAML or JSON')
    .addHelpText('after', examples('thermocline rules test deploy/rules/builtin.yaml'))
    .action((path: string) => run(() => testRules(path)));
}

/** Exit code 1 if a test fails. @throws UserError if the file is invalid or has no tests. */
function testRules(path: string): number {
  const file = loadRuleFile(path);
  if (file.tests.length === 0) throw new UserError(`${path}: the file contains no tests`);
  const failures = runRuleTests(file);
  for (const { rule, at, expected, found } of failures) {
    writeOut(`${plain(`FAILED ${rule} at ${at}: expected ${expected}, found ${found}`)}\n`);
  }
  const failed = new Set(failures.map((failure) => failure.rule)).size;
  writeOut(
    `${plural(file.tests.length, 'test')}, ${failed === 0 ? 'all passed' : `failures in ${plural(failed, 'rule')}`}\n`,
  );
  return failures.length === 0 ? 0 : 1;
}
