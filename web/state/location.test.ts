/** Links of the pages: what they keep of the address, and what they leave. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hrefTo, navigate, setSearchParams } from './location.ts';
import { zoomTo } from './view.ts';

let entries: string[];
let changes: number;

/** A window of this address whose history is a list. */
function open(address: string): void {
  entries = [address];
  changes = 0;
  const last = (): URL => new URL(entries.at(-1) ?? '/', 'http://localhost');
  vi.stubGlobal('window', {
    location: {
      get pathname() {
        return last().pathname;
      },
      get search() {
        return last().search;
      },
    },
    history: {
      pushState: (_state: null, _title: string, href: string) => entries.push(href),
      replaceState: (_state: null, _title: string, href: string) => entries.splice(-1, 1, href),
    },
    dispatchEvent: () => {
      changes += 1;
    },
  });
}

beforeEach(() => open('/'));
afterEach(() => vi.unstubAllGlobals());

test('a link keeps both ends of the range, the refresh interval and the time zone, and nothing else', () => {
  open('/functions/a?from=now-7d&to=now-1d&refresh=30s&tz=local&tab=memory&q=x');
  expect(hrefTo('/network')).toBe('/network?from=now-7d&to=now-1d&refresh=30s&tz=local');
  expect(hrefTo('/functions/b', { tab: 'changes' })).toBe(
    '/functions/b?from=now-7d&to=now-1d&refresh=30s&tz=local&tab=changes',
  );
});

test('a link keeps an end of the range without a beginning, and a beginning without an end', () => {
  open('/?to=now-1d');
  expect(hrefTo('/network')).toBe('/network?to=now-1d');
  open('/?from=now-7d');
  expect(hrefTo('/network')).toBe('/network?from=now-7d');
});

test('a link from a page without a range has no query', () => {
  open('/?tab=memory');
  expect(hrefTo('/network')).toBe('/network');
});

test('what a link asks for goes before what the page has, and is escaped', () => {
  open('/?from=now-7d&to=now');
  const range = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' };
  expect(hrefTo('/x', range)).toBe('/x?from=2026-11-20T00%3A00%3A00.000Z&to=2026-11-21T00%3A00%3A00.000Z');
  expect(hrefTo('/x', { q: 'a&b=c' })).toBe('/x?from=now-7d&to=now&q=a%26b%3Dc');
});

test('a changed parameter adds an entry to the history and keeps the others; null and "" remove one', () => {
  open('/functions?from=now-7d&to=now-1d&q=a');
  setSearchParams({ q: 'b' });
  setSearchParams({ q: '' });
  setSearchParams({ from: null, to: null });
  expect(entries).toEqual([
    '/functions?from=now-7d&to=now-1d&q=a',
    '/functions?from=now-7d&to=now-1d&q=b',
    '/functions?from=now-7d&to=now-1d',
    '/functions',
  ]);
  expect(changes).toBe(3);
});

test('a replaced parameter adds no entry', () => {
  open('/functions?q=a');
  setSearchParams({ q: 'ab' }, true);
  expect(entries).toEqual(['/functions?q=ab']);
  expect(changes).toBe(1);
});

test('navigation adds an entry and announces it', () => {
  navigate('/network?from=now-1h');
  expect(entries).toEqual(['/', '/network?from=now-1h']);
  expect(changes).toBe(1);
});

test('a range selected on a chart sets both ends and stops refreshing', () => {
  open('/?from=now-7d&refresh=10s&tz=local');
  zoomTo(Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 21, 6, 30));
  const query = new URL(entries.at(-1) ?? '', 'http://localhost').searchParams;
  expect(Object.fromEntries(query)).toEqual({
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-21T06:30:00.000Z',
    tz: 'local',
  });
});
