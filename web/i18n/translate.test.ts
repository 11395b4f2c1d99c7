import { afterEach, expect, test } from 'vitest';
import { message, rich, setCatalogue, t, translated } from './translate.ts';

afterEach(() => setCatalogue('en', {}));

test('an English text is its own message, with plurals and grouped digits', () => {
  const selected = (n: number): string => t('{n, plural, one {# function} other {# functions}} selected', { n });
  expect([0, 1, 2, 12_345].map(selected)).toEqual([
    '0 functions selected',
    '1 function selected',
    '2 functions selected',
    '12,345 functions selected',
  ]);
});

test('a text is shown in the language of the catalogue, and in English without an entry', () => {
  setCatalogue('ja', { 'Last seen {when}': '最終検出：{when}', Open: '未解決', '[verb] Open': '開く' });
  expect([t('Last seen {when}', { when: '4 s' }), t('Open'), t('[verb] Open')]).toEqual([
    '最終検出：4 s',
    '未解決',
    '開く',
  ]);
  expect([t('First seen'), t('[verb] Close')]).toEqual(['First seen', 'Close']);
});

test('the text of a constant is translated where it is shown, not where it is written', () => {
  const label = message('Errors');
  setCatalogue('ko', { Errors: '오류' });
  expect(translated(label)).toBe('오류');
});

test('values are text: nothing in them is read as a placeholder or a tag', () => {
  expect(t('{name} failed', { name: '{n} <b>x</b>' })).toBe('{n} <b>x</b> failed');
});

test('elements take the place of placeholders and tags, in the order of the language', () => {
  setCatalogue('ja', { '<a>{name}</a> came back': '再発：<a>{name}</a>' });
  const parts = rich('<a>{name}</a> came back', { name: 'checkout', a: (content) => ({ link: content }) as never });
  expect(JSON.stringify(parts)).toBe('["再発：",{"link":["checkout"]}]');
});
