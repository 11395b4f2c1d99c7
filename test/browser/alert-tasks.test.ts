/** Everyday tasks of alerts, reports and ingest, with the clicks that they take from the overview. */
import { cpSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { OUTBOUND } from '../support/alert-routes.ts';
import { launch, settled, shoot, signedIn, stable } from '../support/browser.ts';
import type { RunningServer } from '../support/product.ts';
import { removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const wide = { theme: 'light', width: 1440 } as const;
let browser: Browser;
let server: RunningServer;
let chat: ReceiverDouble;
const folder = temporaryFolder();

beforeAll(async () => {
  browser = await launch();
  chat = await startReceiver();
  cpSync(inject('sites').template, folder, { recursive: true });
  server = await startServer(folder, OUTBOUND);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await chat?.close();
  removeFolder(folder);
});

/** Opens the overview, and counts clicks from then on. */
async function fromOverview() {
  const opened = await signedIn(browser, server.url, wide);
  await settled(opened.page, `${server.url}/?from=now-7d`, 'Overview');
  let clicks = 0;
  const click = async (role: 'link' | 'button', name: string): Promise<void> => {
    await opened.page.getByRole(role, { name, exact: true }).first().click();
    clicks += 1;
  };
  return { ...opened, click, clicks: () => clicks };
}

const fieldOf = (page: Page, label: string) => page.getByLabel(label, { exact: false });

test('an alert to Slack on functions by a pattern, with a tested receiver, in one form', async () => {
  const { page, context, click, complaints, clicks } = await fromOverview();
  await click('link', 'Alerts');
  await click('link', 'Rules');
  await click('button', 'New rule');
  expect(clicks()).toBe(3);
  await page.getByRole('textbox', { name: /^functions/ }).fill('check*, sea*');
  await page.getByText('Matches 2 functions').waitFor();
  await fieldOf(page, 'threshold in ms').fill('900');
  await page.getByText(/Would have fired (?:never|once|twice|\d+ times) in 7 days\./).waitFor();
  await fieldOf(page, 'receiver name').fill('Team chat');
  await fieldOf(page, 'receiver address').fill(chat.url);
  await page.getByRole('button', { name: 'Add receiver and send test message' }).click();
  await page.getByText(/Team chat: test message delivered in/i).waitFor();
  expect(JSON.parse(chat.received[0]?.body ?? '{}')).toMatchObject({ text: expect.stringContaining('This is a test') });
  await shoot(page, 'alert-rule-form', wide);
  await page.getByRole('button', { name: 'Create rule' }).click();
  await page.getByText(/^Rule “Cold-start time, p95 above 900 ms on check\*, sea\*” created\.$/).waitFor();
  const row = page.getByRole('row', { name: /above 900 ms on check/ });
  expect(await row.textContent()).toContain('team-chat');
  expect(complaints).toEqual([]);
  await context.close();
});

test('whether the data is complete: one click', async () => {
  const { page, context, click, clicks } = await fromOverview();
  await click('link', 'Ingest');
  await stable(page, 'Is the data complete?');
  await page.getByRole('img', { name: /^checkout: / }).waitFor();
  await page.getByRole('table', { name: 'Coverage by function and time' }).waitFor();
  expect(clicks()).toBe(1);
  await context.close();
});

test('the report of a month with its costs by function: one click; as CSV: another', async () => {
  const { page, context, click, clicks } = await fromOverview();
  await click('link', 'Report');
  await page.getByRole('button', { name: 'Print or save as PDF' }).waitFor();
  expect(clicks()).toBe(1);
  // The demo is of the last day: this month or the one before.
  await page
    .getByRole('combobox', { name: /^period/ })
    .selectOption(new Date(Date.now() - 12 * HOUR_MS).toISOString().slice(0, 7));
  await page.getByRole('combobox', { name: /^cost by/ }).selectOption('function');
  await page.getByRole('cell', { name: 'checkout', exact: true }).waitFor();
  await shoot(page, 'report', wide);
  const [download] = await Promise.all([page.waitForEvent('download'), click('button', 'CSV')]);
  expect(download.suggestedFilename()).toMatch(/^thermocline-\d{4}-\d{2}\.csv$/);
  await context.close();
});
