import { expect, test } from 'vitest';
import { filtersOf, isOfFilters } from './filters.ts';

const of = (text: string) => filtersOf(new URLSearchParams(text));

test('filters are those of the address; an architecture that is none is left out', () => {
  expect(of('account=1&region=eu&architecture=arm64&runtime=java21&q=x')).toEqual({
    account: '1',
    region: 'eu',
    architecture: 'arm64',
    runtime: 'java21',
  });
  expect(of('architecture=z80')).toEqual({});
});

test.each([
  ['', true],
  ['account=1', true],
  ['account=2', false],
  ['region=eu', true],
  ['region=us', false],
  ['account=1&region=us', false],
])('a function of account 1 in eu, filtered by "%s": %s', (text, expected) => {
  expect(isOfFilters('1:eu:name:with:colons', of(text))).toBe(expected);
});
