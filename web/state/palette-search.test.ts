import { expect, test } from 'vitest';
import type { PaletteItem } from './palette-search.ts';
import { pageOfId, search } from './palette-search.ts';

const item = (group: PaletteItem['group'], label: string, note = ''): PaletteItem => ({
  key: `${group} ${label}`,
  group,
  label,
  note,
  run: { href: `/${label}` },
});
const found = (items: readonly PaletteItem[], text: string): readonly string[] =>
  search(items, text).map(({ label }) => label);

const ITEMS = [
  item('Functions', 'prod-checkout', 'eu-west-1'),
  item('Functions', 'outcheck', 'us-east-1'),
  item('Functions', 'checkout', 'eu-west-1'),
  item('Pages', 'Compare'),
];

test('the beginning of a label comes first, then that of a word in it; groups keep their order', () => {
  expect(found(ITEMS, 'check')).toEqual(['checkout', 'prod-checkout', 'outcheck']);
  expect(found(ITEMS, 'c')).toEqual(['checkout', 'prod-checkout', 'outcheck', 'Compare']);
  expect(found(ITEMS, 'COMPARE')).toEqual(['Compare']);
});

test('each word has to be found, in the note as well', () => {
  expect(found(ITEMS, 'eu check')).toEqual(['checkout', 'prod-checkout']);
  expect(found(ITEMS, 'check asia')).toEqual([]);
  expect(found(ITEMS, '')).toHaveLength(4);
});

test('a group shows eight at most', () => {
  const many = Array.from({ length: 20 }, (_, at) => item('Functions', `f${at}`));
  expect(found([...many, item('Pages', 'Functions')], 'f')).toEqual([
    ...['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7'],
    'Functions',
  ]);
});

const ID = '3f1a2b3c-0001-4abc-8def-0123456789ab';
const TRACE = '1-67891233-abcdef012345678912345678';

test.each([
  [ID, `/invocations/${ID}`],
  [` ${ID.toUpperCase()} `, `/invocations/${ID}`],
  [TRACE, `/traces/${TRACE}`],
  [`Root=${TRACE};Parent=53995c3f42cd8ad8;Sampled=1`, `/traces/${TRACE}`],
  ['67891233abcdef012345678912345678', `/traces/${TRACE}`],
])('%s opens %s', (text, path) => expect(pageOfId(text)?.path).toBe(path));

test.each(['checkout', `${ID}0`, '1-67891233-abc', ''])('%s is no id', (text) => expect(pageOfId(text)).toBeNull());
