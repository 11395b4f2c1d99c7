/** The frame of every page: navigation, range, refresh, sharing, keyboard. */
import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { PageDefinition } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import type { ShownPage } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { useQuery } from '../api/use-query.ts';
import { holdRefresh } from '../state/refresh.ts';
import { GROUPS } from './navigation.tsx';
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

/** What the page asked for, besides who uses it. */
const asked = ({ requested }: ShownPage): readonly string[] => requested.filter((one) => one !== '/api/v1/session');

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

test('a group of failures is a page of Errors', async () => {
  const { elements } = await show(RANGE, '/functions/a/errors/0000000000000000');
  const current = elements('a').filter(({ attributes }) => attributes['aria-current'] === 'page');
  expect(current.map(({ text }) => text)).toEqual(['Errors']);
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
    expect(asked(page)).toHaveLength(1);
    expect(await press('r')).toBe(true);
    expect(asked(page)).toHaveLength(2);
  });

  test('a slash searches in the field of the page', async () => {
    const page = await show(RANGE, '/map');
    const focused: string[] = [];
    const element = (selector: string) => {
      const note = (): number => focused.push(selector);
      return { focus: note, click: note };
    };
    const querySelector = vi.fn((selector: string) => (selector === '#range' ? element(selector) : null));
    Object.assign(document, { querySelector });
    await press('t');
    expect(focused).toEqual(['#range']);
    querySelector.mockImplementation((selector) => (selector.startsWith('#') ? element(selector) : null));
    await press('g');
    await press('m');
    await press('/');
    expect(focused).toEqual(['#range', '#search']);
    expect(page.address).toBe(`/map${RANGE}`);
  });

  test('the help lists each key', async () => {
    const { elements } = await show('');
    expect(elements('kbd').map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        '/',
        'g o',
        'g f',
        'g n',
        'g m',
        'c',
        'g a',
        'g i',
        'g s',
        't',
        'r',
        '[ ]',
        'z',
        'Esc',
        '?',
      ]),
    );
  });
});

describe('the filter bar', () => {
  const chips = (page: ShownPage): readonly string[] =>
    page.elements('button').flatMap(({ attributes, text }) => (attributes['class']?.startsWith('chip') ? [text] : []));

  test('adds filters of the functions there are, and removes one or all', async () => {
    const page = await show('?tz=utc', '/functions');
    await page.click('Filter');
    const [known] = examples.listFunctions.answer.items;
    // The code of the fields is fetched when they are opened.
    const options = (): readonly string[] => page.elements('option').map(({ text }) => text);
    await expect
      .poll(options)
      .toEqual(expect.arrayContaining([known?.account, known?.region, known?.runtime, 'arm64']));
    await page.fill('Region', 'eu-west-1');
    await page.fill('Architecture', 'arm64');
    expect(page.address).toBe('/functions?tz=utc&region=eu-west-1&architecture=arm64');
    expect(chips(page)).toEqual(['Region: eu-west-1', 'Architecture: arm64']);
    await page.click('Region: eu-west-1');
    expect(page.address).toBe('/functions?tz=utc&architecture=arm64');
    await page.fill('Account', known?.account ?? '');
    await page.click('Clear all');
    expect(page.address).toBe('/functions?tz=utc');
  });

  test('tags are added one by one, and each chip removes its own', async () => {
    const page = await show('?tag=tier:gold', '/functions');
    await page.click('Filter');
    await expect.poll(() => page.elements('optgroup').length).toBeGreaterThan(0);
    const tags = page.elements('option').map(({ text }) => text);
    expect(tags).toEqual(expect.arrayContaining(['shop (1)', 'team: any', 'no team']));
    await page.fill('Tag', 'team:shop');
    await page.fill('Tag', '!team');
    expect(page.address).toBe('/functions?tag=tier%3Agold&tag=team%3Ashop&tag=%21team');
    expect(chips(page)).toEqual(['tier: gold', 'team: shop', 'no team']);
    expect(page.link('Changes')).toBe('/changes?tag=tier%3Agold&tag=team%3Ashop&tag=%21team');
    await page.click('team: shop');
    expect(page.address).toBe('/functions?tag=tier%3Agold&tag=%21team');
  });

  test('what a filter says is shown with its marks of direction', async () => {
    const page = await show(`?tag=${encodeURIComponent('a\u202eb:<b>x</b>')}&vpc=false`, '/functions');
    expect(chips(page)).toEqual(['not in a VPC', 'a\\u202eb: <b>x</b>']);
  });

  test('a page says which filters it does not apply; one without filters has no bar', async () => {
    const page = await show('?runtime=java21&region=eu-west-1', '/');
    expect(chips(page)).toEqual(['Region: eu-west-1', 'Runtime: java21']);
    expect(page.link('Functions')).toBe('/functions?region=eu-west-1&runtime=java21');
    restore();
    vi.stubGlobal('HTMLElement', Field);
    const other = await show('', '/ingest');
    expect(other.elements('section').filter(({ attributes }) => attributes['aria-label'] === 'Filters')).toEqual([]);
    restore();
    vi.stubGlobal('HTMLElement', Field);
    const map = await show('?region=eu-west-1', '/ingest');
    expect(chips(map)).toEqual(['Region: eu-west-1 (not applied here)']);
    expect(map.elements('button').some(({ text }) => text === 'Filter')).toBe(false);
  });
});

describe('the command palette', () => {
  const options = (page: ShownPage): readonly string[] =>
    page.elements('div').flatMap(({ attributes, text }) => (attributes['role'] === 'option' ? [text] : []));
  const opened = async (search = ''): Promise<ShownPage> => {
    const page = await show(search);
    await press('k', { ctrlKey: true, field: 'INPUT' });
    await expect.poll(() => page.text).toContain('results');
    return page;
  };

  test('opens by Ctrl K, by Cmd K, by a slash where the page has no field, and by its button', async () => {
    for (const open of [
      () => press('k', { metaKey: true }),
      () => press('/'),
      async (page: ShownPage) => page.click('Search or jump to … Ctrl K'),
    ]) {
      const page = await show('');
      expect(page.text).not.toContain('results');
      await open(page);
      await expect.poll(() => page.text).toContain('results');
      restore();
      vi.stubGlobal('HTMLElement', Field);
    }
  });

  test('first has favourites, recent functions, pages and actions', async () => {
    const kept: Readonly<Record<string, string>> = {
      'favourite-functions': '[{"id":"1:eu:a","name":"a"}]',
      'recent-functions': '[{"id":"1:eu:b","name":"b"}]',
    };
    const page = await show(RANGE);
    Object.assign(localStorage, { getItem: (key: string) => kept[key] ?? null });
    await press('k', { ctrlKey: true });
    await expect.poll(() => page.text).toContain('results');
    const groups = page.elements('div').filter(({ attributes }) => attributes['role'] === 'group');
    expect(groups.map(({ attributes }) => attributes['aria-label'])).toEqual([
      ...['Favourites', 'Recent', 'Pages', 'Actions'],
    ]);
    expect(options(page).slice(0, 3)).toEqual(['a', 'b', 'Overviewg o']);
  });

  test('finds functions, and failures by the API', async () => {
    const page = await opened(RANGE);
    const [known] = examples.listFunctions.answer.items;
    await page.fill('palette-field', known?.name ?? '');
    await expect.poll(() => options(page).some((text) => text.startsWith(known?.name ?? '-'))).toBe(true);
    expect(page.requested.some((address) => address.startsWith('/api/v1/errors?') && /[?&]text=/.test(address))).toBe(
      true,
    );
    const field = page.elements('input').find(({ attributes }) => attributes['role'] === 'combobox')?.attributes;
    expect(field).toMatchObject({ 'aria-controls': 'palette-list', 'aria-activedescendant': 'palette-option-0' });
  });

  test('an id opens its invocation or trace', async () => {
    const page = await opened();
    await page.fill('palette-field', '1-67891233-abcdef012345678912345678');
    expect(options(page)).toEqual(['Trace 1-67891233-abcdef012345678912345678']);
    await page.fill('palette-field', 'nothing at all');
    await expect.poll(() => page.text).toContain('Failures');
  });
});

describe('the time control', () => {
  /** Its code is fetched when it is first opened. */
  const open = async (page: ShownPage, label: string): Promise<void> => {
    await page.click(label);
    await expect.poll(() => page.text).toContain('Until now');
  };

  test('chooses range, zone and refresh in the address', async () => {
    const page = await show('?status=oom');
    await open(page, 'Last 24 hours UTC');
    await page.click('Last 7 days');
    expect(page.address).toBe('/functions?status=oom&from=now-7d');
    // A choice closes the box.
    await open(page, 'Last 7 days UTC');
    await page.fill('Time zone', 'Asia/Tokyo');
    expect(page.address).toBe('/functions?status=oom&from=now-7d&tz=Asia%2FTokyo');
    await page.fill('Auto-refresh', '30s');
    expect(page.address).toBe('/functions?status=oom&from=now-7d&tz=Asia%2FTokyo&refresh=30s');
    expect(page.elements('button').some(({ text }) => text === 'Last 7 days Asia/Tokyo')).toBe(true);
    await page.click('Earlier');
    // Shown at 08:00 on the 28th: half of seven days earlier is 20:00 on the 17th to 20:00 on the 24th.
    expect(page.address).toContain('from=2026-11-17T20%3A00%3A0');
    expect(page.address).toContain('to=2026-11-24T20%3A00%3A0');
  });

  test('says the exact bounds, and the length of what is no preset', async () => {
    const page = await show('?from=2026-11-20T08:00:00Z&to=2026-11-21T09:30:00Z');
    await open(page, '2026-11-20 08:00 – 2026-11-21 09:30 25 h 30 min UTC');
    expect(page.elements('p').map(({ text }) => text)).toContain(
      '2026-11-20 08:00 – 2026-11-21 09:30 25 h 30 min, UTC',
    );
    const presets = page.elements('button').filter(({ attributes }) => attributes['class'] === 'preset');
    expect(presets.map(({ attributes }) => attributes['aria-pressed'])).not.toContain('true');
    await page.click('Zoom out');
    expect(page.address).toBe('/functions?from=2026-11-19T19%3A15%3A00.000Z&to=2026-11-21T22%3A15%3A00.000Z');
  });

  test('own bounds are those of the zone’s clocks', async () => {
    const page = await show('?from=2026-11-20T08:00:00Z&to=2026-11-21T08:00:00Z&tz=Asia/Tokyo');
    await open(page, '2026-11-20 17:00 – 2026-11-21 17:00 24 h Asia/Tokyo');
    const apply = () => page.elements('button').find(({ text }) => text === 'Apply range')?.attributes;
    await page.fill('From', '2026-11-21T18:00');
    expect(apply()).toHaveProperty('disabled');
    await page.fill('From', '');
    expect(apply()).toHaveProperty('disabled');
    await page.fill('From', '2026-11-21T09:00');
    await page.submit('Apply range');
    expect(page.address).toContain('from=2026-11-21T00%3A00%3A00.000Z&to=2026-11-21T08%3A00%3A00.000Z');
  });

  test('words are read while they are written, and applied', async () => {
    const page = await show('');
    await open(page, 'Last 24 hours UTC');
    const apply = () => page.elements('button').find(({ text }) => text === 'Apply')?.attributes;
    expect(apply()).toHaveProperty('disabled');
    await page.fill('In words', 'soon');
    await expect.poll(() => page.text).toContain('“soon” is not understood. What is: 3h');
    expect(apply()).toHaveProperty('disabled');
    await page.fill('In words', 'last monday 9:00–12:00');
    await expect.poll(() => page.text).toContain('2026-11-23 09:00 – 2026-11-23 12:00, 3 h');
    await page.submit('Apply');
    expect(page.address).toBe('/functions?from=2026-11-23T09%3A00%3A00.000Z&to=2026-11-23T12%3A00%3A00.000Z');
  });

  test('an absolute range is not refreshed', async () => {
    const page = await show('?from=2026-11-20T08:00:00Z&to=2026-11-21T08:00:00Z');
    await open(page, '2026-11-20 08:00 – 2026-11-21 08:00 24 h UTC');
    const disabled = page.elements('select').filter(({ attributes }) => 'disabled' in attributes);
    expect(disabled.map(({ attributes }) => attributes['title'])).toEqual(['Auto-refresh needs a range that ends now']);
  });

  test('the refresh button says how often, and refreshes now', async () => {
    const page = await show('?refresh=30s');
    const [button] = page.elements('button').filter(({ attributes }) => attributes['title'] === 'Refresh ( r )');
    expect(button?.text).toBe('30 s');
    const before = page.requested.length;
    await page.click('30 s');
    expect(page.requested.length - before).toBe(1);
  });
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
  expect(asked(fixed)).toHaveLength(1);
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

test('a copied link has the zone by its name; local times are those of who opens it', async () => {
  for (const [tz, expected] of [
    ['', 'utc'],
    ['tz=Asia/Tokyo', 'Asia/Tokyo'],
    ['tz=local', 'local'],
  ] as const) {
    const page = await show(`?${tz}`);
    const copied: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => copied.push(text) } });
    await page.click('Copy link');
    expect(new URL(copied[0] ?? '').searchParams.get('tz')).toBe(expected);
    restore();
    vi.stubGlobal('HTMLElement', Field);
  }
});

test('charts that are pointed at hold the refresh', async () => {
  const page = await show('?refresh=10s');
  const before = page.requested.length;
  const release = holdRefresh();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(page.requested.length - before).toBe(0);
  release();
  release();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(page.requested.length - before).toBe(1);
});

test('the bar has the title, and the list that a page belongs to', async () => {
  const page = await show(RANGE, '/functions/a');
  expect(page.elements('a').find(({ attributes }) => attributes['class'] === 'crumb')).toMatchObject({
    text: 'Functions',
    attributes: { href: `/functions${RANGE}` },
  });
  restore();
  vi.stubGlobal('HTMLElement', Field);
  const list = await show(RANGE, '/functions');
  expect(list.elements('a').some(({ attributes }) => attributes['class'] === 'crumb')).toBe(false);
});

test('every page of the navigation is in one of its groups', () => {
  const labelled = Object.entries<PageDefinition>(PAGES).flatMap(([name, page]) => (page.navigation ? [name] : []));
  expect(GROUPS.flat().toSorted()).toEqual(labelled.toSorted());
});

test('the sidebar collapses to icons, and stays so', async () => {
  const page = await show('');
  const side = () => page.elements('aside')[0]?.attributes;
  const kept: unknown[] = [];
  Object.assign(localStorage, { setItem: (...entry: unknown[]) => kept.push(entry) });
  expect(side()).toMatchObject({ class: 'sidebar' });
  await page.click('Collapse');
  expect(side()).toMatchObject({ class: 'sidebar collapsed' });
  expect(kept).toEqual([['sidebar-collapsed', 'yes']]);
});

test('signing out ends the session, and leads to sign-in even if that fails', async () => {
  const page = await show(RANGE);
  await page.click('Sign out');
  expect(page.sent).toEqual([['DELETE /api/v1/session', undefined]]);
  expect(page.address).toBe('/sign-in');
});
