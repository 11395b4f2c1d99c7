/** Handlers of the rules of redaction. */
import type { RedactionRules } from '../../../ingest/redaction/rules.ts';
import { PATTERN_NAMES, PATTERNS, REDACTED } from '../../../ingest/redaction/rules.ts';
import { expressionsFault, keyFault, rulesOf } from '../../config/redaction-settings.ts';
import { shapeAnswer } from '../answers/shape-answer.ts';
import { redactionRoutes } from '../contract/redaction.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

export const redactionHandlers = implement(redactionRoutes, {
  getRedaction: async ({ context }) => {
    const { patterns = [], keys = [], expressions = {} } = context.config.redaction ?? {};
    const { counters } = await context.store.read.ingestStatus({});
    return {
      patterns: PATTERN_NAMES.map((name) => ({ name, finds: PATTERNS[name], isOn: patterns.includes(name) })),
      keys: [...keys],
      expressions: Object.entries(expressions).map(([name, expression]) => ({ name, expression })),
      replaced: Object.entries(counters)
        .flatMap(([name, n]) => (name.startsWith(REDACTED) ? [{ rule: name.slice(REDACTED.length), n }] : []))
        .toSorted((a, b) => b.n - a.n),
    };
  },
  testRedaction: async ({ context, body: { text, rules } }) => {
    const tested = rules === undefined ? context.config.redaction : checked(rules);
    return (await shapeAnswer(context.analysis, 'redactionTest', text, tested)).answer;
  },
});

/** @throws ProblemError for rules that the settings would refuse */
function checked({ patterns, keys, expressions }: RedactionRules): RedactionRules | null {
  const faults = [
    ...keys.map((key) => ['rules.keys', keyFault(key)] as const),
    ['rules.expressions', expressionsFault(expressions)] as const,
  ];
  const errors = faults.flatMap(([field, message]) => (message === null ? [] : [{ field, message }]));
  if (errors.length > 0) throw new ProblemError('invalid-request', 'The rules are not valid', errors);
  return rulesOf(patterns, keys, expressions);
}
