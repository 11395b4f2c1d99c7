/** Lines that are hard to draw cause no long tasks on the page. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, signedIn } from '../support/browser.ts';
import { message, record } from '../support/firehose.ts';
import { longestTaskRatio } from '../support/long-tasks.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

/** Most CPU time of one task of the page, in plain tables of 1,000 rows. */
const LONGEST_TASK = 1.2;
const TEXTS = ['x'.repeat(1_000_000), `a${'\u0301'.repeat(2000)}`];

let browser: Browser;
let server: RunningServer;
const folder = temporaryFolder();
const ids = TEXTS.map((_, at) => `${String(at).padStart(8, '0')}-0000-4000-8000-0000000000ff`);

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder, { THERMOCLINE_RAW_LINES: 'all' });
  for (const [at, text] of TEXTS.entries()) {
    const id = ids[at] ?? '';
    const atMs = Date.now() - 600_000 + at * 1000;
    const events = [
      { id: `${at}a`, timestamp: atMs, message: `START RequestId: ${id} Version: $LATEST\n` },
      { id: `${at}b`, timestamp: atMs + 1, message: `${id} ${text}\n` },
      {
        id: `${at}c`,
        timestamp: atMs + 50,
        message: `REPORT RequestId: ${id}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n`,
      },
    ];
    const sent = await fetch(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': `h${at}` },
      body: JSON.stringify({ requestId: `h${at}`, records: [record(message(events))] }),
    });
    expect(sent.status).toBe(200);
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('a line of 1 MB and 2,000 combining marks on one letter do not block the page', async () => {
  const { context, page } = await signedIn(browser, server.url, { theme: 'light', width: 390 });
  for (const id of [ids[0], ids.at(-1)]) {
    const open = async () => {
      await page.goto(`${server.url}/invocations/${id}`);
      await page.getByText('Attempt 1').waitFor();
      await page.waitForLoadState('networkidle');
    };
    expect(await longestTaskRatio(browser, page, open, LONGEST_TASK)).toBeLessThanOrEqual(LONGEST_TASK);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.locator('.lines').innerText()).toContain(id ?? '');
  }
  await context.close();
});
