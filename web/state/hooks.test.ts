/** State of the pages: what hooks return, and when. Expected values follow from their descriptions. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hooked } from '../../test/support/hooks.ts';
import { useAction } from './action.ts';
import { useCopyButton } from './clipboard.ts';
import { useNow } from './clock.ts';
import { chooseTheme, currentTheme, designToken, onThemeChange } from './theme.ts';
import { setTitle, useTitle } from './title.ts';
import { useView } from './view.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

/** A browser with this address whose system prefers dark or light. */
function browser(search: string, prefersDark = false) {
  const target = new EventTarget();
  const system = new EventTarget();
  const page = { title: '', visibilityState: 'visible', documentElement: { dataset: {} as Record<string, string> } };
  const stored = new Map<string, string>();
  const location = { pathname: '/functions', search };
  vi.stubGlobal('document', page);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  vi.stubGlobal('window', {
    location,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
    matchMedia: (query: string) => {
      expect(query).toBe('(prefers-color-scheme: dark)');
      return Object.assign(system, { matches: prefersDark });
    },
  });
  return { target, system, page, stored, location };
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a view is the range and the time zone of the address, and follows it', async () => {
  const { target, location } = browser('?from=now-7d&to=now-1d&tz=local&q=a');
  const view = hooked(useView);
  expect(view.current.rangeQuery).toEqual({ from: 'now-7d', to: 'now-1d' });
  expect(view.current.zone).toBe('local');
  expect(view.current.query.get('q')).toBe('a');
  await vi.advanceTimersByTimeAsync(200);
  location.search = '?tz=utc';
  target.dispatchEvent(new Event('popstate'));
  await vi.advanceTimersByTimeAsync(200);
  expect(view.current.rangeQuery).toEqual({ from: 'now-24h', to: 'now' });
  expect(view.current.zone).toBe('utc');
  location.search = '?tz=local';
  target.dispatchEvent(new Event('thermocline:location'));
  await vi.advanceTimersByTimeAsync(200);
  expect(view.current.zone).toBe('local');
  view.unmount();
  location.search = '';
  target.dispatchEvent(new Event('popstate'));
  await vi.advanceTimersByTimeAsync(200);
  expect(view.current.zone).toBe('local');
});

test('a clock ticks while the page is visible', async () => {
  const { page } = browser('');
  const clock = hooked(() => useNow(5000));
  expect(clock.current).toBe(NOON);
  await vi.advanceTimersByTimeAsync(200);
  await vi.advanceTimersByTimeAsync(5000);
  const first = clock.current;
  expect(first).toBeGreaterThanOrEqual(NOON + 5000);
  page.visibilityState = 'hidden';
  await vi.advanceTimersByTimeAsync(20_000);
  expect(clock.current).toBe(first);
  page.visibilityState = 'visible';
  await vi.advanceTimersByTimeAsync(5200);
  expect(clock.current).toBeGreaterThan(first + 20_000);
  clock.unmount();
});

test('an action is busy until it is done, and keeps the message of success or failure', async () => {
  browser('');
  const action = hooked(useAction);
  expect(action.current).toMatchObject({ busy: false, message: null, failed: false });
  const done: ((message: string) => void)[] = [];
  action.current.run(() => new Promise((resolve) => done.push(resolve)));
  await vi.advanceTimersByTimeAsync(50);
  expect(action.current).toMatchObject({ busy: true, message: null, failed: false });
  done[0]?.('3 deliveries are sent again.');
  await vi.advanceTimersByTimeAsync(50);
  expect(action.current).toMatchObject({ busy: false, message: '3 deliveries are sent again.', failed: false });
  action.current.run(() => Promise.reject(new Error('the connection broke')));
  await vi.advanceTimersByTimeAsync(50);
  expect(action.current).toMatchObject({ busy: false, message: 'the connection broke', failed: true });
  action.current.run(() => Promise.reject('no error'));
  await vi.advanceTimersByTimeAsync(50);
  expect(action.current).toMatchObject({ busy: false, message: 'Request failed', failed: true });
  action.unmount();
});

test('a copy button says for two seconds whether copying worked', async () => {
  browser('');
  const copied: string[] = [];
  vi.stubGlobal('navigator', {
    clipboard: {
      writeText: (text: string) =>
        text === 'refused' ? Promise.reject(new Error()) : Promise.resolve(copied.push(text)),
    },
  });
  const button = hooked(() => useCopyButton('Copy'));
  const label = async (afterMs: number): Promise<string> => {
    await vi.advanceTimersByTimeAsync(afterMs);
    return button.current.label;
  };
  expect(await label(0)).toBe('Copy');
  button.current.copy('a line');
  expect(await label(1900)).toBe('Copied');
  expect(copied).toEqual(['a line']);
  expect(await label(300)).toBe('Copy');
  button.current.copy('refused');
  expect(await label(100)).toBe('Copy failed: select the text');
  expect(await label(2200)).toBe('Copy');
  // On plain HTTP there is no clipboard.
  vi.stubGlobal('navigator', {});
  button.current.copy('a line');
  expect(await label(100)).toBe('Copy failed: select the text');
  button.unmount();
});

test('a page is ready 20 ms after its last request is answered, and after 700 ms in any case', async () => {
  browser('');
  // Requests of other tests' pages may still be open, and would count.
  vi.resetModules();
  const { trackRequest, usePageReady } = await import('./page-ready.ts');
  const first = trackRequest();
  const page = hooked(() => usePageReady('a'));
  await vi.advanceTimersByTimeAsync(100);
  expect(page.current).toBe(false);
  const second = trackRequest();
  first();
  first();
  await vi.advanceTimersByTimeAsync(100);
  expect(page.current).toBe(false);
  second();
  await vi.advanceTimersByTimeAsync(15);
  expect(page.current).toBe(false);
  await vi.advanceTimersByTimeAsync(20);
  expect(page.current).toBe(true);
  page.unmount();
  const slow = trackRequest();
  const other = hooked(() => usePageReady('b'));
  await vi.advanceTimersByTimeAsync(650);
  expect(other.current).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(other.current).toBe(true);
  other.unmount();
  slow();
});

test('the theme is the chosen one, or that of the system', () => {
  const { page } = browser('', true);
  expect(currentTheme()).toBe('dark');
  page.documentElement.dataset['theme'] = 'light';
  expect(currentTheme()).toBe('light');
  page.documentElement.dataset['theme'] = 'purple';
  expect(currentTheme()).toBe('dark');
  const other = browser('', false);
  expect(currentTheme()).toBe('light');
  other.page.documentElement.dataset['theme'] = 'dark';
  expect(currentTheme()).toBe('dark');
});

test('a chosen theme is stored and announced; the system announces its own', () => {
  const { page, stored, system } = browser('');
  let changes = 0;
  const stop = onThemeChange(() => {
    changes += 1;
  });
  chooseTheme('dark');
  expect([page.documentElement.dataset['theme'], stored.get('theme'), changes]).toEqual(['dark', 'dark', 1]);
  system.dispatchEvent(new Event('change'));
  expect(changes).toBe(2);
  stop();
  chooseTheme('light');
  system.dispatchEvent(new Event('change'));
  expect(changes).toBe(2);
});

test('a design token is a custom property of the style sheet', () => {
  const { page } = browser('');
  vi.stubGlobal('getComputedStyle', (element: unknown) => ({
    getPropertyValue: (name: string) => (element === page.documentElement && name === '--accent' ? ' #123456 ' : ''),
  }));
  expect(designToken('accent')).toBe('#123456');
});

test('the title names the page and the product', async () => {
  const { page } = browser('');
  setTitle('Functions');
  expect(page.title).toBe('Functions · Thermocline');
  const title = hooked(() => {
    useTitle('checkout');
    return true;
  });
  await vi.advanceTimersByTimeAsync(200);
  expect(page.title).toBe('checkout · Thermocline');
  title.unmount();
});
