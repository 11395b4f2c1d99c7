/** Every page with data, empty, without Lambda lines and failing, at one width and in both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { Opened, View } from './browser.ts';
import { DEMO_FUNCTION, launch, settled, shoot, signedIn, stable } from './browser.ts';

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

/** Declares the tests of all pages at a width. */
export function testPages(width: number): void {
  const { demo, empty, waiting } = inject('sites');
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  describe.each<View['theme']>(['light', 'dark'])(`${width} %s`, (theme) => {
    const view = { theme, width };
    let withData: Opened;
    beforeAll(async () => {
      withData = await signedIn(browser, demo, view);
    });
    afterAll(() => withData?.context.close());
    // What one page complains about does not fail the next.
    beforeEach(() => {
      withData.complaints.length = 0;
    });

    test.each(pages)('%s with data', async (name, path, shows) => {
      const { page, complaints } = withData;
      await settled(page, demo + path, shows);
      await shoot(page, `${name}-data`, view);
      expect(complaints).toEqual([]);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
      if (width !== AXE_WIDTH) return;
      await page.evaluate(axe);
      const found = await page.evaluate(
        'axe.run({ resultTypes: ["violations"] }).then((r) => r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes.map((n) => n.target).join(" ")))',
      );
      expect(found, 'accessibility').toEqual([]);
    });

    test('an invocation with its lines', async () => {
      const { page, complaints } = withData;
      await settled(page, `${demo}/functions/${FUNCTION}?tab=invocations&status=timeout`, 'timeout');
      await page.locator('table[aria-label="Invocations"] a').first().click();
      await page.getByText('Task timed out').first().waitFor();
      await shoot(page, 'invocation-data', view);
      expect(complaints).toEqual([]);
    });
  });

  // These draw no charts: a page that is open changes its theme, which costs less than to load it again.
  describe(`${width}, both themes`, () => {
    const view = { theme: 'light', width } as const;
    let withData: Opened;
    let withNothing: Opened;
    let whileWaiting: Opened;
    beforeAll(async () => {
      withData = await signedIn(browser, demo, view);
      withNothing = await signedIn(browser, empty, view);
      whileWaiting = await signedIn(browser, waiting, view);
    });
    afterAll(async () => {
      for (const one of [withData, withNothing, whileWaiting]) await one?.context.close();
    });

    /** Opens a page in one theme and then changes to the other: `check` runs in each. */
    async function inBothThemes(page: Page, url: string, shows: string, check: (view: View) => Promise<void>) {
      await page.emulateMedia({ colorScheme: 'light' });
      await settled(page, url, shows);
      await check(view);
      await page.emulateMedia({ colorScheme: 'dark' });
      await stable(page, shows);
      await check({ ...view, theme: 'dark' });
    }

    // Without data there is no function to open a page for.
    const everywhere = pages.filter(([, path]) => !path.startsWith('/functions/'));

    test.each(everywhere)('%s empty', async (name, path) => {
      const { page } = withNothing;
      await inBothThemes(page, empty + path, emptyTexts[name] ?? 'No data yet', (now) =>
        shoot(page, `${name}-empty`, now),
      );
    });

    test.each(everywhere)('%s without Lambda lines', async (name, path) => {
      const { page } = whileWaiting;
      const shows = emptyTexts[name] ?? 'waiting for the first Lambda line';
      await inBothThemes(page, waiting + path, shows, async (now) => {
        if (name.startsWith('connect')) await page.getByText('Waiting for the first Lambda line').waitFor();
        await shoot(page, `${name}-waiting`, now);
      });
    });

    test('an unknown function', async () => {
      const { page } = withNothing;
      await inBothThemes(page, `${empty}/functions/unknown`, 'No data yet', (now) =>
        shoot(page, 'function-empty', now),
      );
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
      await inBothThemes(page, demo + path, 'The store cannot answer now', async (now) => {
        expect(await page.getByRole('button', { name: 'Retry' }).count()).toBeGreaterThan(0);
        await shoot(page, `${name}-failing`, now);
      });
      await page.unroute('**/api/v1/**');
    });
  });
}
