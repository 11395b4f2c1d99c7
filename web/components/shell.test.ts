/** The frame of every page: navigation, range, refresh, sharing, keyboard. */
import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { restore, showPage } from '../../test/support/show-page.ts';
import { useQuery } from '../api/use-query.ts';
import { Shell } from './shell.tsx';

class Field {
  readonly tagName: string;
  constructor(tagName: string) {
    this.tagName = tagName;
  }
}

beforeEach(() => vi.stubGlobal('HTMLElement', Field));
afterEach(restore);

function Content() {
  useQuery('getOverview', { query: { from: 'now-7d' } });
  return null;
}
const show = (search: string, path = '/functions') =>
  showPage(h(Shell, { children: h(Content, {}) }), { path, search });

/** Presses a key; returns whether the page kept the browser from handling it. */
async function press(key: string, more: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
  const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...more });
  if (more['field'] !== undefined) Object.defineProperty(event, 'target', { value: new Field(String(more['field'])) });
  window.dispatchEvent(event);
  await vi.advanceTimersByTimeAsync(300);
  return event.defaultPrevented;
}

const RANGE = '?from=now-7d&to=now-1d&refresh=10s&tz=utc';

test('the navigation keeps range, refresh and time zone, and marks the page', async () => {
  const { link, elements } = await show(`${RANGE}&status=oom`, '/functions/a');
  for (const [label, path] of [
    ['Overview', '/'],
    ['Functions', '/functions'],
    ['Errors', '/errors'],
    ['Network', '/network'],
    ['Map', '/map'],
    ['Compare', '/compare'],
    ['Alerts', '/alerts'],
    ['Ingest', '/ingest'],
    ['Connect', '/connect'],
    ['Settings', '/settings'],
  ] as const)
    expect(link(label)).toBe(`${path}${RANGE}`);
  const current = elements('a').filter(({ attributes }) => attributes['aria-current'] === 'page');
  expect(current.map(({ text }) => text)).toEqual(['Functions']);
});

describe('keyboard', () => {
  test.each([
    ['o', `/${RANGE}`],
    ['f', `/functions${RANGE}`],
    ['e', `/errors${RANGE}`],
    ['n', `/network${RANGE}`],
    ['m', `/map${RANGE}`],
    ['a', `/alerts${RANGE}`],
    ['i', `/ingest${RANGE}`],
    ['s', `/settings${RANGE}`],
  ])('g and %s open %s', async (key, address) => {
    const page = await show(RANGE);
    expect(await press('g')).toBe(false);
    expect(await press(key)).toBe(true);
    expect(page.address).toBe(address);
  });

  test('compare begins with the function whose page is open', async () => {
    const page = await show(RANGE, '/functions/a%3Ab');
    await press('c');
    expect(page.address).toBe(`/compare${RANGE}&function=a%3Ab`);
  });

  test.each([
    { metaKey: true },
    { ctrlKey: true },
    { altKey: true },
    { field: 'INPUT' },
    { field: 'SELECT' },
    { field: 'TEXTAREA' },
  ])('%o is left to the browser', async (more) => {
    const page = await show(RANGE);
    expect(await press('c', more)).toBe(false);
    expect(page.address).toBe(`/functions${RANGE}`);
  });

  test('a field is only where text is entered', async () => {
    const page = await show(RANGE);
    expect(await press('c', { field: 'BUTTON' })).toBe(true);
    expect(page.address).toBe(`/compare${RANGE}`);
  });

  test('brackets shift the range by half of it', async () => {
    const page = await show('?from=2026-11-20T00:00:00.000Z&to=2026-11-22T00:00:00.000Z');
    await press('[');
    expect(page.address).toBe('/functions?from=2026-11-19T00%3A00%3A00.000Z&to=2026-11-21T00%3A00%3A00.000Z');
    await press(']');
    await press(']');
    expect(page.address).toBe('/functions?from=2026-11-21T00%3A00%3A00.000Z&to=2026-11-23T00%3A00%3A00.000Z');
  });

  test('r asks again; an unknown key does nothing', async () => {
    const page = await show('');
    expect(await press('x')).toBe(false);
    expect(page.requested).toHaveLength(1);
    expect(await press('r')).toBe(true);
    expect(page.requested).toHaveLength(2);
  });

  test('a slash searches: in the field of the page, or on the page of functions', async () => {
    const page = await show(RANGE, '/map');
    const focused: string[] = [];
    const querySelector = vi.fn((selector: string) =>
      selector === '#range' ? { focus: () => focused.push(selector) } : null,
    );
    Object.assign(document, { querySelector });
    await press('t');
    expect(focused).toEqual(['#range']);
    await press('/');
    expect(page.address).toBe(`/functions${RANGE}`);
    querySelector.mockImplementation((selector: string) => ({ focus: () => focused.push(selector) }));
    await press('g');
    await press('m');
    await press('/');
    expect(focused).toEqual(['#range', '#search']);
    expect(page.address).toBe(`/map${RANGE}`);
  });

  test('the help lists each key', async () => {
    const { elements } = await show('');
    expect(elements('kbd').map(({ text }) => text)).toEqual(
      expect.arrayContaining(['/', 'g o', 'g f', 'g n', 'g m', 'c', 'g a', 'g i', 'g s', 't', 'r', '[ ]', 'Esc', '?']),
    );
  });
});

test('the range, the zone and the refresh are chosen in the address', async () => {
  const page = await show('?status=oom');
  await page.click('UTC');
  expect(page.address).toBe('/functions?status=oom&tz=local');
  await page.click('Local');
  expect(page.address).toBe('/functions?status=oom');
  await page.fill('range', 'now-7d');
  expect(page.address).toBe('/functions?status=oom&from=now-7d');
  await page.fill('Refresh', '30s');
  expect(page.address).toBe('/functions?status=oom&from=now-7d&refresh=30s');
  await page.click('←');
  // Shown at 08:00 on the 28th: half of seven days earlier is 20:00 on the 17th to 20:00 on the 24th.
  expect(page.address).toContain('from=2026-11-17T20%3A00%3A0');
  expect(page.address).toContain('to=2026-11-24T20%3A00%3A0');
});

test('a range that is none of the presets is shown, and kept until another is chosen', async () => {
  const page = await show('?from=now-7d&to=now-1d');
  const [custom] = page.elements('option');
  expect(custom).toMatchObject({ text: 'now-7d – now-1d', attributes: { value: 'custom' } });
  await page.fill('range', 'now-1h');
  expect(page.address).toBe('/functions?from=now-1h');
});

test('a page refreshes at its interval, while it is visible and its end moves', async () => {
  const page = await show('?refresh=10s');
  const before = page.requested.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.requested.length - before).toBe(3);
  Object.assign(document, { visibilityState: 'hidden' });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.requested.length - before).toBe(3);
  restore();
  const fixed = await show('?refresh=10s&from=2026-11-20&to=2026-11-21');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(fixed.requested).toHaveLength(1);
});

test('a copied link has the range that is seen now, and does not refresh', async () => {
  const page = await show('?from=now-1d&refresh=10s&status=oom');
  const copied: string[] = [];
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => copied.push(text) } });
  await page.click('Copy link');
  const [link = ''] = copied;
  const { pathname, searchParams } = new URL(link);
  expect(pathname).toBe('/functions');
  expect(searchParams.get('from')).toMatch(/^2026-11-27T08:00:0/);
  expect(searchParams.get('to')).toMatch(/^2026-11-28T08:00:0/);
  expect([searchParams.get('status'), searchParams.get('refresh')]).toEqual(['oom', null]);
});

test('signing out ends the session, and leads to sign-in even if that fails', async () => {
  const page = await show(RANGE);
  await page.click('Sign out');
  expect(page.sent).toEqual([['DELETE /api/v1/session', undefined]]);
  expect(page.address).toBe('/sign-in');
});
