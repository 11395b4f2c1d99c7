/** Reads rule files from disk. */
import { readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { FileProblem, RuleSet } from '../alerts/code/rule-set.ts';
import { problemText, readRuleSet } from '../alerts/code/rule-set.ts';
import type { RuleFile } from '../alerts/rules/rule-files.ts';
import { readRuleFile } from '../alerts/rules/rule-files.ts';
import { readTextFiles } from '../storage/files/text-files.ts';
import { UserError } from './user-error.ts';

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** @throws UserError with all errors of the file. */
export function loadRuleFile(path: string): RuleFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`${path}: cannot read the file`);
  }
  const result = readRuleFile(text);
  if (!result.ok) throw problemsError(result.errors.map((error) => ({ ...error, file: path })));
  return result.file;
}

/** The rule files of a folder, or one file. @throws UserError with all errors of all files. */
export function loadRuleSet(path: string): { readonly set: RuleSet; readonly files: number } {
  const found = readTextFiles(path, EXTENSIONS);
  if (!found.ok) throw new UserError(`${found.file}: ${found.reason}`);
  if (found.files.length === 0)
    throw new UserError(`${path}: expected at least one file that ends in ${EXTENSIONS.join(', ')}`);
  // Problems and marks name files as the user does.
  const result = readRuleSet(
    found.files.map((one) => ({ ...one, file: isFolder(path) ? join(path, one.file) : normalize(path) })),
  );
  if (!result.ok) throw problemsError(result.problems);
  return { set: result.set, files: found.files.length };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** One line for each problem, in the form of compilers. */
export function problemsError(problems: readonly FileProblem[]): UserError {
  return new UserError(problems.map(problemText).join('\n'));
}
