/** The frame of the UI in a real browser: heights and widths, drawer, focus after navigation, the time control. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Opened } from '../support/browser.ts';
import { DEMO_FUNCTION, launch, settled, signedIn } from '../support/browser.ts';

const { demo } = inject('sites');
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const FUNCTION = encodeURIComponent(DEMO_FUNCTION);
const PATHS: readonly (readonly [path: string, shows: string])[] = [
  ['/', 'What needs attention'],
  ['/functions', 'webhook-fanout'],
  [`/functions/${FUNCTION}?tab=cold-starts`, 'Cold-start rate'],
  ['/errors', 'First seen'],
  ['/logs', 'surrounding lines'],
  ['/network', 'VPC comparison'],
  [`/compare?function=${FUNCTION}`, 'Duration histogram'],
  ['/alerts', 'Evidence and times'],
  ['/ingest', 'Dead letters'],
  ['/connect', 'CloudFormation'],
  ['/settings', 'Data retention'],
];
const HIGHEST_BAR_PX = 56;

const focused = (page: Page): Promise<unknown> =>
  page.evaluate('[document.activeElement.tagName, document.activeElement.textContent.trim()].join(" ")');

const WIDTHS = [390, 768, 1280, 1440, 2560];

describe('at any width', () => {
  let signed: Opened;
  beforeAll(async () => {
    signed = await signedIn(browser, demo, { theme: 'light', width: 1440 });
  });
  afterAll(() => signed?.context.close());

  test.each(PATHS)('%s does not scroll sideways, and its bar is low', async (path, shows) => {
    const { page } = signed;
    await settled(page, demo + path, shows);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([width, overflow]).toEqual([width, 0]);
      const box = await page.locator('header.bar').boundingBox();
      expect(box?.height).toBeLessThanOrEqual(HIGHEST_BAR_PX);
      // What the bar holds stays within it.
      for (const button of await page.locator('header.bar button:visible').all()) {
        const { x = -1, width: wide = 0 } = (await button.boundingBox()) ?? {};
        expect([width, x >= 0 && x + wide <= width]).toEqual([width, true]);
      }
    }
  });
});

describe('on a phone', () => {
  test('the navigation is in a drawer, which a choice, Escape and a click beside it close', async () => {
    const { context, page } = await signedIn(browser, demo, { theme: 'light', width: 390 });
    await settled(page, `${demo}/`, 'What needs attention');
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
    const menu = page.getByRole('dialog', { name: 'Menu' });
    const open = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Menu', exact: true }).click();
      await menu.waitFor();
    };
    await open();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await open();
    await page.mouse.click(380, 500);
    await menu.waitFor({ state: 'hidden' });
    await open();
    await menu.getByRole('link', { name: 'Functions' }).click();
    await page.waitForURL(/\/functions/);
    await menu.waitFor({ state: 'hidden' });
    await context.close();
  });

  test('the box of the time control fits, and its fields are in reach', async () => {
    const { context, page } = await signedIn(browser, demo, { theme: 'dark', width: 390 });
    await settled(page, `${demo}/`, 'What needs attention');
    await page.locator('#range').click();
    const box = await page.getByRole('dialog', { name: 'Time range' }).boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
    await page.getByLabel('In words').fill('yesterday');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.waitForURL(/from=\d{4}-/);
    expect(await focused(page)).toMatch(/^BUTTON/);
    await context.close();
  });
});

describe('after navigation', () => {
  const wide = { theme: 'light', width: 1440 } as const;

  test('the focus is on the heading, and the title is said; the first page leaves it where it is', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/`, 'What needs attention');
    expect(await focused(page)).toMatch(/^BODY/);
    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await page.locator('h1:focus').waitFor();
    expect(await focused(page)).toBe('H1 Functions');
    expect(await page.locator('.frame > [role=status]').textContent()).toBe('Functions');
    await page.getByRole('link', { name: 'webhook-fanout' }).first().click();
    await page.locator('h1:focus', { hasText: 'webhook-fanout' }).waitFor();
    expect(await focused(page)).toBe('H1 webhook-fanout');
    await context.close();
  });

  test('Tab reaches "Skip to content" first, which leads to the page', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/`, 'What needs attention');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('A Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await context.close();
  });
});

test('the palette: by keys alone to a function, which is then a recent one; a pasted id; Escape', async () => {
  const { context, page } = await signedIn(browser, demo, { theme: 'light', width: 1440 });
  await settled(page, `${demo}/`, 'What needs attention');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  const field = palette.getByRole('combobox');
  await field.waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('palette-field');
  await page.keyboard.type('webhook');
  const chosen = palette.getByRole('option', { selected: true });
  await chosen.filter({ hasText: 'webhook-fanout' }).waitFor();
  // Its failures arrive later than its name.
  await palette.getByRole('option').nth(1).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/functions\/.*webhook-fanout/);
  await page.locator('h1:focus').waitFor();
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  await page.keyboard.press('Control+k');
  await palette.getByRole('group', { name: 'Favourites' }).getByText('webhook-fanout').waitFor();
  await palette.getByRole('group', { name: 'Recent' }).getByText('webhook-fanout').waitFor();
  await field.fill('3f1a2b3c-0001-4abc-8def-0123456789ab');
  expect(await palette.getByRole('option').allTextContents()).toEqual([
    'Invocation 3f1a2b3c-0001-4abc-8def-0123456789ab',
  ]);
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });
  await context.close();
});

describe('the time control', () => {
  const wide = { theme: 'light', width: 1440 } as const;

  test('t opens it, Escape closes it and gives the focus back; the zone is remembered', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/`, 'What needs attention');
    await page.keyboard.press('t');
    const box = page.getByRole('dialog', { name: 'Time range' });
    await box.waitFor();
    await box.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('range');
    await settled(page, `${demo}/functions`, 'webhook-fanout');
    expect(await page.locator('#range').textContent()).toContain('Asia/Tokyo');
    await context.close();
  });

  test('own bounds are chosen in fields; z zooms out; a click elsewhere closes the box', async () => {
    const { context, page } = await signedIn(browser, demo, wide);
    await settled(page, `${demo}/?tz=utc`, 'What needs attention');
    await page.locator('#range').click();
    await page.getByLabel('From', { exact: true }).fill('2026-11-01T06:00');
    await page.getByLabel('To', { exact: true }).fill('2026-11-01T18:00');
    await page.getByRole('button', { name: 'Apply range' }).click();
    await page.waitForURL(/from=2026-11-01T06/);
    await page.keyboard.press('z');
    await page.waitForURL(/from=2026-11-01T00%3A00%3A00.000Z&to=2026-11-02T00/);
    await page.locator('#range').click();
    await page.getByRole('dialog', { name: 'Time range' }).waitFor();
    await page.locator('main').click({ position: { x: 5, y: 60 } });
    await page.getByRole('dialog', { name: 'Time range' }).waitFor({ state: 'hidden' });
    await context.close();
  });
});

test('all time charts of a page point at the same time; arrow keys read the points, digits hide series', async () => {
  const { context, page } = await signedIn(browser, demo, { theme: 'light', width: 1440 });
  await settled(page, `${demo}/`, 'What needs attention');
  const charts = page.locator('canvas');
  await charts.nth(1).waitFor();
  await charts.nth(0).scrollIntoViewIfNeeded();
  const box = await charts.nth(0).boundingBox();
  if (box === null) throw new Error('no chart');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator('canvas[data-pointed]').nth(1).waitFor();
  const pointed = await charts.evaluateAll((all) => all.map((one) => one.getAttribute('data-pointed')));
  expect(new Set(pointed.slice(0, 2)).size).toBe(1);
  await page.mouse.move(1, 1);
  await expect.poll(() => page.locator('canvas[data-pointed]').count()).toBe(0);
  await charts.nth(0).focus();
  await page.keyboard.press('End');
  const said = page.locator('.chart [role=status]').first();
  await said.filter({ hasText: /succeeded: / }).waitFor();
  const last = await said.textContent();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => said.textContent()).not.toBe(last);
  for (const state of ['hidden', 'shown']) {
    await page.keyboard.press('1');
    await said.filter({ hasText: `succeeded: ${state}` }).waitFor();
  }
  await page.keyboard.press('Escape');
  expect(await page.locator('canvas[data-pointed]').count()).toBe(0);
  await context.close();
});

test('on paper there is the page alone', async () => {
  const { context, page } = await signedIn(browser, demo, { theme: 'dark', width: 1280 });
  await settled(page, `${demo}/functions`, 'webhook-fanout');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('header.bar').isVisible()).toBe(false);
  expect(await page.locator('.frame > .sidebar').isVisible()).toBe(false);
  expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
  await context.close();
});
