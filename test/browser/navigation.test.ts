/** The URL as state, time ranges, keyboard shortcuts and themes, in a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch, opened, settled, shoot, signedIn, stable } from '../support/browser.ts';
import { ADMIN } from '../support/product.ts';

const { demo } = inject('sites');
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const wide = { theme: 'light', width: 1440 } as const;

describe('data outside of the time range', () => {
  test('one click removes the filter that hides the data', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`, 'Stored data covers');
    await shoot(page, 'overview-filtered', wide);
    await page.getByRole('button', { name: 'Show latest data' }).click();
    await page.getByText('What needs attention').waitFor();
    await context.close();
  });
});

describe('the URL is the state', () => {
  test('selections are stored in the query string, and the back button undoes them', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/functions`, 'webhook-fanout');
    await page.locator('#range').click();
    await page.getByRole('button', { name: 'Last 7 days' }).click();
    await page.waitForURL(/from=now-7d/);
    await page.getByLabel('Search functions').fill('check');
    await page.waitForURL(/q=check/);
    expect(await page.locator('table[aria-label="Functions"] tbody tr').count()).toBe(1);
    await page.goBack();
    expect(page.url()).not.toContain('from=now-7d');
    await context.close();
  });

  test('dragging over a chart selects a range, even while the data refreshes', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    const range = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };
    const answer = (await (await page.request.get(`${demo}/api/v1/overview`)).json()) as object;
    // Each response has a unique number, which shows when it is on screen.
    const answerWith = (invocations: number) =>
      page.route('**/api/v1/overview?*', (route) =>
        route.fulfill({ json: { ...answer, range: { ...range, bucketMs: 3_600_000 }, series: [], invocations } }),
      );
    await answerWith(4321);
    await settled(page, `${demo}/`, '4,321');
    const chart = page.locator('canvas').first();
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 3 });
    await answerWith(5432);
    await page.keyboard.press('r');
    await page.getByText('5,432').first().waitFor();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 3 });
    await page.mouse.up();
    await page.waitForURL(/from=2026-11-01/);
    const selected = new URL(page.url()).searchParams;
    const share = (name: string): number =>
      (Date.parse(selected.get(name) ?? '') - Date.parse(range.from)) / 86_400_000;
    // The plot is narrower than the canvas by the width of the y axis labels.
    expect(share('from')).toBeCloseTo(0.27, 1);
    expect(share('to')).toBeCloseTo(0.58, 1);
    await context.close();
  });

  test('a page sends each request once, for every range', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    for (const range of ['from=now-2d&to=now-1h', 'from=now-2d&to=whenever']) {
      const requested: string[] = [];
      page.on('request', (request) => requested.push(request.url()));
      await page.goto(`${demo}/?${range}`);
      // Not reached if the page keeps sending requests.
      await page.waitForLoadState('networkidle');
      page.removeAllListeners('request');
      const advice = requested.filter((url) => url.includes('/recommendations'));
      expect(advice.length, range).toBe(1);
    }
    await context.close();
  });

  test('an invalid range is reported with the expected format', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/?from=yesterday`, 'from: expected epoch milliseconds, ISO 8601, or now-24h');
    await context.close();
  });

  test('auto-refresh is off for an absolute range', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`, 'Stored data covers');
    await page.locator('#range').click();
    expect(await page.getByLabel('Auto-refresh').isDisabled()).toBe(true);
    await context.close();
  });

  test('keyboard shortcuts: g f opens functions, / focuses the search, ? opens help', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/`, 'What needs attention');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.waitForURL(/\/functions/);
    await page.getByText('webhook-fanout').first().waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('search');
    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await context.close();
  });
});

test('a link with a code signs in once and opens the overview; a token signs in by the form', async () => {
  const { context, page, complaints } = await opened(browser, wide);
  // Just before it is used: it ends after a minute.
  const issued = await fetch(`${demo}/api/v1/session/code`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { code } = (await issued.json()) as { code: string };
  const link = `${demo}/sign-in#code=${code}`;
  await page.goto(link);
  await page.waitForURL((address) => address.pathname === '/');
  await stable(page, 'What needs attention');
  expect(complaints).toEqual([]);
  await context.close();
  const { context: other, page: again } = await opened(browser, wide);
  await again.goto(link);
  await again.getByRole('alert').waitFor();
  expect(new URL(again.url()).pathname).toBe('/sign-in');
  await again.getByLabel('Token or password').fill(ADMIN);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.waitForURL((address) => address.pathname === '/');
  await other.close();
});

describe('theme', () => {
  test('the theme toggle overrides the system theme and persists', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await page.goto(demo);
    await page.getByRole('button', { name: 'Switch to dark theme' }).click();
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await context.close();
  });
});
