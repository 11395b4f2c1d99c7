/** Rule files: tests of the built-in rules pass, errors name the field, and a test can fail. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { durationMs, durationText } from '../../../ingest/records/time.ts';
import { documentOf, ruleOf } from './documents.ts';
import { readRuleFile, runRuleTests, valuesOf } from './rule-files.ts';

const pack = readFileSync(new URL('../../../deploy/rules/builtin.yaml', import.meta.url), 'utf8');

function read(text: string) {
  const result = readRuleFile(text);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.file;
}

describe('the built-in rules', () => {
  test('each has a test, and all tests pass', () => {
    const file = read(pack);
    expect(file.rules.length).toBeGreaterThanOrEqual(16);
    expect(new Set(file.tests.map((one) => one.rule))).toEqual(new Set(file.rules.map((rule) => rule.id)));
    expect(runRuleTests(file)).toEqual([]);
  });

  test('a rule that can never fire fails its test', () => {
    const file = read(pack);
    for (const rule of file.rules) {
      const neverFires = { ...rule, threshold: rule.comparison.startsWith('<') ? -1e9 : 1e9 };
      expect([rule.id, runRuleTests({ ...file, rules: [neverFires] }).length > 0]).toEqual([rule.id, true]);
    }
  });

  test('documents survive conversion to a rule and back', () => {
    for (const document of read(pack).rules) expect(documentOf(ruleOf(document))).toEqual(document);
  });
});

describe('errors', () => {
  const rule = 'id: a\n    name: A\n    threshold: 1';
  test.each([
    ['rules: []', 'rules: '],
    ['rules:\n  - {id: A B, name: A, threshold: 1, signal: {kind: unparsed}}', 'rules.0.id: expected lower-case'],
    ['rules:\n  - {id: a, name: A, threshold: 1, signal: {kind: sunspots}}', 'rules.0.signal.kind'],
    [
      'rules:\n  - {id: a, name: A, threshold: 1, window: 5 minutes, signal: {kind: unparsed}}',
      'rules.0.window: expected a duration',
    ],
    ['rules:\n  - {id: a, name: A, threshold: 1, colour: red, signal: {kind: unparsed}}', 'colour'],
    [
      `rules:\n  - ${rule}\n    signal: {kind: metric, metric: errorRate, aggregation: p99}`,
      'rules.0.signal.aggregation: errorRate does not support p99',
    ],
    [
      `rules:\n  - ${rule}\n    signal: {kind: unparsed}\n  - ${rule}\n    signal: {kind: unparsed}`,
      'rules.1.id: duplicate id a',
    ],
    [
      `rules:\n  - ${rule}\n    signal: {kind: unparsed}\ntests:\n  - {rule: b, series: [], firing: {}}`,
      'tests.0.rule: unknown rule b',
    ],
    [
      `rules:\n  - ${rule}\n    signal: {kind: unparsed}\ntests:\n  - {rule: a, series: [{labels: {}, values: 1 two}], firing: {}}`,
      'invalid value two',
    ],
    ['rules: [', 'Flow sequence'],
    ['a: &a [x]\nrules: *a', 'aliases'],
  ])('%j', (text, fault) => {
    const result = readRuleFile(text);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.errors.join('\n')).toContain(fault);
  });
});

test('series notation of promtool', () => {
  expect(valuesOf('0 1.5 _ 2x3 1+2x2 5-1x1 _x2').values).toEqual([0, 1.5, null, 2, 2, 2, 2, 1, 3, 5, 5, 4, null, null]);
  expect(valuesOf('1 stale').invalid).toBe('stale');
});

test('durations round-trip', () => {
  for (const text of ['0s', '1ms', '30s', '5m', '1h30m', '1w', '2w3d4h5m6s7ms'])
    expect(durationText(durationMs(text))).toBe(text);
});
