/** Reads rule files from disk. */
import { readFileSync } from 'node:fs';
import type { RuleFile } from '../alerts/rules/rule-files.ts';
import { readRuleFile } from '../alerts/rules/rule-files.ts';
import { UserError } from './user-error.ts';

/** @throws UserError with all errors of the file. */
export function loadRuleFile(path: string): RuleFile {
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
