import { expect, test } from 'vitest';
import { matchPage, PAGES } from './pages.ts';

test('each page is found at its own path', () => {
  for (const [name, { path }] of Object.entries(PAGES)) {
    expect(matchPage(path.replaceAll(/:\w+/g, 'x'))?.name, path).toBe(name);
  }
});

test('segments of an address are decoded', () => {
  expect(matchPage('/functions/123%3Aeu-west-1%3Acheckout')).toEqual({
    name: 'function',
    params: { id: '123:eu-west-1:checkout' },
  });
  expect(matchPage('/functions/a%2Fb')?.params).toEqual({ id: 'a/b' });
});

test.each(['', '/nothing', '/functions/', '/functions/a/b', '/functions/%E0%A4%A', '//', '/sign-in/x'])(
  '%j is not a page',
  (path) => expect(matchPage(path)).toBe(null),
);

test('shortcuts and navigation labels are unique', () => {
  for (const key of ['shortcut', 'navigation', 'path'] as const) {
    const values = Object.values(PAGES)
      .map((page) => page[key])
      .filter((value) => value !== null);
    expect(new Set(values).size, key).toBe(values.length);
  }
});
