/** What would be stored of a line. */
import { compileExpression } from '../../../ingest/decode/redaction-expressions.ts';
import { lineFindings } from '../../../ingest/decode/redactor.ts';
import { isPlatformLine } from '../../../ingest/lines/platform-line.ts';
import { compileRules, replaced } from '../../../ingest/redaction/redact.ts';
import type { RedactionRules } from '../../../ingest/redaction/rules.ts';
import type { RedactionTestAnswer } from '../contract/redaction.ts';
import type { Shaped } from './shaped.ts';

/** `rules`: null if there are none. */
export function redactionTest(text: string, rules: RedactionRules | null): Shaped<RedactionTestAnswer> {
  const findings = rules === null ? [] : lineFindings(compileRules(rules, compileExpression), text);
  return {
    body: {
      stored: replaced(text, findings),
      findings: findings.map(({ rule, start, end }) => ({ rule, start, end })),
      source: isPlatformLine(text) ? 'platform' : 'function',
      hasRules: rules !== null,
    },
    meta: null,
  };
}
