/** Settings of redaction. */
import * as z from 'zod';
import { redactionExpressionFault } from '../../ingest/decode/redaction-expressions.ts';
import type { PatternName, RedactionRules } from '../../ingest/redaction/rules.ts';
import { PATTERN_NAMES } from '../../ingest/redaction/rules.ts';

const MOST_RULES = 100;
/** Names appear in the marker, `[redacted:name]`. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

const isPattern = (name: string): name is PatternName => PATTERN_NAMES.some((known) => known === name);

/** What is wrong with a name of a pattern; null if nothing is. */
export function patternFault(name: string): string | null {
  return isPattern(name) ? null : `expected ${PATTERN_NAMES.join(', ')}, got ${JSON.stringify(name.slice(0, 50))}`;
}

/** What is wrong with a name of a member; null if nothing is. */
export function keyFault(key: string): string | null {
  const shown = JSON.stringify(key.slice(0, 50));
  if (!/^[A-Za-z_$*][\w.$*-]{0,127}$/.test(key))
    return `expected a name such as password or *token*, of letters, digits and _ - . $ *, got ${shown}`;
  return /[A-Za-z0-9]/.test(key) ? null : `${shown} matches every member: expected a letter or digit`;
}

/** What is wrong with expressions by name; null if nothing is. */
export function expressionsFault(expressions: Readonly<Record<string, string>>): string | null {
  const entries = Object.entries(expressions);
  if (entries.length > MOST_RULES) return `expected at most ${MOST_RULES} expressions, got ${entries.length}`;
  for (const [name, source] of entries) {
    const shown = JSON.stringify(name.slice(0, 50));
    if (!NAME.test(name)) return `expected names of lower-case letters, digits and -, such as order-id, got ${shown}`;
    if (isPattern(name) || name === 'key') return `${shown} is the name of a built-in rule: expected another one`;
    const fault = redactionExpressionFault(source);
    if (fault !== null) return `${name}: ${fault}`;
  }
  return null;
}

/** The rules of the settings; null if there are none. */
export function rulesOf(
  patterns: readonly string[],
  keys: readonly string[],
  expressions: Readonly<Record<string, string>>,
): RedactionRules | null {
  if (patterns.length + keys.length + Object.keys(expressions).length === 0) return null;
  return { patterns: patterns.filter(isPattern), keys, expressions };
}

/** A list of which each entry is checked. */
export function checkedList(list: z.ZodType<string[], string>, fault: (item: string) => string | null) {
  return list.superRefine((all, issue) => {
    const message = all.length > MOST_RULES ? `expected at most ${MOST_RULES} entries` : firstOf(all.map(fault));
    if (message !== null) issue.addIssue({ code: 'custom', message });
  });
}

function firstOf(faults: readonly (string | null)[]): string | null {
  return faults.find((fault) => fault !== null) ?? null;
}

const OBJECT = 'expected a JSON object of expressions by name, such as {"order":"ORD-[0-9]+"}';

export const redactionExpressions = z
  .string()
  .transform((text, issue) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      issue.addIssue({ code: 'custom', message: OBJECT });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string(), { error: OBJECT }))
  .superRefine((expressions, issue) => {
    const message = expressionsFault(expressions);
    if (message !== null) issue.addIssue({ code: 'custom', message });
  });
