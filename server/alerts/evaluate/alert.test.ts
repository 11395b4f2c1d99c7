/** What a summary says that a value is of. Texts were worked out by hand. */
import { expect, test } from 'vitest';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { ruleOf } from '../rules/documents.ts';
import { summaryOf } from './alert.ts';

const ERRORS = { kind: 'metric' as const, metric: 'errorRate' as const, aggregation: 'value', filters: [] };

function subject(change: Partial<RuleDocument>, labels = {}): string | undefined {
  const document = { id: 'r', name: 'Errors', threshold: 0.1, signal: ERRORS, groupBy: [], ...change };
  const measured = { labels, value: 0.5, n: 4, interval: null };
  return summaryOf(ruleOf(ruleDocument.parse(document)), measured, 'ratio').summary.split(': Errors: ')[0];
}

test('the function or the account of the series, whatever the rule is restricted to', () => {
  expect(subject({ functions: ['check*'] }, { function: 'checkout' })).toBe('checkout');
  expect(subject({ functions: ['check*'] }, { account: '123456789012' })).toBe('123456789012');
});

test('without one, what the rule is restricted to', () => {
  expect(subject({})).toBe('all functions');
  expect(subject({ functions: ['check*', 'sea*'] })).toBe('check*, sea*');
  expect(subject({ functions: ['a', 'b'], tags: ['team=payments', 'stage=prod'] })).toBe('a, b, team=payments, … (+1)');
  const signal = { ...ERRORS, filters: [{ field: 'runtime' as const, op: '=' as const, value: 'nodejs22.x' }] };
  expect(subject({ signal })).toBe('runtime = nodejs22.x');
});
