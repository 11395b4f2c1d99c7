/** Every page with data, empty, without Lambda lines and failing, at both widths and in both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Opened, View } from './browser.ts';
import { changeView, DEMO_FUNCTION, views as everyView, launch, settled, shoot, signedIn } from './browser.ts';

const FUNCTION = encodeURIComponent(DEMO_FUNCTION);
/** Accessibility does not depend on the width. */
const AXE_WIDTH = 1440;

/** Name, address, and a text that each shows with the demo's data. */
export const pages: readonly [name: string, path: string, shows: string][] = [
  ['overview', '/', 'What needs attention'],
  ['functions', '/functions', 'webhook-fanout'],
  ['function', `/functions/${FUNCTION}`, 'Median, 95th'],
  ['cold-starts', `/functions/${FUNCTION}?tab=cold-starts`, 'Cold-start rate'],
  ['environments', `/functions/${FUNCTION}?tab=environments`, 'Environment timeline'],
  ['keep-alive', `/functions/${FUNCTION}?tab=keep-alive`, 'Keep-alive of idle environments'],
  ['provisioned', `/functions/${FUNCTION}?tab=provisioned`, 'Numbers of provisioned environments'],
  ['load-tests', `/functions/${FUNCTION}?tab=load-tests`, 'oad tests'],
  ['invocations', `/functions/${FUNCTION}?tab=invocations`, 'Older'],
  ['memory', `/functions/${FUNCTION}?tab=memory`, 'Minimum safe size'],
  ['function-network', `/functions/${FUNCTION}?tab=network`, 'Network latency'],
  ['failures', `/functions/${FUNCTION}?tab=failures`, 'Unused inits'],
  ['changes', `/functions/${FUNCTION}?tab=changes`, 'Configurations'],
  ['fleet-changes', '/changes', 'Newest first'],
  ['errors', '/errors', 'First seen'],
  ['right-sizing', '/right-sizing', 'Most expensive functions'],
  ['network', '/network', 'VPC comparison'],
  ['logs', '/logs', 'surrounding lines'],
  ['map', '/map', 'Service calls'],
  ['compare', `/compare?function=${FUNCTION}`, 'Duration histogram'],
  ['report', '/report?period=2026-11&by=function', 'Cost by function'],
  ['sql', '/sql', 'duration_sketch'],
  ['alerts', '/alerts', 'Evidence and times'],
  ['alert-rules', '/alerts?tab=rules', 'Error rate above 1 %'],
  ['alert-silences', '/alerts?tab=silences', 'New silence'],
  ['alert-routes', '/alerts?tab=routes', 'Who would be notified?'],
  ['alert-receivers', '/alerts?tab=receivers', 'New receiver'],
  ['alert-deliveries', '/alerts?tab=deliveries', 'No deliveries'],
  ['settings', '/settings', 'Data retention'],
  ['ingest', '/ingest', 'Dead letters'],
  ['connect', '/connect', 'CloudFormation'],
  ['connect-forwarder', '/connect?kit=forwarder', 'Lambda forwarder'],
  ['docs', '/docs', '/api/v1/overview'],
];

/** Text that pages show without data, where it differs from the default empty state. */
const emptyTexts: Readonly<Record<string, string>> = {
  alerts: 'No firing alerts',
  'alert-rules': 'Error rate above 1 %',
  'alert-silences': 'New silence',
  'alert-routes': 'Who would be notified?',
  'alert-receivers': 'No receivers',
  'alert-deliveries': 'No deliveries',
  settings: 'Data retention',
  sql: 'duration_sketch',
  connect: 'Connection status',
  'connect-forwarder': 'Connection status',
  docs: '/api/v1/overview',
};

const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
/** Rules about colours: on a page whose theme has changed, all others have examined the same document before. */
const OF_COLOURS = ', runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] }';

const violations = (rules: string): string =>
  `axe.run({ resultTypes: ["violations"]${rules} }).then((r) => r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes.map((n) => n.target).join(" ")))`;

/** Declares the tests of all pages with data, at the width of the view. Pages are loaded in its theme and then change to the other. */
export function testPagesWithData({ theme: loaded, width }: View): void {
  const { demo } = inject('sites');
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const views = everyView
    .filter((view) => view.width === width)
    .toSorted((a, b) => Number(b.theme === loaded) - Number(a.theme === loaded));
  let browser: Browser;
  let withData: Opened;
  beforeAll(async () => {
    browser = await launch();
    withData = await signedIn(browser, demo, { theme: loaded, width });
  });
  afterAll(() => browser?.close());
  // What one page complains about does not fail the next.
  beforeEach(() => {
    withData.complaints.length = 0;
  });

  test.each(pages)(`%s with data, loaded ${loaded}, ${width} wide`, async (name, path, shows) => {
    const { page, complaints } = withData;
    await page.emulateMedia({ colorScheme: loaded });
    await page.goto(demo + path);
    for (const view of views) {
      await changeView(page, view, shows);
      await shoot(page, `${name}-data`, view);
      expect(complaints, view.theme).toEqual([]);
      expect(await page.evaluate(OVERFLOW), 'the page scrolls sideways').toBeLessThanOrEqual(0);
      if (width !== AXE_WIDTH) continue;
      if (view.theme === loaded) await page.evaluate(axe);
      const found = await page.evaluate(violations(view.theme === loaded ? '' : OF_COLOURS));
      expect(found, `accessibility, ${view.theme}`).toEqual([]);
    }
  });

  test(`an invocation with its lines, loaded ${loaded}, ${width} wide`, async () => {
    const { page, complaints } = withData;
    await page.emulateMedia({ colorScheme: loaded });
    await settled(page, `${demo}/functions/${FUNCTION}?tab=invocations&status=timeout`, 'timeout');
    await page.locator('table[aria-label="Invocations"] a').first().click();
    for (const view of views) {
      await changeView(page, view, 'Task timed out');
      await shoot(page, 'invocation-data', view);
      expect(complaints, view.theme).toEqual([]);
    }
  });
}

/** Declares the tests of all pages empty, without Lambda lines and failing: each is loaded once, and then shown in the other views. */
export function testPagesWithoutData(): void {
  const { demo, empty, waiting } = inject('sites');
  const [first = { theme: 'light', width: AXE_WIDTH }] = everyView;
  let browser: Browser;
  let withData: Opened;
  let withNothing: Opened;
  let whileWaiting: Opened;
  beforeAll(async () => {
    browser = await launch();
    withData = await signedIn(browser, demo, first);
    withNothing = await signedIn(browser, empty, first);
    whileWaiting = await signedIn(browser, waiting, first);
  });
  afterAll(() => browser?.close());

  /** Loads a page in the first view: `check` runs there and in each of the others. */
  async function inEachView(page: Page, url: string, shows: string, check: (view: View) => Promise<void>) {
    await page.emulateMedia({ colorScheme: first.theme });
    await page.setViewportSize({ width: first.width, height: 900 });
    await page.goto(url);
    for (const view of everyView) {
      await changeView(page, view, shows);
      await check(view);
    }
  }

  // Without data there is no function to open a page for.
  const everywhere = pages.filter(([, path]) => !path.startsWith('/functions/'));

  test.each(everywhere)('%s empty', async (name, path) => {
    const { page } = withNothing;
    await inEachView(page, empty + path, emptyTexts[name] ?? 'No data yet', (view) =>
      shoot(page, `${name}-empty`, view),
    );
  });

  test.each(everywhere)('%s without Lambda lines', async (name, path) => {
    const { page } = whileWaiting;
    const shows = emptyTexts[name] ?? 'waiting for the first Lambda line';
    await inEachView(page, waiting + path, shows, async (view) => {
      if (name.startsWith('connect')) await page.getByText('Waiting for the first Lambda line').waitFor();
      await shoot(page, `${name}-waiting`, view);
    });
  });

  test('an unknown function', async () => {
    const { page } = withNothing;
    await inEachView(page, `${empty}/functions/unknown`, 'No data yet', (view) => shoot(page, 'function-empty', view));
  });

  test.each(pages.filter(([name]) => name !== 'docs'))('%s failing', async (name, path) => {
    const { page } = withData;
    const problem = {
      type: 'urn:thermocline:problem:unavailable',
      title: 'The store cannot answer now',
      status: 503,
    };
    await page.route('**/api/v1/**', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await inEachView(page, demo + path, 'The store cannot answer now', async (view) => {
      expect(await page.getByRole('button', { name: 'Retry' }).count()).toBeGreaterThan(0);
      await shoot(page, `${name}-failing`, view);
    });
    await page.unroute('**/api/v1/**');
  });
}
