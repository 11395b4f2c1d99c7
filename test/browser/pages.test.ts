/** Every page with data, empty and failing, in both themes and widths, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, shoot, signedIn, views } from '../support/browser.ts';
import { pause } from '../support/drill.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, runCli, startServer, temporaryFolder } from '../support/product.ts';

let browser: Browser;
let server: RunningServer;
let empty: RunningServer;
const folder = temporaryFolder();
const emptyFolder = temporaryFolder();
const FUNCTION = '000000000000:eu-west-1:webhook-fanout';

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder);
  empty = await startServer(emptyFolder);
  expect((await runCli(folder, ['demo'])).code).toBe(0);
  await somethingFires();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await empty?.stop();
  removeFolder(folder);
  removeFolder(emptyFolder);
});

const pages: readonly [name: string, path: string, shows: string][] = [
  ['overview', '/', 'What to look at first'],
  ['functions', '/functions', 'webhook-fanout'],
  ['cold-starts', `/functions/${encodeURIComponent(FUNCTION)}`, 'Cold-start rate'],
  ['environments', `/functions/${encodeURIComponent(FUNCTION)}?tab=environments`, 'Environment timeline'],
  ['invocations', `/functions/${encodeURIComponent(FUNCTION)}?tab=invocations`, 'Older'],
  ['memory', `/functions/${encodeURIComponent(FUNCTION)}?tab=memory`, 'Is the memory size right?'],
  ['function-network', `/functions/${encodeURIComponent(FUNCTION)}?tab=network`, 'What the network adds'],
  ['failures', `/functions/${encodeURIComponent(FUNCTION)}?tab=failures`, 'Does the timeout fit?'],
  ['changes', `/functions/${encodeURIComponent(FUNCTION)}?tab=changes`, 'Configurations seen'],
  ['network', '/network', 'In a VPC, beside the others'],
  ['compare', `/compare?function=${encodeURIComponent(FUNCTION)}`, 'Durations, before and after'],
  ['alerts', '/alerts', 'Silence 2 h'],
  ['alert-rules', '/alerts?tab=rules', 'Error rate above 1 %'],
  ['alert-silences', '/alerts?tab=silences', 'Silence alerts'],
  ['alert-receivers', '/alerts?tab=receivers', 'Add a receiver'],
  ['alert-deliveries', '/alerts?tab=deliveries', 'Nothing was sent'],
  ['settings', '/settings', 'How long what is kept'],
  ['ingest', '/ingest', 'Quarantine'],
  ['connect', '/connect', 'CloudFormation'],
  ['connect-forwarder', '/connect?kit=forwarder', 'Lambda forwarder'],
  ['docs', '/docs', '/api/v1/overview'],
];

/** A rule that holds of the demo, seen to fire. */
async function somethingFires(): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  const rule = {
    id: 'anything',
    name: 'Invocations at all',
    severity: 'critical',
    signal: { kind: 'metric', metric: 'invocations', aggregation: 'sum' },
    threshold: 0,
    groupBy: ['function'],
    window: '1w',
    settle: '0s',
    evaluationInterval: '10s',
  };
  const made = await fetch(`${server.url}/api/v1/alerts/rules/anything`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(rule),
  });
  expect(made.status, await made.text()).toBe(200);
  const firing = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/alerts/instances`, { headers });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  while ((await firing()) === 0) await pause(250);
}

async function settled(page: Page, url: string, shows: string): Promise<void> {
  await page.goto(url);
  await page.getByText(shows).first().waitFor();
  await page.waitForLoadState('networkidle');
}

describe.each(views)('$theme $width', (view) => {
  test.each(pages)('%s with data', async (name, path, shows) => {
    const { context, page, complaints } = await signedIn(browser, server.url, view);
    await settled(page, server.url + path, shows);
    await shoot(page, `${name}-data`, view);
    expect(complaints).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
    await context.close();
  });

  test('an invocation with its lines', async () => {
    const { context, page, complaints } = await signedIn(browser, server.url, view);
    await settled(
      page,
      `${server.url}/functions/${encodeURIComponent(FUNCTION)}?tab=invocations&status=timeout`,
      'timeout',
    );
    await page.locator('table[aria-label="Invocations"] a').first().click();
    await page.getByText('Task timed out').first().waitFor();
    await shoot(page, 'invocation-data', view);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(pages.filter(([name]) => ['overview', 'functions', 'network', 'ingest'].includes(name)))(
    '%s empty',
    async (name, path) => {
      const { context, page } = await signedIn(browser, empty.url, view);
      await settled(page, empty.url + path, 'No data yet');
      await shoot(page, `${name}-empty`, view);
      await context.close();
    },
  );

  test.each(pages.filter(([name]) => name !== 'docs'))('%s failing', async (name, path) => {
    const { context, page } = await signedIn(browser, server.url, view);
    const problem = { type: 'urn:thermocline:problem:unavailable', title: 'The store cannot answer now', status: 503 };
    await page.route('**/api/v1/**', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await settled(page, server.url + path, 'The store cannot answer now');
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBeGreaterThan(0);
    await shoot(page, `${name}-failing`, view);
    await context.close();
  });
});

const wide = { theme: 'light', width: 1440 } as const;

describe('the three empty states', () => {
  test('waiting: connected, no Lambda line yet', async () => {
    const folderOfOne = temporaryFolder();
    const one = await startServer(folderOfOne);
    const { context, page } = await signedIn(browser, one.url, wide);
    const body = { requestId: 'c', timestamp: 1, records: [] };
    const sent = await page.request.post(`${one.url}/ingest/firehose`, {
      headers: { authorization: 'Bearer test-admin-token-0123456789abcdef', 'x-amz-firehose-request-id': 'c' },
      data: body,
    });
    expect(sent.status()).toBe(200);
    await settled(page, `${one.url}/`, 'waiting for the first Lambda line');
    await shoot(page, 'overview-waiting', wide);
    await context.close();
    await one.stop();
    removeFolder(folderOfOne);
  });

  test('filtered out: one click shows the data', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(
      page,
      `${server.url}/?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`,
      'There is data, but not here',
    );
    await shoot(page, 'overview-filtered', wide);
    await page.getByRole('button', { name: 'Show the newest data' }).click();
    await page.getByText('What to look at first').waitFor();
    await context.close();
  });
});

describe('the URL is the state', () => {
  test('choices land in the query string, and back undoes them', async () => {
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

  test('dragging over a chart chooses its range', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/`, 'What to look at first');
    const box = await page.locator('canvas').first().boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=20\d\d-/);
    await context.close();
  });

  test('refresh is off on a fixed range', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(
      page,
      `${server.url}/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`,
      'There is data, but not here',
    );
    expect(await page.getByLabel('Refresh').isDisabled()).toBe(true);
    await context.close();
  });

  test('keys: g f goes to functions, / to the search, ? to help', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/`, 'What to look at first');
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

describe('what people do on the pages', () => {
  test('a rule is tried on the past, switched off and on; what the server refuses is said by field', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts?tab=rules`, 'Error rate above 1 %');
    await page.getByRole('button', { name: 'Look at Error rate above 1 %' }).click();
    await page.getByRole('button', { name: 'Dry run over 7 days' }).click();
    await page.getByText(/it would have fired \d+ times/).waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByText('It watches again.').waitFor();
    const text = page.getByLabel('The rule, as JSON');
    await text.fill((await text.inputValue()).replace('"window": "15m"', '"window": "soon"'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/window: expected a duration/).waitFor();
    await context.close();
  });

  test('an alert is silenced from where it is read, and heard again', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts`, 'Silence 2 h');
    const before = await page.getByText('silenced', { exact: true }).count();
    await page.getByRole('button', { name: 'Silence 2 h' }).first().click();
    await page.getByText('silenced', { exact: true }).nth(before).waitFor();
    await settled(page, `${server.url}/alerts?tab=silences`, 'From the page');
    await page.getByRole('button', { name: 'End it' }).first().click();
    await page.getByText('expired').first().waitFor();
    await context.close();
  });

  test('a receiver is added, its secret shown once, and tested with the exchange in sight; private addresses are refused', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts?tab=receivers`, 'Add a receiver');
    await page.getByLabel('format').selectOption('template');
    await page.getByLabel(/^Template/).fill('{"text": "{{summary}}"');
    await page.getByText('This is no JSON').waitFor();
    await page.getByLabel(/^Template/).fill('{"say": "{{rule.name}}"}');
    await page.getByText('{"say": "Test"}').waitFor();
    await page.getByLabel('format').selectOption('native');
    await page.getByLabel('name').fill('pager');
    await page.getByLabel('address').fill('https://169.254.169.254/latest');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText(/never allowed/).waitFor();
    await page.getByLabel('address').fill('https://receiver.invalid/hook');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText(/whsec_/).waitFor();
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText(/Not delivered/).waitFor();
    await page.getByText('webhook-signature').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told').waitFor();
    await context.close();
  });

  test('settings: a token is made and revoked, retention changed and put back, a backup made', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/settings`, 'How long what is kept');
    await page.getByLabel('what for').fill('dashboard');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText(/tc_read_/).waitFor();
    await page.getByRole('button', { name: 'Revoke dashboard' }).click();
    await page.getByText('Revoked, and its sessions ended.').waitFor();
    await page.getByLabel('Rollups, causes, environments').fill('10');
    await page.getByRole('button', { name: 'Keep it so' }).click();
    await page.getByText(/expected no less than/).waitFor();
    await page.getByLabel('Rollups, causes, environments').fill('500');
    await page.getByRole('button', { name: 'Keep it so' }).click();
    await page.getByText('Kept so from now on').waitFor();
    await page.getByRole('button', { name: 'As configured' }).click();
    await page.getByText('As the server was started with.').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.locator('table[aria-label="Backups"]').waitFor();
    await context.close();
  });

  test('from an invocation to its trace and back', async () => {
    const { context, page, complaints } = await signedIn(browser, server.url, wide);
    const { items } = (await (
      await page.request.get(`${server.url}/api/v1/invocations?from=now-3d&limit=500`)
    ).json()) as { items: { requestId: string; traceId: string | null; sampled: boolean | null }[] };
    const traced = items.find((one) => one.traceId !== null && one.sampled === true);
    if (traced === undefined) throw new Error('the demo has no traced invocation');
    await settled(page, `${server.url}/invocations/${traced.requestId}`, 'Attempt 1');
    await page
      .getByRole('link', { name: traced.traceId ?? '' })
      .first()
      .click();
    await page.getByText('Who called whom').or(page.getByText('What each Lambda attempt')).first().waitFor();
    await shoot(page, 'trace-data', wide);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('by keyboard alone: from the overview to the lines of an invocation that failed', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    const tabTo = async (selector: string): Promise<void> => {
      for (let presses = 0; presses < 150; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
      }
      throw new Error(`${selector} is not reached by Tab`);
    };
    await settled(page, `${server.url}/`, 'What to look at first');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByText('webhook-fanout').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('webhook');
    await page.waitForURL(/q=webhook/);
    await tabTo('table[aria-label="Functions"] tbody a');
    // Where the focus is can be seen.
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
    await page.keyboard.press('Enter');
    await page.getByText('Cold-start rate').first().waitFor();
    await tabTo('a[href*="tab=failures"]');
    await page.keyboard.press('Enter');
    await page.getByText('Latest failures').waitFor();
    await tabTo('section[aria-label="Latest failures"] a');
    await page.keyboard.press('Enter');
    await page.getByText('Attempt 1').first().waitFor();
    await context.close();
  });

  test('c on the page of a function compares it', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/functions/${encodeURIComponent(FUNCTION)}`, 'Cold-start rate');
    await page.keyboard.press('c');
    await page.waitForURL(/\/compare\?.*webhook-fanout/);
    await page.getByText('Durations, before and after').first().waitFor();
    await context.close();
  });
});

describe('what a browser must hold', () => {
  test('the theme toggle wins over the system and stays', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await page.getByRole('button', { name: 'Switch to dark theme' }).click();
    await page.reload();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await context.close();
  });

  test('no inline script runs, and hostile names stay text', async () => {
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
  }, 120_000);
});
