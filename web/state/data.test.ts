/** Data of the pages by hooks, with a server that is a list of answers. Expected values follow from their descriptions. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hooked } from '../../test/support/hooks.ts';
import { clearQueryCache, useQuery } from '../api/use-query.ts';
import { interceptLinks } from './location.ts';
import { useMarkers } from './markers.ts';
import { useAnyOutdated } from './outdated.ts';

const requested: string[] = [];
let answer: () => Response;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
  requested.length = 0;
  clearQueryCache();
  const target = new EventTarget();
  vi.stubGlobal('document', { visibilityState: 'visible' });
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('window', {
    location: { pathname: '/functions', search: '?from=now-7d' },
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
  });
  vi.stubGlobal('fetch', (address: string) => {
    requested.push(address);
    return Promise.resolve(answer());
  });
});
afterEach(() => {
  clearQueryCache();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(300);

test('markers of all functions name theirs; those of one function do not', async () => {
  const of = { id: '1:us-east-1:checkout', name: 'checkout' };
  const items = [
    {
      at: '2026-11-21T03:00:00.000Z',
      until: '2026-11-21T04:00:00.000Z',
      kind: 'alert',
      label: 'slow\u202e',
      function: of,
    },
    {
      ...{ at: '2026-11-21T05:00:00.000Z', until: null, kind: 'deploy', label: 'version 7', function: null },
      deploy: { url: 'https://example.com/c/1' },
    },
  ];
  answer = () => Response.json({ items });
  const all = hooked(() => useMarkers(null));
  expect(all.current).toEqual([]);
  await settle();
  expect(requested).toEqual(['/api/v1/markers?from=now-7d&to=now']);
  expect(all.current).toEqual([
    {
      x: Date.UTC(2026, 10, 21, 3),
      until: Date.UTC(2026, 10, 21, 4),
      kind: 'alert',
      label: 'checkout: slow\\u202e',
      function: of,
      url: null,
    },
    {
      ...{ x: Date.UTC(2026, 10, 21, 5), until: null, kind: 'deploy', label: 'version 7', function: null },
      url: 'https://example.com/c/1',
    },
  ]);
  all.unmount();
  const one = hooked(() => useMarkers(of.id));
  await settle();
  expect(requested[1]).toBe('/api/v1/markers?from=now-7d&to=now&function=1%3Aus-east-1%3Acheckout');
  expect(one.current.map(({ label }) => label)).toEqual(['slow\\u202e', 'version 7']);
  one.unmount();
});

test('a null request asks nothing', async () => {
  answer = () => Response.json({});
  const query = hooked(() => useQuery('listMarkers', null, { pollMs: 1000 }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(requested).toEqual([]);
  expect(query.current).toMatchObject({ data: null, error: null, loading: false, updatedMs: null });
  query.unmount();
});

test('a polled request is sent again while the page is visible, and no more once it is gone', async () => {
  answer = () => Response.json({ items: [] });
  const query = hooked(() => useQuery('listMarkers', {}, { pollMs: 1000 }));
  expect(query.current).toMatchObject({ data: null, loading: true });
  await settle();
  expect(query.current).toMatchObject({ data: { items: [] }, error: null, loading: false });
  expect(requested).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3000);
  const shown = requested.length;
  expect(shown).toBeGreaterThan(2);
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(requested).toHaveLength(shown);
  vi.stubGlobal('document', { visibilityState: 'visible' });
  query.unmount();
  await vi.advanceTimersByTimeAsync(5000);
  expect(requested).toHaveLength(shown);
});

test('the last answer stays while the next range loads, but not that of another page', async () => {
  answer = () => Response.json({ items: [requested.length] });
  let asked: Parameters<typeof useQuery>[1] = { query: { from: 'now-1d' } };
  let id: 'listMarkers' | 'listSilences' = 'listMarkers';
  const query = hooked(() => useQuery(id, asked as never, { pollMs: 1000 }));
  await settle();
  expect(query.current).toMatchObject({ data: { items: [1] }, loading: false });
  asked = { query: { from: 'now-2d' } };
  query.again();
  expect(query.current).toMatchObject({ data: { items: [1] }, loading: true, source: '/api/v1/markers?from=now-2d' });
  await settle();
  expect(query.current).toMatchObject({ data: { items: [2] }, loading: false });
  // Only the newest address is polled.
  await vi.advanceTimersByTimeAsync(2500);
  expect(new Set(requested.slice(2))).toEqual(new Set(['/api/v1/markers?from=now-2d']));
  id = 'listSilences';
  asked = {};
  query.again();
  expect(query.current).toMatchObject({ data: null, loading: true });
  await settle();
  query.unmount();
});

test('a page says that it shows the answer of another range until its own is there, and not while it refreshes', async () => {
  answer = () => Response.json({ items: [] });
  let asked: Parameters<typeof useQuery>[1] = { query: { from: 'now-1d' } };
  const any = hooked(useAnyOutdated);
  const query = hooked(() => useQuery('listMarkers', asked as never));
  // The first answer: nothing is shown before it.
  await vi.advanceTimersByTimeAsync(0);
  expect(any.current).toBe(false);
  await settle();
  query.current.reload();
  await vi.advanceTimersByTimeAsync(0);
  expect(any.current).toBe(false);
  await settle();
  let answered: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answered = resolve)));
  asked = { query: { from: 'now-14d' } };
  query.again();
  await settle();
  expect(any.current).toBe(true);
  answered(Response.json({ items: [1] }));
  await settle();
  expect(any.current).toBe(false);
  // A page that is left while it loads is no longer counted.
  asked = { query: { from: 'now-30d' } };
  query.again();
  await settle();
  expect(any.current).toBe(true);
  query.unmount();
  await settle();
  expect(any.current).toBe(false);
  any.unmount();
});

test('a request without an interval is sent once', async () => {
  answer = () => Response.json({ items: [] });
  const query = hooked(() => useQuery('listMarkers', {}));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(requested).toHaveLength(1);
  query.current.reload();
  await settle();
  expect(requested).toHaveLength(2);
  query.unmount();
});

test('a refusal is its message and code, an unreachable server says so', async () => {
  answer = () =>
    Response.json(
      {
        title: 'Bad',
        detail: 'The range is empty',
        code: 'invalid-request',
        errors: [{ field: 'from', message: 'after to' }],
      },
      { status: 400 },
    );
  const refused = hooked(() => useQuery('listMarkers', { query: { from: 'now' } }));
  await settle();
  expect(refused.current.error).toEqual({ message: 'The range is empty — from: after to', code: 'invalid-request' });
  refused.unmount();
  answer = () => {
    throw new TypeError('fetch failed');
  };
  const lost = hooked(() => useQuery('listMarkers', { query: { from: 'now-1d' } }));
  await settle();
  expect(lost.current.error).toEqual({ message: 'Cannot reach the server', code: 'unreachable' });
  lost.unmount();
});

/** A link of a page; the click that it receives. */
function click(change: object = {}, link: object | null = {}) {
  const opened: string[] = [];
  class Target {
    closest(): object | null {
      return link === null
        ? null
        : {
            origin: 'http://localhost',
            target: '',
            pathname: '/network',
            search: '?from=now-1h',
            hash: '',
            hasAttribute: () => false,
            ...link,
          };
    }
  }
  const listeners: ((event: object) => void)[] = [];
  vi.stubGlobal('Element', Target);
  vi.stubGlobal('document', {
    addEventListener: (name: string, listener: (event: object) => void) => {
      expect(name).toBe('click');
      listeners.push(listener);
    },
  });
  vi.stubGlobal('window', {
    location: { origin: 'http://localhost' },
    history: { pushState: (_: null, __: string, href: string) => opened.push(href) },
    dispatchEvent: () => true,
    scrollTo: (x: number, y: number) => opened.push(`scrolled to ${x},${y}`),
  });
  interceptLinks();
  const event = { defaultPrevented: false, button: 0, target: new Target(), preventDefault: () => opened.push('kept') };
  for (const listener of listeners) listener({ ...event, ...change });
  return opened;
}

test('a plain click on a link to a page opens it without loading the document', () => {
  expect(click()).toEqual(['kept', '/network?from=now-1h', 'scrolled to 0,0']);
});

test.each([
  ['handled already', { defaultPrevented: true }, {}],
  ['of the middle button', { button: 1 }, {}],
  ['with Cmd', { metaKey: true }, {}],
  ['with Ctrl', { ctrlKey: true }, {}],
  ['with Shift', { shiftKey: true }, {}],
  ['with Alt', { altKey: true }, {}],
  ['beside every element', { target: null }, {}],
  ['beside every link', {}, null],
  ['on a link to another site', {}, { origin: 'https://example.com' }],
  ['on a link to a new tab', {}, { target: '_blank' }],
  ['on a download', {}, { hasAttribute: (name: string) => name === 'download' }],
  ['on a link to the API', {}, { pathname: '/api/v1/export' }],
  ['on the OpenAPI document', {}, { pathname: '/openapi.json' }],
  ['on a place of the page', {}, { hash: '#costs' }],
])('a click %s is the browser’s', (_, change, link) => {
  expect(click(change, link)).toEqual([]);
});
