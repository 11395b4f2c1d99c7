/** Limits of the regular expressions of a query, and how often they are compiled. */
import { RE2JS } from 're2js';
import { afterEach, expect, test, vi } from 'vitest';
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import { PatternCount, testOf } from './matchers.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function pattern(value: string): LabelMatcher {
  return { name: 'a', op: '=~', value };
}

function counted(...patterns: readonly string[]): () => void {
  return () => {
    const count = new PatternCount();
    for (const one of patterns) count.add([pattern(one)]);
  };
}

test('a pattern is compiled once, until 64 others were used', () => {
  const compile = vi.spyOn(RE2JS, 'compile');
  const use = (name: string): boolean => testOf(pattern(`${name}|x`))(name);
  const others = Array.from({ length: 63 }, (_, index) => `other${index}`);
  expect(['first', 'first', ...others, 'first'].map(use)).not.toContain(false);
  expect(compile).toHaveBeenCalledTimes(64);
  // Used last, the first is kept, and the first of the others is not.
  expect(['another', 'first'].map(use)).not.toContain(false);
  expect(compile).toHaveBeenCalledTimes(65);
  expect(use('other0')).toBe(true);
  expect(compile).toHaveBeenCalledTimes(66);
});

test('large patterns are kept in smaller number', () => {
  const compile = vi.spyOn(RE2JS, 'compile');
  // 40 characters of which each may stand a thousand times: 40,000 parts, of which 100,000 are kept.
  const large = ['a', 'b', 'c'].map((letter) => `${letter.repeat(33)}z{1000}`);
  for (const one of large) testOf(pattern(one));
  testOf(pattern(large[2] ?? ''));
  testOf(pattern(large[1] ?? ''));
  expect(compile).toHaveBeenCalledTimes(3);
  testOf(pattern(large[0] ?? ''));
  expect(compile).toHaveBeenCalledTimes(4);
});

test('a query has at most 50 patterns with 8,000 characters', () => {
  expect(counted(...Array.from({ length: 50 }, () => 'a.*'))).not.toThrow();
  expect(counted(...Array.from({ length: 51 }, () => 'a.*'))).toThrow('at most 50 regular expressions, got 51');
  expect(counted('a'.repeat(4000), 'b'.repeat(4000))).not.toThrow();
  expect(counted('a'.repeat(4000), 'b'.repeat(4000), 'c')).toThrow(
    'at most 8000 characters of regular expressions, got 8001',
  );
  const equal = { name: 'a', op: '=', value: 'a'.repeat(9000) } as const;
  expect(() => new PatternCount().add([equal, { ...equal, op: '!=' }])).not.toThrow();
});

test('repetitions count as if they were written out', () => {
  // 100 characters, a thousand times.
  expect(counted(`${'a'.repeat(94)}{1000}`)).not.toThrow();
  expect(counted(`${'a'.repeat(95)}{1000}`)).toThrow('got 101000');
  // 14 characters, 20 × 30 times: 8,400, of which 100,000 hold eleven.
  expect(counted(...Array.from({ length: 12 }, () => '(ab{20}){5,30}'))).toThrow('got 100800');
  expect(counted(...Array.from({ length: 11 }, () => '(ab{20}){5,30}'))).not.toThrow();
});
