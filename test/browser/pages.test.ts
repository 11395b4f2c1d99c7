/** Every page with data, empty, without Lambda lines and failing, in both themes and widths, in a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignedIn } from '../support/browser.ts';
import { launch, settled, shoot, signedIn, views } from '../support/browser.ts';
import { DEMO_FUNCTION as FUNCTION, startDemo } from '../support/demo-server.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

let browser: Browser;
let server: RunningServer;
let empty: RunningServer;
/** Connected, but without Lambda log lines yet. */
let waiting: RunningServer;
const folder = temporaryFolder();
const emptyFolder = temporaryFolder();
const waitingFolder = temporaryFolder();

beforeAll(async () => {
  browser = await launch();
  server = await startDemo(folder);
  empty = await startServer(emptyFolder);
  waiting = await startServer(waitingFolder);
  await connectOnly(waiting);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await empty?.stop();
  await waiting?.stop();
  for (const one of [folder, emptyFolder, waitingFolder]) removeFolder(one);
});

/** Sends an empty delivery, as Firehose does to test its endpoint. */
async function connectOnly({ url }: RunningServer): Promise<void> {
  const answer = await fetch(`${url}/ingest/firehose`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'x-amz-firehose-request-id': 'c', 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: 'c', timestamp: 1, records: [] }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

const pages: readonly [name: string, path: string, shows: string][] = [
  ['overview', '/', 'Findings'],
  ['functions', '/functions', 'webhook-fanout'],
  ['cold-starts', `/functions/${encodeURIComponent(FUNCTION)}`, 'Cold-start rate'],
  ['environments', `/functions/${encodeURIComponent(FUNCTION)}?tab=environments`, 'Environment timeline'],
  ['invocations', `/functions/${encodeURIComponent(FUNCTION)}?tab=invocations`, 'Older'],
  ['memory', `/functions/${encodeURIComponent(FUNCTION)}?tab=memory`, 'Minimum safe size'],
  ['function-network', `/functions/${encodeURIComponent(FUNCTION)}?tab=network`, 'Network latency'],
  ['failures', `/functions/${encodeURIComponent(FUNCTION)}?tab=failures`, 'Unused inits'],
  ['changes', `/functions/${encodeURIComponent(FUNCTION)}?tab=changes`, 'Configurations'],
  ['network', '/network', 'VPC comparison'],
  ['map', '/map', 'Service calls'],
  ['compare', `/compare?function=${encodeURIComponent(FUNCTION)}`, 'Duration histogram'],
  ['alerts', '/alerts', 'Silence 2 h'],
  ['alert-rules', '/alerts?tab=rules', 'Error rate above 1 %'],
  ['alert-silences', '/alerts?tab=silences', 'New silence'],
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
  'alert-receivers': 'No receivers',
  'alert-deliveries': 'No deliveries',
  settings: 'Data retention',
  connect: 'Connection status',
  'connect-forwarder': 'Connection status',
  docs: '/api/v1/overview',
};

describe.each(views)('$theme $width', (view) => {
  let withData: SignedIn;
  let withNothing: SignedIn;
  let whileWaiting: SignedIn;
  beforeAll(async () => {
    withData = await signedIn(browser, server.url, view);
    withNothing = await signedIn(browser, empty.url, view);
    whileWaiting = await signedIn(browser, waiting.url, view);
  });
  afterAll(async () => {
    for (const one of [withData, withNothing, whileWaiting]) await one?.context.close();
  });

  test.each(pages)('%s with data', async (name, path, shows) => {
    const { page, complaints } = withData;
    await settled(page, server.url + path, shows);
    await shoot(page, `${name}-data`, view);
    expect(complaints).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
  });

  test('an invocation with its lines', async () => {
    const { page, complaints } = withData;
    await settled(
      page,
      `${server.url}/functions/${encodeURIComponent(FUNCTION)}?tab=invocations&status=timeout`,
      'timeout',
    );
    await page.locator('table[aria-label="Invocations"] a').first().click();
    await page.getByText('Task timed out').first().waitFor();
    await shoot(page, 'invocation-data', view);
    expect(complaints).toEqual([]);
  });

  // Without data there is no function to open a page for.
  const everywhere = pages.filter(([, path]) => !path.startsWith('/functions/'));

  test.each(everywhere)('%s empty', async (name, path) => {
    await settled(withNothing.page, empty.url + path, emptyTexts[name] ?? 'No data yet');
    await shoot(withNothing.page, `${name}-empty`, view);
  });

  test.each(everywhere)('%s without Lambda lines', async (name, path) => {
    const { page } = whileWaiting;
    await settled(page, waiting.url + path, emptyTexts[name] ?? 'waiting for the first Lambda line');
    if (name.startsWith('connect')) await page.getByText('Waiting for the first Lambda line').waitFor();
    await shoot(page, `${name}-waiting`, view);
  });

  test('an unknown function', async () => {
    const { page } = withNothing;
    await settled(page, `${empty.url}/functions/unknown`, 'No data yet');
    await shoot(page, 'function-empty', view);
  });

  test.each(pages.filter(([name]) => name !== 'docs'))('%s failing', async (name, path) => {
    const { page } = withData;
    const problem = { type: 'urn:thermocline:problem:unavailable', title: 'The store cannot answer now', status: 503 };
    await page.route('**/api/v1/**', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await settled(page, server.url + path, 'The store cannot answer now');
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBeGreaterThan(0);
    await shoot(page, `${name}-failing`, view);
    await page.unroute('**/api/v1/**');
    // Chromium logs each 503 as an error.
    withData.complaints.length = 0;
  });
});

const wide = { theme: 'light', width: 1440 } as const;

describe('data outside of the time range', () => {
  test('one click removes the filter that hides the data', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`, 'Stored data covers');
    await shoot(page, 'overview-filtered', wide);
    await page.getByRole('button', { name: 'Show latest data' }).click();
    await page.getByText('Findings').waitFor();
    await context.close();
  });
});

describe('the URL is the state', () => {
  test('selections are stored in the query string, and the back button undoes them', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/functions`, 'webhook-fanout');
    await page.getByLabel('Time range').selectOption('now-7d');
    await page.waitForURL(/from=now-7d/);
    await page.getByLabel('Search functions').fill('check');
    await page.waitForURL(/q=check/);
    expect(await page.locator('table[aria-label="Functions"] tbody tr').count()).toBe(1);
    await page.goBack();
    expect(page.url()).not.toContain('from=now-7d');
    await context.close();
  });

  test('dragging over a chart selects a range, even while the data refreshes', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    const range = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };
    const answer = (await (await page.request.get(`${server.url}/api/v1/overview`)).json()) as object;
    // Each response has a unique number, which shows when it is on screen.
    const answerWith = (invocations: number) =>
      page.route('**/api/v1/overview?*', (route) =>
        route.fulfill({ json: { ...answer, range: { ...range, bucketMs: 3_600_000 }, series: [], invocations } }),
      );
    await answerWith(4321);
    await settled(page, `${server.url}/`, '4,321');
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
    const { context, page } = await signedIn(browser, server.url, wide);
    for (const range of ['from=now-2d&to=now-1h', 'from=now-2d&to=whenever']) {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`${server.url}/?${range}`);
      // Not reached if the page keeps sending requests.
      await page.waitForLoadState('networkidle');
      page.removeAllListeners('request');
      const advice = asked.filter((url) => url.includes('/recommendations'));
      expect(advice.length, range).toBe(1);
    }
    await context.close();
  });

  test('an invalid range is reported with the expected format', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/?from=yesterday`, 'from: expected epoch milliseconds, ISO 8601, or now-24h');
    await context.close();
  });

  test('auto-refresh is off for an absolute range', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`, 'Stored data covers');
    expect(await page.getByLabel('Refresh').isDisabled()).toBe(true);
    await context.close();
  });

  test('keyboard shortcuts: g f opens functions, / focuses the search, ? opens help', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/`, 'Findings');
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

describe('security and accessibility', () => {
  test('the theme toggle overrides the system theme and persists', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await page.getByRole('button', { name: 'Switch to dark theme' }).click();
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await context.close();
  });

  test('no inline script runs, and hostile names are rendered as text', async () => {
    const { context, page, complaints } = await signedIn(browser, server.url, wide);
    const hostile = '<img src=x onerror="window.pwned=1">';
    const line = `2026-11-20T10:00:00.000Z REPORT RequestId: ${'a'.repeat(8)}-0000-4000-8000-000000000000\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 1 MB\tStatus: error\tError Type: <b>x</b>\n`;
    const sent = await page.request.post(`${server.url}/ingest/logs?logGroup=${encodeURIComponent(hostile)}`, {
      headers: { authorization: 'Bearer test-admin-token-0123456789abcdef' },
      data: line,
    });
    expect(sent.status()).toBe(200);
    await settled(page, `${server.url}/functions?from=now-365d&q=onerror`, '<img src=x');
    await settled(
      page,
      `${server.url}/functions/${encodeURIComponent(`::${hostile}`)}?from=now-365d&tab=invocations`,
      '<b>x</b>',
    );
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    const response = await page.request.get(`${server.url}/`);
    expect(response.headers()['content-security-policy']).toContain("script-src 'self'");
    expect(await response.text()).not.toMatch(/<script>|onclick=/);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('axe finds nothing serious, in either theme', async () => {
    const { readFileSync } = await import('node:fs');
    const { createRequire } = await import('node:module');
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const theme of ['light', 'dark'] as const) {
      const { context, page } = await signedIn(browser, server.url, { theme, width: 1440 });
      for (const [name, path, shows] of pages) {
        await settled(page, server.url + path, shows);
        await page.evaluate(axe);
        const found = (await page.evaluate(
          'axe.run().then((r) => r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes.map((n) => n.target).join(" ")))',
        )) as string[];
        expect(found, `${name} ${theme}`).toEqual([]);
      }
      await context.close();
    }
  });
});
