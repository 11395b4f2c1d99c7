/** Sentences of reasons by their code and parameters, in other languages than English. */
import { localUnits as unitsOf } from '../../ingest/text/local-units.ts';
import { reasonValues } from '../../ingest/text/reason-values.ts';
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { apiKeys, apiText, t } from './translate.ts';

/** Loaded with them: numbers with units in these languages. */
export const localUnits = unitsOf;

/** `sentence`: of the API, for codes that the catalogue does not have. */
export function writtenReason({ code, parameters }: ReasonCodeView, sentence: string): string {
  const { rule } = parameters;
  const named = typeof rule === 'string' ? { ...parameters, rule: ruleName(rule) } : parameters;
  return apiText(`reason:${code}`, sentence, reasonValues(named));
}

const SAID = 'said:';
/** Longer texts are no sentences of the server. */
const LONGEST = 1000;
/** Sentences of the server with values in them, by what they look like; those with the most words first. */
let patterns: readonly (readonly [pattern: RegExp, key: string])[] | null = null;

/** A sentence of server/http/contract/server-sentences.ts in the language of the reader; others as they are. */
export function said(sentence: string): string {
  const own = sentence.length > LONGEST ? sentence : apiText(SAID + sentence, '');
  if (own !== '') return own;
  patterns ??= apiKeys(SAID)
    .filter((key) => key.includes('{'))
    .toSorted((a, b) => words(b) - words(a))
    .map((key) => [patternOf(key.slice(SAID.length)), key] as const);
  for (const [pattern, key] of patterns) {
    const groups = pattern.exec(sentence)?.groups;
    if (groups === undefined) continue;
    const values = Object.entries(groups).map(([name, value]) => [name, said(value)] as const);
    return apiText(key, sentence, Object.fromEntries(values));
  }
  return sentence;
}

const words = (key: string): number => key.replaceAll(/\{\w+\}/g, '').length;

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\/]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 's');
}

/** A name that the rule form gives, such as `Error rate above 5 % with 95 % confidence on prod-*`. */
const AUTOMATIC =
  /^(.+?) (above|at least|below|at most) (-?\$?[\d.,]+(?: [%\w]+)?)( with 95 % confidence)?(?: on (\S.*))?$/;

/** A name of a built-in rule, of an alert about the product itself, or one that the rule form gives; others are as people gave them. */
export function ruleName(name: string): string {
  const own = apiText(`rule:${name}`, name);
  const [, signal = '', comparison = '', limit = '', bound, functions] = AUTOMATIC.exec(name) ?? [];
  const label = apiText(signal, signal);
  if (own !== name || label === signal) return own;
  const condition = t(
    '{label} {comparison, select, above {above} least {at least} below {below} other {at most}} {limit}{bound, select, certain { with 95 % confidence} other {}}',
    { label, comparison: comparison.replace('at ', ''), limit, bound: bound === undefined ? 'value' : 'certain' },
  );
  return functions === undefined ? condition : t('{condition} on {functions}', { condition, functions });
}
