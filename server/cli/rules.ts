/** `thermocline rules check FILE` and `rules test FILE`: rule files with their unit tests. */
import { readFileSync } from 'node:fs';
import type { RuleFile } from '../alerts/rules/rule-files.ts';
import { readRuleFile, runRuleTests } from '../alerts/rules/rule-files.ts';
import { plain } from './text.ts';
import { UserError } from './user-error.ts';

/** @throws UserError naming each fault of the file. */
export function checkRules(path: string): number {
  const file = read(path);
  process.stdout.write(`${path}: ${file.rules.length} rules, ${file.tests.length} tests: nothing wrong\n`);
  return 0;
}

/** Exit code 1 where a test fails. @throws UserError where the file cannot be read. */
export function testRules(path: string): number {
  const file = read(path);
  if (file.tests.length === 0) throw new UserError(`${path}: there are no tests in it`);
  const failures = runRuleTests(file);
  for (const { rule, at, expected, found } of failures) {
    process.stdout.write(`${plain(`FAILED ${rule} at ${at}: expected ${expected}, found ${found}`)}\n`);
  }
  const failed = new Set(failures.map((failure) => failure.rule)).size;
  process.stdout.write(`${file.tests.length} tests, ${failed === 0 ? 'all hold' : `of ${failed} rules some fail`}\n`);
  return failures.length === 0 ? 0 : 1;
}

function read(path: string): RuleFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`${path} cannot be read`);
  }
  const result = readRuleFile(text);
  if (!result.ok) throw new UserError(result.errors.map((error) => `${path}: ${error}`).join('\n'));
  return result.file;
}
