/** Applies rules of redaction to a text. */
import { findKeys, ruleOfKeys } from './keys.ts';
import { backslashesBefore, FIND } from './patterns.ts';
import type { Finding, FindMatches, RedactionRules } from './rules.ts';
import { marker } from './rules.ts';

/** Names that are kept with their rules: lines of an application have few. */
const MOST_KNOWN_KEYS = 4096;

export interface CompiledRules {
  /** Parts to replace, in order, none within another. */
  find(text: string): readonly Finding[];
  /** The rule for a member of this name; null if there is none. */
  ruleOf(key: string): string | null;
}

/** `compile` makes a search of an expression, whose matches must be found in linear time. */
export function compileRules(rules: RedactionRules, compile: (expression: string) => FindMatches): CompiledRules {
  const searches: readonly (readonly [rule: string, find: FindMatches])[] = [
    ...rules.patterns.map((name) => [name, FIND[name]] as const),
    ...Object.entries(rules.expressions).map(([name, source]) => [name, compile(source)] as const),
  ];
  const ruleOf = rules.keys.length === 0 ? () => null : remembered(ruleOfKeys(rules.keys));
  return {
    find: (text) => {
      const found: Finding[] = [];
      if (rules.keys.length > 0)
        findKeys(text, ruleOf, (start, end, rule, quoted) => found.push({ start, end, rule, quoted: quoted ?? null }));
      for (const [rule, find] of searches)
        find(text, (start, end) => {
          if (end > start) found.push(whole(text, { start, end, rule, quoted: null }));
        });
      return found.length > 1 ? disjoint(found) : found;
    },
    ruleOf,
  };
}

function remembered(ruleOf: (key: string) => string | null): (key: string) => string | null {
  const known = new Map<string, string | null>();
  return (key) => {
    const rule = known.get(key);
    if (rule !== undefined) return rule;
    if (known.size >= MOST_KNOWN_KEYS) known.clear();
    const found = ruleOf(key);
    known.set(key, found);
    return found;
  };
}

/** Keeps JSON intact: an escape is replaced as a whole, and a number by a string. */
function whole(text: string, finding: Finding): Finding {
  const { rule } = finding;
  const start = finding.start - (backslashesBefore(text, finding.start) % 2);
  const end = finding.end + (backslashesBefore(text, finding.end) % 2);
  const isNumber = /^\d+$/.test(text.slice(start, Math.min(end, start + 40))) && isJsonNumber(text, start, end);
  return { start, end: Math.min(end, text.length), rule, quoted: isNumber ? 0 : null };
}

function isJsonNumber(text: string, start: number, end: number): boolean {
  let before = start - 1;
  if (text.charAt(before) === ' ') before -= 1;
  return (
    /[:[,]/.test(text.charAt(before)) && /["[:,\d\]]/.test(text.charAt(before - 1)) && /[,}\]]/.test(text.charAt(end))
  );
}

/** In order; of those that overlap, one that covers both. */
function disjoint(findings: readonly Finding[]): readonly Finding[] {
  const all: Finding[] = [];
  for (const finding of findings.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = all.at(-1);
    if (last === undefined || finding.start >= last.end) all.push(finding);
    else if (finding.end > last.end) all[all.length - 1] = { ...last, end: finding.end };
  }
  return all;
}

/** The text with each finding replaced by the marker of its rule. */
export function replaced(text: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, rule, quoted } of findings) {
    const quote = quoted === null ? '' : `${'\\'.repeat(quoted)}"`;
    parts.push(text.slice(at, start), quote, marker(rule), quote);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}
