import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTagFilter, passesTags, tagDimensionFilters, tagFilterText } from './tag-filter.ts';

test.each([
  ['team:shop', { key: 'team', value: 'shop', is: 'value' }],
  ['team:', { key: 'team', value: '', is: 'value' }],
  ['team:a:b', { key: 'team', value: 'a:b', is: 'value' }],
  ['team', { key: 'team', value: null, is: 'present' }],
  ['!team', { key: 'team', value: null, is: 'absent' }],
  ['aws\\:stack:shop', { key: 'aws:stack', value: 'shop', is: 'value' }],
  ['\\!odd:1', { key: '!odd', value: '1', is: 'value' }],
  ['チーム:<b>店</b>', { key: 'チーム', value: '<b>店</b>', is: 'value' }],
])('%j', (text, expected) => {
  expect(parseTagFilter(text)).toEqual(expected);
});

test.each(['', ':shop', '!', '!team:shop'])('%j is no filter', (text) => {
  expect(parseTagFilter(text)).toBeNull();
});

test('every filter can be written as text', () => {
  const filter = fc.record({
    key: fc.string({ minLength: 1 }),
    value: fc.string(),
    is: fc.constantFrom('value', 'present', 'absent'),
  });
  fc.assert(
    fc.property(filter, ({ key, value, is }) => {
      const given = { key, value: is === 'value' ? value : null, is };
      expect(parseTagFilter(tagFilterText(given))).toEqual(given);
    }),
  );
});

const OWN: Readonly<Record<string, string>> = { team: 'shop', tier: '' };

test.each([
  [[], true],
  [['team:shop'], true],
  [['team:web'], false],
  [['team:web', 'team:shop'], true],
  [['team:shop', 'tier:gold'], false],
  [['team:shop', 'tier:'], true],
  [['team'], true],
  [['!team'], false],
  [['!team', 'team:shop'], true],
  [['!owner', 'team:shop'], true],
  [['owner'], false],
])('team=shop and tier="" pass %j: %s', (texts, expected) => {
  const filters = texts.flatMap((text) => parseTagFilter(text) ?? []);
  expect(passesTags(filters, (key) => OWN[key])).toBe(expected);
});

test('as filters of a structured query', () => {
  const filters = ['team:a', '!team', 'tier', 'owner', '!owner'].flatMap((text) => parseTagFilter(text) ?? []);
  expect(tagDimensionFilters(filters)).toEqual([
    { field: 'tag.team', op: 'in', value: ['a', null] },
    { field: 'tag.tier', op: '!=', value: null },
  ]);
});
