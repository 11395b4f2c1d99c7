import type { ComponentChild } from 'preact';
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { restore, showPage } from '../../test/support/show-page.ts';
import { CommandPalette } from './command-palette.tsx';
import { Dated } from './dated.tsx';
import { SavedViews } from './saved-views.tsx';

afterEach(restore);

const two = [
  { name: 'Slow ones', address: '/functions?sort=-p99' },
  { name: 'Yesterday', address: '/?from=now-2d&to=now-1d' },
];

/** A browser that keeps what is stored. */
async function show(kept: unknown, view: ComponentChild = h(SavedViews, { title: 'Functions' })) {
  const store = new Map([['saved-views', JSON.stringify(kept)]]);
  const page = await showPage(view, {
    path: '/functions',
    search: '?region=eu-west-1',
    stored: (key) => store.get(key) ?? null,
  });
  Object.assign(localStorage, { setItem: (key: string, value: string) => store.set(key, value) });
  const views = (): unknown => JSON.parse(store.get('saved-views') ?? '');
  return { page, views };
}

test('a page is saved with its filters, under its title or another name, in the order of names', async () => {
  const { page, views } = await show(two);
  await page.click('Saved views');
  await page.submit('Save this page');
  expect(views()).toEqual([{ name: 'Functions', address: '/functions?region=eu-west-1' }, ...two]);
});

test('views are listed with links, renamed and deleted', async () => {
  const { page, views } = await show(two);
  await page.click('Saved views');
  expect(page.link('Slow ones')).toBe('/functions?sort=-p99');
  await page.click('Rename Slow ones');
  await page.submit('Rename');
  expect(views()).toEqual(two);
  await page.click('Delete Slow ones');
  expect(views()).toEqual([two[1]]);
});

test.each([
  ['no list', { name: 'a' }],
  ['another site', [{ name: 'a', address: 'https://example.com/' }]],
  ['another host', [{ name: 'a', address: '//example.com/' }]],
  ['another host behind a tab', [{ name: 'a', address: '/\t/example.com/' }]],
  ['no address', [{ name: 'a' }, null, 3]],
])('what was stored by somebody else is left out: %s', async (_, kept) => {
  const { page } = await show(kept);
  await page.click('Saved views');
  expect(page.text).toContain('None yet.');
  expect(page.elements('a')).toEqual([]);
});

test('the palette has them', async () => {
  const { page } = await show(two, h(CommandPalette, { close: () => undefined, showHelp: () => undefined }));
  expect(page.text).toContain('Saved views Slow ones Yesterday');
});

test('dates and times of a text are one piece each', async () => {
  const { page } = await show([], h('p', {}, h(Dated, { text: 'Since 2026-04-30, at 2026-11-30 09:12:00: old-name' })));
  expect(page.elements('time').map(({ text }) => text)).toEqual(['2026-04-30', '2026-11-30 09:12:00']);
  expect(page.text).toBe('Since 2026-04-30, at 2026-11-30 09:12:00: old-name');
});
