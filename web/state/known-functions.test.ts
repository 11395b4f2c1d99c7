import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { favouriteFunctions, recentFunctions, rememberFunction, toggleFavourite } from './known-functions.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

const one = (id: string) => ({ id, name: `name of ${id}` });

test('the functions opened last, each once, newest first, eight at most', () => {
  for (const id of ['a', 'b', 'a']) rememberFunction(one(id));
  expect(recentFunctions()).toEqual([one('a'), one('b')]);
  for (const id of '12345678') rememberFunction(one(id));
  expect(recentFunctions().map(({ id }) => id)).toEqual(['8', '7', '6', '5', '4', '3', '2', '1']);
});

test('a favourite is added, and removed by the same', () => {
  toggleFavourite(one('a'));
  toggleFavourite(one('b'));
  expect(favouriteFunctions()).toEqual([one('a'), one('b')]);
  toggleFavourite(one('a'));
  expect(favouriteFunctions()).toEqual([one('b')]);
});

test.each(['{', '7', '"a"', 'null', '[null, 7, {"id": 1, "name": "x"}, {"id": "x"}]'])(
  'what is stored may be anything: %s',
  (text) => {
    kept.set('recent-functions', text);
    expect(recentFunctions()).toEqual([]);
  },
);

test('entries that are functions are kept among others', () => {
  kept.set('recent-functions', '[null, {"id": "a", "name": "name of a", "more": 1}]');
  expect(recentFunctions()).toEqual([one('a')]);
});
