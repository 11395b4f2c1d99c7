/** `thermocline rules check FILE` and `rules test FILE`: validates and tests rule files. */
import { readFileSync } from 'node:fs';
import type { RuleFile } from '../alerts/rules/rule-files.ts';
import { readRuleFile, runRuleTests } from '../alerts/rules/rule-files.ts';
import { plain } from './text.ts';
import { UserError } from './user-error.ts';

/** Validates a rule file. @throws UserError with all errors. */
export function checkRules(path: string): number {
  const file = read(path);
  process.stdout.write(`${path}: ${file.rules.length} rules, ${file.tests.length} tests: valid\n`);
  return 0;
}

/** Runs the tests of a rule file. Exit code 1 if one fails. @throws UserError if the file is invalid or has no tests. */
export function testRules(path: string): number {
  const file = read(path);
  if (file.tests.length === 0) throw new UserError(`${path}: the file contains no tests`);
  const failures = runRuleTests(file);
  for (const { rule, at, expected, found } of failures) {
    process.stdout.write(`${plain(`FAILED ${rule} at ${at}: expected ${expected}, found ${found}`)}\n`);
  }
  const failed = new Set(failures.map((failure) => failure.rule)).size;
  process.stdout.write(`${file.tests.length} tests, ${failed === 0 ? 'all passed' : `failures in ${failed} rules`}\n`);
  return failures.length === 0 ? 0 : 1;
}

function read(path: string): RuleFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`${path}: cannot read the file`);
  }
  const result = readRuleFile(text);
  if (!result.ok) throw new UserError(result.errors.map((error) => `${path}: ${error}`).join('\n'));
  return result.file;
}
