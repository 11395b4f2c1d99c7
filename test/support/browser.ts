/** Headless Chromium from the system, driven by Playwright. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { ADMIN } from './product.ts';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const screenshots = join(import.meta.dirname, '../screenshots');
/** A function of the demo. */
export const DEMO_FUNCTION = '000000000000:eu-west-1:webhook-fanout';

export async function launch(): Promise<Browser> {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('Chromium is missing: npm test installs it, or set CHROMIUM_PATH');
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface View {
  readonly theme: 'light' | 'dark';
  readonly width: number;
}

/** A desktop and a phone. */
const WIDTHS: readonly number[] = [1440, 390];
export const views: readonly View[] = WIDTHS.flatMap((width) => [
  { theme: 'light', width },
  { theme: 'dark', width },
]);

/** An open page, and what it complained about. */
export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens an empty page in a context of its own, and collects page errors and console errors. */
export async function opened(browser: Browser, view: View): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: view.width, height: 900 }, colorScheme: view.theme });
  // Ends a wait that hangs; never a measure.
  context.setDefaultTimeout(600_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** Opens an empty page in a context with a session. The page of the sign-in, and the overview that follows it, are not loaded. */
export async function signedIn(browser: Browser, url: string, view: View): Promise<Opened> {
  const one = await opened(browser, view);
  const answer = await one.context.request.post(`${url}/api/v1/session`, { data: { token: ADMIN } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
  return one;
}

/** With `SCREENSHOTS=1`, writes a picture of the whole page to test/screenshots. */
export async function shoot(page: Page, name: string, view: View): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  await page.screenshot({ path: join(screenshots, `${name}-${view.theme}-${view.width}.png`), fullPage: true });
}

/** Opens the page and waits until it shows the text and its layout is stable. */
export async function settled(page: Page, url: string, shows: string): Promise<void> {
  await page.goto(url);
  await stable(page, shows);
}

/** Waits until the page shows the text and its layout is stable. */
export async function stable(page: Page, shows: string): Promise<void> {
  // Lists that only phones show have the same words.
  await page.getByText(shows).filter({ visible: true }).first().waitFor();
  await page.locator('main:not([aria-busy="true"])').waitFor();
  // Wait one more frame: charts are drawn in the frame after their data arrives.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
}

/** Shows an open page in another view, which costs less than to load it again: style sheets alone decide what a width shows. */
export async function changeView(page: Page, { theme, width }: View, shows: string): Promise<void> {
  // Colours change at once, without transitions.
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 900 });
  await stable(page, shows);
}
