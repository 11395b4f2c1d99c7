/** A trace over X-Ray's limit, and one that is not, in both themes and widths. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { xrayDocuments } from '../../bench/accuracy/published-data.ts';
import { Random } from '../../ingest/records/random.ts';
import { launch, settled, shoot, signedIn, views } from '../support/browser.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const HOUR_MS = 3_600_000;
let browser: Browser;
let server: RunningServer;
let cut = '';
const folder = temporaryFolder();

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder);
  const start = { name: 'cut', atMs: Date.now() - HOUR_MS, setupMs: 200, initMs: 200, runMs: 20 };
  const part = xrayDocuments(new Random(3), start);
  cut = (JSON.parse(part[0] ?? '{}') as { trace_id: string }).trace_id;
  const Segments = part.map((Document) => ({ Document }));
  await send(JSON.stringify({ Traces: [{ Id: cut, LimitExceeded: true, Segments }] }));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

async function send(body: string): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN}` };
  const answer = await fetch(`${server.url}/ingest/logs`, { method: 'POST', headers, body });
  expect(answer.status, await answer.text()).toBe(200);
}

test('a trace of which X-Ray returned only a part says so', async () => {
  for (const view of views) {
    const { context, page, complaints } = await signedIn(browser, server.url, view);
    await settled(page, `${server.url}/traces/${cut}`, 'Incomplete: the trace exceeds X-Ray');
    await shoot(page, 'trace-cut', view);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, `at ${view.width}: scrolls sideways`).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test('a trace of which nothing is missing does not say so', async () => {
  const { context, page } = await signedIn(browser, server.url, { theme: 'light', width: 1440 });
  const [document] = xrayDocuments(new Random(4), {
    name: 'whole',
    atMs: Date.now() - HOUR_MS,
    setupMs: 100,
    initMs: 100,
    runMs: 20,
  });
  const { trace_id: id } = JSON.parse(document ?? '{}') as { trace_id: string };
  await send(document ?? '');
  await settled(page, `${server.url}/traces/${id}`, '1 segment');
  expect(await page.getByText('Incomplete').count()).toBe(0);
  await context.close();
});
