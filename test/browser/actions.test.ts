/** User actions: editing alerts and settings, opening traces from invocations, the service map, the live tail. */
import { cpSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { DEMO_FUNCTION as FUNCTION, launch, settled, shoot, signedIn } from '../support/browser.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { runLines } from '../support/run-lines.ts';

/** Raw log text of one warm invocation that ends now. */
function runText(): string {
  return runLines(crypto.randomUUID(), Date.now(), false)
    .map(({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message.trimEnd()}\n`)
    .join('');
}

const wide = { theme: 'light', width: 1440 } as const;
let browser: Browser;
let server: RunningServer;
const folder = temporaryFolder();

beforeAll(async () => {
  browser = await launch();
  cpSync(inject('sites').template, folder, { recursive: true });
  server = await startServer(folder);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

describe('changes and navigation', () => {
  test('a rule is dry-run, disabled and enabled; a rejected rule names the field', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts?tab=rules&edit=error-rate&as=json`, 'Rule (JSON)');
    await page.getByRole('button', { name: 'Dry-run over 7 days' }).click();
    await page.getByText(/Would have fired \d+ times/).waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByText('Rule enabled.').waitFor();
    const text = page.getByLabel('Rule (JSON)');
    await text.fill((await text.inputValue()).replace('"window": "15m"', '"window": "soon"'));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/window: expected a duration/).waitFor();
    await context.close();
  });

  test('an alert is silenced from the Alerts page, and the silence ended', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts`, 'Evidence and times');
    const before = await page.getByText('silenced', { exact: true }).count();
    await page.getByText('Silence', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Silence 2 h' }).first().click();
    await page.getByText('silenced', { exact: true }).nth(before).waitFor();
    await settled(page, `${server.url}/alerts?tab=silences`, 'Silenced from the Alerts page');
    await page.getByRole('button', { name: 'End silence' }).first().click();
    await page.getByText('expired').first().waitFor();
    await context.close();
  });

  test('a receiver is added, shows its secret once, and is tested with request and response shown; private addresses are rejected', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/alerts?tab=receivers`, 'New receiver');
    await page.getByLabel('receiver type').selectOption('email');
    await page.getByText('This server cannot send e-mail yet.').waitFor();
    await page.getByLabel('receiver type').selectOption('template');
    await page.getByLabel(/^Template/).fill('{"text": "{{summary}}"');
    await page.getByText('Invalid JSON').waitFor();
    await page.getByLabel(/^Template/).fill('{"say": "{{rule.name}}"}');
    await page.getByText('{"say": "Test"}').waitFor();
    await page.getByLabel('receiver type').selectOption('native');
    await page.getByLabel('receiver name').fill('pager');
    const add = page.getByRole('button', { name: 'Add receiver and send test message' });
    await page.getByLabel('receiver address').fill('https://169.254.169.254/latest');
    await add.click();
    await page.getByText(/never allowed/).waitFor();
    await page.getByLabel('receiver address').fill('https://receiver.invalid/hook');
    await add.click();
    await page.getByText(/whsec_/).waitFor();
    await page.getByText(/pager did not take the test message/i).waitFor();
    const pager = page.getByRole('region', { name: 'pager' });
    await pager.getByRole('button', { name: 'Test', exact: true }).click();
    await pager.getByText(/Not delivered/).waitFor();
    await pager.getByText('webhook-signature').waitFor();
    await pager.getByRole('button', { name: 'Edit' }).click();
    await pager.getByLabel('receiver name').fill('On call');
    await pager.getByRole('button', { name: 'Save receiver' }).click();
    const renamed = page.getByRole('region', { name: 'On call' });
    await renamed.getByText('https://receiver.invalid/hook').waitFor();
    await renamed.getByRole('button', { name: 'Delete' }).click();
    await renamed.getByRole('button', { name: 'Delete receiver' }).click();
    await page.getByText('No receivers').waitFor();
    await context.close();
  });

  test('a report schedule is added, and changed where it is listed', async () => {
    const { context, page, complaints } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/report?schedules=on`, 'New scheduled report');
    await page.getByRole('button', { name: 'Save schedule' }).click();
    const weekly = page.getByRole('region', { name: 'Weekly report' });
    await weekly.getByText(/^Every Monday at 8:00/).waitFor();
    await weekly.getByRole('button', { name: 'Edit' }).click();
    await weekly.getByLabel('every').selectOption('month');
    await weekly.getByLabel(/^on /).selectOption('3');
    await weekly.getByLabel(/^at /).selectOption('17');
    await weekly.getByRole('button', { name: 'Save schedule' }).click();
    await weekly.getByText(/^On day 3 of each month at 17:00/).waitFor();
    await weekly.getByText('Schedule saved.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('settings: create and revoke a token, change and reset retention, back up', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/settings`, 'Data retention');
    await page.getByLabel('name', { exact: true }).fill('dashboard');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByText(/tc_read_/).waitFor();
    await page.getByRole('button', { name: 'Revoke dashboard' }).click();
    await page.getByText('Token revoked; its sessions have ended.').waitFor();
    await page.getByLabel('Rollups, causes, environments').fill('10');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/must be at least/).waitFor();
    await page.getByLabel('Rollups, causes, environments').fill('500');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Older data is deleted within minutes').waitFor();
    await page.getByRole('button', { name: 'Reset to defaults' }).click();
    await page.getByText('Reset to the values of the server configuration.').waitFor();
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
    await page.getByText('Service calls').or(page.getByText('Lambda phases')).first().waitFor();
    await shoot(page, 'trace-data', wide);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the keyboard alone leads from the overview to the lines of a failed invocation', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    const tabTo = async (selector: string): Promise<void> => {
      for (let presses = 0; presses < 150; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
      }
      throw new Error(`${selector} is not reached by Tab`);
    };
    await settled(page, `${server.url}/`, 'What needs attention');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByText('webhook-fanout').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('webhook');
    await page.waitForURL(/q=webhook/);
    await tabTo('table[aria-label="Functions"] tbody a');
    // The focus is visible.
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
    await page.keyboard.press('Enter');
    await page.locator('.tabs a[href*="tab=failures"]').waitFor();
    await tabTo('.tabs a[href*="tab=failures"]');
    await page.keyboard.press('Enter');
    await page.getByText('Latest failures').waitFor();
    await tabTo('section[aria-label="Latest failures"] a');
    await page.keyboard.press('Enter');
    await page.getByText('Attempt 1').first().waitFor();
    await context.close();
  });

  test('a metric that cannot be compared gives the reason in its row', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    const periods = 'before=2019-01-01/2019-01-02&after=2019-01-02/2019-01-03';
    await settled(
      page,
      `${server.url}/compare?function=${encodeURIComponent(FUNCTION)}&${periods}`,
      'Insufficient data',
    );
    const rows = page.getByRole('table', { name: 'Differences' }).locator('tbody tr');
    expect(await rows.count()).toBe(7);
    const reason = /^insufficient dataToo few: 0 (invocations|inits) before and 0 after; at least \d+ are required/;
    for (const text of await rows.locator('td:last-child').allTextContents()) expect(text).toMatch(reason);
    await context.close();
  });

  test('c on the page of a function compares it', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/functions/${encodeURIComponent(FUNCTION)}`, 'User-felt cold starts');
    await page.keyboard.press('c');
    await page.waitForURL(/\/compare\?.*webhook-fanout/);
    await page.getByText('Duration histogram').first().waitFor();
    await context.close();
  });
});

describe('views', () => {
  test('the service map: boxes link to traced invocations; table, CSV and PNG', async () => {
    const { context, page, complaints } = await signedIn(browser, server.url, wide);
    await settled(page, `${server.url}/map`, 'Service calls');
    const boxes = page.locator('svg[data-chart="Service calls"] .box');
    await boxes.first().waitFor();
    expect(await boxes.count()).toBe(8);
    expect(await page.locator('svg[data-chart="Service calls"] .edge').count()).toBe(8);
    const menu = page.getByRole('group').filter({ hasText: 'Export' });
    await menu.getByText('Export').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'PNG' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Service calls.png');
    const png = readFileSync(await download.path()).toString('base64');
    const colours = await page.evaluate(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${png}';
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
      return new Set(pixels).size;
    })()`);
    // An empty image has one colour.
    expect(Number(colours)).toBeGreaterThan(20);
    await menu.getByText('Export').click();
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    expect(readFileSync(await csv.path(), 'utf8').split('\r\n')[0]).toBe(
      'caller,callee,calls,kind,seen,failed,p50 ms,p95 ms',
    );
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('cell', { name: 'payments.example.com' }).waitFor();
    await page.getByRole('button', { name: 'Chart' }).click();
    await page.locator('svg a', { hasText: 'checkout' }).click();
    await page.waitForURL(/checkout\?.*tab=invocations/);
    await page.getByRole('checkbox', { name: 'traced only', checked: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('markers are listed under each time chart, with links', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    // Deploys are detected from log lines, within a minute.
    await expect
      .poll(async () =>
        (await (await page.request.get(`${server.url}/api/v1/markers?from=now-2d`)).text()).includes('runtime-patch'),
      )
      .toBe(true);
    await settled(page, `${server.url}/`, 'What needs attention');
    const marks = page.locator('section[aria-label="Cold starts"] details.markers');
    await marks.locator('summary').click();
    await marks.getByText('checkout: version 43').click();
    await page.getByText('Configurations').waitFor();
    await settled(
      page,
      `${server.url}/functions/${encodeURIComponent('000000000000:eu-west-1:auth')}`,
      '1 runtime patch',
    );
    await context.close();
  });

  test('live tail: the first rows appear at once, later ones are held back until requested', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    const send = async (n: number): Promise<void> => {
      const answer = await fetch(`${server.url}/ingest/logs?function=tail`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN}` },
        body: Array.from({ length: n }, runText).join(''),
      });
      expect(answer.status, await answer.text()).toBe(200);
    };
    await send(1);
    await settled(page, `${server.url}/functions/tail?tab=invocations&live=1`, 'connected');
    const rows = page.locator('table[aria-label="Invocations"] tbody tr');
    await send(2);
    await rows.nth(1).waitFor();
    const first = await rows.first().textContent();
    await send(3);
    await page.getByRole('button', { name: '3 new' }).waitFor();
    expect(await rows.count()).toBe(2);
    expect(await rows.first().textContent()).toBe(first);
    await page.getByRole('button', { name: '3 new' }).click();
    await rows.nth(4).waitFor();
    await shoot(page, 'live', wide);
    await context.close();
  });

  test('a copied link has an absolute range', async () => {
    const { context, page } = await signedIn(browser, server.url, wide);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await settled(page, `${server.url}/functions?from=now-7d&refresh=30s&q=web`, 'webhook-fanout');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = new URL(String(await page.evaluate('navigator.clipboard.readText()')));
    expect(copied.searchParams.get('from')).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(Date.parse(copied.searchParams.get('to') ?? '') - Date.parse(copied.searchParams.get('from') ?? '')).toBe(
      7 * 86_400_000,
    );
    expect([copied.searchParams.get('refresh'), copied.searchParams.get('q')]).toEqual([null, 'web']);
    await settled(page, copied.href, 'webhook-fanout');
    await context.close();
  });

  test('connect: waiting, then the last data and its age', async () => {
    const own = temporaryFolder();
    const one = await startServer(own);
    const { context, page } = await signedIn(browser, one.url, wide);
    await settled(page, `${one.url}/connect`, 'Waiting for the first record');
    const send = (data: string) =>
      page.request.post(`${one.url}/ingest/logs?function=first`, {
        headers: { authorization: `Bearer ${ADMIN}` },
        data,
      });
    expect((await send('no line of Lambda\n')).status()).toBe(200);
    await page.getByText(/Connected, last data from .* \d+ s ago/).waitFor();
    expect((await send(runText())).status()).toBe(200);
    await page.getByText(/Receiving, last data from .* \d+ s ago/).waitFor();
    await page.getByRole('link', { name: 'Open the overview' }).click();
    await page.getByRole('heading', { name: 'What needs attention' }).waitFor();
    await context.close();
    await one.stop();
    removeFolder(own);
  });
});

describe('hostile data', () => {
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
});
