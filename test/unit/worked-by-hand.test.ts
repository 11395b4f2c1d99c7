/**
 * Every metric, signal, column and warning has an expected value in the test that works them out by hand: a new one without it fails
 * here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ruleDocument } from '../../server/http/contract/alert-rules.ts';
import { warning } from '../../server/http/contract/functions.ts';
import { METRICS } from '../../server/http/contract/query.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
/** Those that the text does not quote, or name as a key. */
const missing = (names: readonly string[], text: string): readonly string[] =>
  names.filter((name) => !text.includes(`'${name}'`) && !new RegExp(`\\b${name}:|\\b${name}[,}]`).test(text));

test('every metric has a value and a unit in catalogue.test.ts, or a statistic and a unit in stored-metrics.test.ts', () => {
  expect(METRICS.length).toBeGreaterThan(15);
  const [derived, stored] = ['catalogue', 'stored-metrics'].map((name) =>
    textOf(`server/analytics/metrics/${name}.test.ts`),
  );
  expect(missing(missing(METRICS, derived ?? ''), stored ?? '')).toEqual([]);
});

test('every signal is measured in signals.test.ts or error-rate.test.ts', () => {
  const kinds = ruleDocument.shape.signal.options.map((option) => option.shape.kind.value);
  expect(kinds).toContain('timeoutUse');
  const text = ['signals', 'error-rate'].map((name) => textOf(`server/alerts/evaluate/${name}.test.ts`)).join('\n');
  expect(kinds.filter((kind) => !text.includes(`kind: '${kind}'`))).toEqual([]);
});

test('every column of an export has a cell in export-page.test.ts', () => {
  const source = ['export-page.ts', 'invocation-rows.ts']
    .map((name) => textOf(`server/http/answers/${name}`))
    .join('\n');
  const lists = [...source.matchAll(/const \w+_COLUMNS = \[([^\]]+)\] as const/g)].map(([, list = '']) => list);
  expect(lists).toHaveLength(3);
  const columns = lists.flatMap((list) => [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name));
  expect(columns).toContain('wastedUsd');
  expect(missing(columns, textOf('server/http/answers/export-page.test.ts'))).toEqual([]);
});

test('every warning of a function has its condition in present.test.ts', () => {
  expect(missing(warning.options, textOf('server/http/presentation/present.test.ts'))).toEqual([]);
});
