/** Redaction in Settings, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Settings } from './settings.tsx';

afterEach(restore);

const example: NonNullable<Answers['getRedaction']> = examples.getRedaction.answer;
const show = (answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Settings, {}), { path: '/settings', search: '', answers, failures });

test('rules with what they replaced', async () => {
  const { table } = await show();
  expect(table('Rules of redaction')).toEqual([
    ['Rule', 'Finds', 'Replaced'],
    ['email', 'e-mail addresses', '1,204'],
    ['key:password', 'values of members named password', '17'],
    ['order', 'ORD-[0-9]+', '0'],
  ]);
});

test('without rules, the settings are named', async () => {
  const patterns = example.patterns.map((pattern) => ({ ...pattern, isOn: false }));
  const { section } = await show({ getRedaction: { patterns, keys: [], expressions: [], replaced: [] } });
  expect(section('Redaction')).toContain(
    'There are no rules: lines, errors and dead letters are stored as they are sent.',
  );
  expect(section('Redaction')).toContain('THERMOCLINE_REDACT_KEYS');
});

test('rules that cannot be read are an error, not none', async () => {
  const { section } = await show({}, { getRedaction: { code: 'unavailable' } });
  expect(section('Redaction')).not.toContain('There are no rules');
  expect(section('Redaction')).not.toContain('Test a line');
});

test('a line shows what would be stored of it, and which rule found what', async () => {
  const page = await show();
  await page.fill('Line or JSON event', 'order ORD-17 of ada@example.com');
  await page.submit('Test');
  expect(page.sent).toEqual([['POST /api/v1/redaction/test', { text: 'order ORD-17 of ada@example.com' }]]);
  expect(page.section('Redaction')).toContain('2 parts would be replaced.');
  expect(page.section('What would be stored')).toContain('order [redacted:order] of [redacted:email]');
  expect(page.table('Findings')).toEqual([
    ['Rule', 'Replaced text'],
    ['order', 'ORD-17'],
    ['email', 'ada@example.com'],
  ]);
});

test.each([
  [true, 'function', 'No rule matches: the line would be stored unchanged.'],
  [false, 'function', 'There are no rules: the line would be stored unchanged.'],
  [true, 'platform', 'It is a line of the Lambda service: what would change its figures is not replaced.'],
] as const)('nothing found (rules: %s, %s)', async (hasRules, source, sentence) => {
  const page = await show({ testRedaction: { stored: 'x', findings: [], source, hasRules } });
  await page.fill('Line or JSON event', 'x');
  await page.submit('Test');
  expect(page.section('Redaction')).toContain(sentence);
});

test('other rules are sent with the line; those of the settings are there to begin with', async () => {
  const page = await show();
  await page.fill('Line or JSON event', 'x');
  await page.fill('try other rules', 'on');
  await page.fill('phone', 'on');
  await page.fill('email', '');
  await page.fill('keys', 'password, *token*');
  await page.fill('Expressions, one per line', 'order = ORD-[0-9]+\n\nuser = id=(\\w+)');
  await page.submit('Test');
  const rules = {
    patterns: ['phone'],
    keys: ['password', '*token*'],
    expressions: { order: 'ORD-[0-9]+', user: 'id=(\\w+)' },
  };
  expect(page.sent).toEqual([['POST /api/v1/redaction/test', { text: 'x', rules }]]);
});

test('rules that are not valid are named, and so is an expression without a name', async () => {
  const errors = [{ field: 'rules.expressions', message: 'order: missing closing ] (at character 5)' }];
  const page = await show({}, { testRedaction: { code: 'invalid-request', errors } });
  await page.fill('Line or JSON event', 'x');
  await page.submit('Test');
  expect(page.section('Redaction')).toContain('rules.expressions: order: missing closing ] (at character 5)');
  await page.fill('try other rules', 'on');
  await page.fill('Expressions, one per line', 'ORD');
  await page.submit('Test');
  expect(page.section('Redaction')).toContain('Write each expression as name = expression: ORD');
});
