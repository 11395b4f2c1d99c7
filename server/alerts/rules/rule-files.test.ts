/** Rule files: tests of the built-in rules pass, errors name the field, and a test can fail. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { durationMs, durationText } from '../../../ingest/records/time.ts';
import { documentOf, ruleOf } from './documents.ts';
import { fileErrorText, readRuleFile, runRuleTests, valuesOf } from './rule-files.ts';

const pack = readFileSync(new URL('../../../deploy/rules/builtin.yaml', import.meta.url), 'utf8');

function read(text: string) {
  const result = readRuleFile(text);
  if (!result.ok) throw new Error(result.errors.map(fileErrorText).join('\n'));
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
      // The tests of rules that the file does not have are none of its failures.
      const failed = runRuleTests({ ...file, rules: [neverFires] }).map((failure) => failure.rule);
      expect([...new Set(failed)]).toEqual([rule.id]);
    }
  });

  test('documents survive conversion to a rule and back', () => {
    for (const document of read(pack).rules) expect(documentOf(ruleOf(document))).toEqual(document);
  });
});

describe('errors', () => {
  const rule = 'id: a\n    name: A\n    threshold: 1';
  test.each([
    ['{}', 'expected rules, receivers, routes or inhibitions'],
    ['rules:\n  - id: a\n    name: A\n    signal: {kind: unparsed}\n    threshold: high', '5: rules.0.threshold: '],
    ['receivers:\n  - {id: a, name: A, url: x, routingKey: R0', 'Flow map'],
    [
      'receivers:\n  - {id: a, name: A, url: x}\n  - id: b\n    name: B\n    url: x\n    routingKey: R0123',
      '6: receivers.1.routingKey: expected env:NAME or file:PATH',
    ],
    ['routes:\n  - receiver: a\n    groupWait: 2d', '3: routes.0.groupWait: expected between 0s and 1d'],
    ['routers: []', '1: routers: unknown field'],
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
    ...['5', '5 m', '5m.', 'x5m', '5m5'].map((time) => [
      `rules:\n  - ${rule}\n    signal: {kind: unparsed}\ntests:\n  - {rule: a, series: [], firing: {'${time}': []}}`,
      `tests.0.firing.${time}: expected times such as 5m`,
    ]),
    [
      `rules:\n  - ${rule}\n    signal: {kind: unparsed}\ntests:\n  - {rule: a, series: [], firing: {2m: [], 90s: []}}`,
      'tests.0.firing.90s: expected a multiple of evaluationInterval (1m)',
    ],
    ['rules: [', 'Flow sequence'],
    ['a: &a [x]\nrules: *a', 'aliases'],
  ])('%j', (text, fault) => {
    const result = readRuleFile(text);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.errors.map(fileErrorText).join('\n')).toContain(fault);
  });
});

test('the example of docs/alerts.md is valid, and its test passes', () => {
  const docs = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
  const file = read(/```yaml\n(rules:[\s\S]*?)```/.exec(docs)?.[1] ?? '');
  expect([file.rules.length, file.receivers.length, file.routes?.length, file.tests.length]).toEqual([1, 1, 1, 1]);
  expect(runRuleTests(file)).toEqual([]);
});

describe('a test of a rule', () => {
  const run = (test: string, rule = 'threshold: 1') =>
    runRuleTests(
      read(`
rules:
  - { id: a, name: A, signal: { kind: unparsed }, evaluationInterval: 30s, ${rule} }
tests:
  - { rule: a, ${test} }`),
    );
  const high = "series: [{ labels: { function: f }, values: '1 2 2 1' }]";

  test('passes where it fires at the times named, every interval a value', () => {
    expect(run(`${high}, firing: { 0s: [], 30s: [{ function: f }], 1m: [{ function: f }], 1m30s: [] }`)).toEqual([]);
  });

  test('says what it expected and found, after the last value too', () => {
    expect(run(`${high}, firing: { 30s: [], 1m: [{ function: g }, { function: e }], 1h: [{ function: f }] }`)).toEqual([
      { rule: 'a', at: '30s', expected: 'nothing', found: '[["function","f"]]' },
      { rule: 'a', at: '1m', expected: '[["function","e"]] [["function","g"]]', found: '[["function","f"]]' },
      { rule: 'a', at: '1h', expected: '[["function","f"]]', found: 'nothing' },
    ]);
  });

  test('runs although the rule is disabled', () => {
    expect(run(`${high}, firing: { 30s: [{ function: f }] }`, 'threshold: 1, enabled: false')).toEqual([]);
  });

  test('of a rule that compares the certain value has the interval of its n', () => {
    // Wilson's interval of 8 in 10 is 0.49 to 0.94, that of 800 in 1,000 is 0.77 to 0.82 (Newcombe 1998).
    const rates =
      "series: [{ labels: { n: few }, values: '0.8', n: 10 }, { labels: { n: many }, values: '0.8', n: 1000 }]";
    const certain = (threshold: number) =>
      run(`${rates}, firing: { 0s: [] }`, `bound: certain, threshold: ${threshold}`);
    expect(certain(0.48).map(({ found }) => found)).toEqual(['[["n","few"]] [["n","many"]]']);
    expect(certain(0.5).map(({ found }) => found)).toEqual(['[["n","many"]]']);
    expect(certain(0.78)).toEqual([]);
    // What is no rate has no interval.
    const counts = "series: [{ labels: { n: few }, values: '1.5', n: 10 }]";
    expect(run(`${counts}, firing: { 0s: [{ n: few }] }`, 'threshold: 1, bound: certain')).toEqual([]);
  });
});

test('series notation of promtool', () => {
  expect(valuesOf('0 1.5 _ 2x3 1+2x2 5-1x1 _x2').values).toEqual([0, 1.5, null, 2, 2, 2, 2, 1, 3, 5, 5, 4, null, null]);
  expect(valuesOf('1 stale')).toEqual({ values: [], invalid: 'stale' });
});

test('durations round-trip', () => {
  for (const text of ['0s', '1ms', '30s', '5m', '1h30m', '1w', '2w3d4h5m6s7ms'])
    expect(durationText(durationMs(text))).toBe(text);
});
