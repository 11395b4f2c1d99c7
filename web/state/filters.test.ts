import { expect, test } from 'vitest';
import { appliedOn, FILTERS, filtersOf } from './filters.ts';

const of = (text: string) => filtersOf(new URLSearchParams(text));

test('filters are those of the address; an architecture and a VPC that are none are left out', () => {
  expect(of('account=1&region=eu&architecture=arm64&runtime=java21&vpc=false&q=x')).toEqual({
    account: '1',
    region: 'eu',
    architecture: 'arm64',
    runtime: 'java21',
    vpc: 'false',
  });
  expect(of('architecture=z80&vpc=maybe')).toEqual({});
});

test('a tag may appear several times; empty ones are left out', () => {
  expect(of('tag=team:shop&tag=!tier&tag=').tag).toEqual(['team:shop', '!tier']);
  expect(of('tag=').tag).toBeUndefined();
});

test.each([
  'overview',
  'functions',
  'changes',
  'errors',
  'logs',
  'rightSizing',
  'network',
  'map',
  'report',
  'alerts',
] as const)('every filter is applied on the page %s', (page) => {
  expect(appliedOn(page)).toEqual(FILTERS);
});

test.each(['function', 'ingest', 'settings', undefined] as const)('none is applied on the page %s', (page) => {
  expect(appliedOn(page)).toEqual([]);
});
