/** The way of someone on call: from an alert to the group of failures, to the invocation and its lines, in three clicks. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OUTBOUND } from '../support/alert-routes.ts';
import { launch, settled, shoot, signedIn, views } from '../support/browser.ts';
import { pause } from '../support/drill.ts';
import { message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const ERROR = '<img src=x onerror="window.pwned=1">';
const APPLICATION = 'reading order 17 from orders-replica-2';
const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';

let browser: Browser;
let server: RunningServer;
let receiver: ReceiverDouble;
const folder = temporaryFolder();
const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };

/** Lines of an attempt that ended some minutes ago, and threw an error of this message. */
function lines(endMs: number, text: string, id: string): readonly { id: string; timestamp: number; message: string }[] {
  const error = {
    errorType: 'OrderError',
    errorMessage: text,
    stack: [`OrderError: ${text}`, '    at load (/var/task/orders.js:9:3)'],
  };
  return [
    { id: '1', timestamp: endMs - 100, message: `START RequestId: ${id} Version: 44\n` },
    {
      id: '4',
      timestamp: endMs - 70,
      message: `${new Date(endMs - 70).toISOString()}\t${id}\tINFO\t${APPLICATION}\n`,
    },
    {
      id: '2',
      timestamp: endMs - 50,
      message: `${new Date(endMs - 50).toISOString()}\t${id}\tERROR\tInvoke Error \t${JSON.stringify(error)}\n`,
    },
    {
      id: '3',
      timestamp: endMs,
      message: `REPORT RequestId: ${id}\tDuration: 100.00 ms\tBilled Duration: 100 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n`,
    },
  ];
}

async function json<T>(path: string, method = 'GET', body?: object): Promise<T> {
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/api/v1/${path}`, init);
  expect(answer.status, `${path}: ${await answer.clone().text()}`).toBe(200);
  return (await answer.json()) as T;
}

/** Links of alerts name the address of the server, which is configured before it starts. */
async function freePort(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return String(port);
}

/** Waits for an answer: the product derives groups in the background. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await pause(1000);
}

async function send(functionName: string, text: string, id = ID): Promise<void> {
  const logStream = `2026/11/20/[44]${'0'.repeat(32)}`;
  const data = record(
    message(lines(Date.now() - 600_000, text, id), { logGroup: `/aws/lambda/${functionName}`, logStream }),
  );
  const sent = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': functionName },
    body: JSON.stringify({ requestId: functionName, records: [data] }),
  });
  expect(sent.status).toBe(200);
}

beforeAll(async () => {
  browser = await launch();
  receiver = await startReceiver();
  const port = await freePort();
  server = await startServer(folder, {
    ...{ THERMOCLINE_RAW_LINES: 'all', THERMOCLINE_PORT: port, THERMOCLINE_PUBLIC_URL: `http://127.0.0.1:${port}` },
    ...OUTBOUND,
  });
  await send('order-api', `no order 17: ${ERROR}`);
  await json('alerts/receivers/pager', 'PUT', { id: 'pager', name: 'Pager', url: receiver.url });
  await json('alerts/routing', 'PUT', {
    routes: [{ receiver: 'pager', groupBy: ['...'], groupWait: '0s' }],
    inhibitions: [],
  });
  await json('alerts/rules/new', 'PUT', {
    id: 'new',
    name: 'New failure',
    signal: { kind: 'newErrors' },
    threshold: 0,
    window: '6h',
    settle: '0s',
    evaluationInterval: '5s',
  });
  await until(async () => (await json<{ items: unknown[] }>('errors?from=now-6h')).items.length > 0);
  await until(async () => delivered() !== undefined);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await receiver?.close();
  removeFolder(folder);
});

interface Sent {
  readonly type: string;
  readonly data: { readonly rule: { readonly id: string }; readonly links: { readonly ui: string } };
}

/** The alert of the test's own rule as the receiver got it. The built-in rule on new errors fires sooner or later, too. */
function delivered(): Sent | undefined {
  return receiver.received
    .map(({ body }) => JSON.parse(body) as Sent)
    .find(({ type, data }) => type === 'error.new' && data.rule.id === 'new');
}

test.each(views)('delivered alert, group, invocation, line in at most three clicks: $theme, $width', async (view) => {
  const { page, complaints, context } = await signedIn(browser, server.url, view);
  let clicks = 0;
  await page.exposeFunction('clicked', () => {
    clicks += 1;
  });
  await page.addInitScript("addEventListener('click', (event) => event.isTrusted && window.clicked(), true)");
  const link = delivered()?.data.links.ui ?? '';
  expect(link).toMatch(/^http.*\/alerts/);
  await settled(page, link, 'New failure');
  await shoot(page, 'on-call-1-alert', view);
  const alert = page.getByRole('region', { name: 'New failure' });
  await alert.getByRole('link', { name: 'Failures of this group' }).click();
  await page.getByRole('heading', { name: 'Newest failures' }).waitFor();
  await expect(page.textContent('h1')).resolves.toBe('OrderError: no order #: <img src=x onerror="…">');
  await shoot(page, 'on-call-2-group', view);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByRole('link', { name: ID }).click();
  const line = page.getByText(APPLICATION).first();
  await line.waitFor();
  await line.scrollIntoViewIfNeeded();
  await page.getByText(`REPORT RequestId: ${ID}`).waitFor();
  await shoot(page, 'on-call-3-invocation', view);
  expect(clicks).toBeGreaterThan(0);
  expect(clicks).toBeLessThanOrEqual(3);
  await settled(page, `${server.url}/errors`, 'First seen');
  await shoot(page, 'errors-own', view);
  expect(await page.evaluate('window.pwned ?? null')).toBeNull();
  expect(complaints).toEqual([]);
  await context.close();
});

test('an error message without blanks hides no column', async () => {
  await send('long-api', 'y'.repeat(5000));
  await until(async () => (await json<{ items: unknown[] }>('errors?from=now-6h')).items.length > 1);
  for (const view of views) {
    const { page, context } = await signedIn(browser, server.url, view);
    await settled(page, `${server.url}/errors`, 'long-api');
    await shoot(page, 'errors-long', view);
    const title = await page.locator('td a', { hasText: 'yyy' }).boundingBox();
    // Three lines of 15 px.
    expect(title?.height).toBeLessThan(80);
    expect(title?.width).toBeLessThan(view.width);
    const state = await page.locator('tr', { hasText: 'long-api' }).getByText('open').boundingBox();
    if (view.width > 1000) expect((state?.x ?? 0) + (state?.width ?? 0)).toBeLessThan(view.width);
    await context.close();
  }
});

test('a group is resolved, ignored and opened by hand; others are merged into it and separated again', async () => {
  await send('cart-api', 'no cart 17');
  await send('cart-api', 'the cart is closed', ID.replace('8f5d', '9f5d'));
  const cart = 'errors?from=now-6h&function=cart-api';
  await until(async () => (await json<{ items: unknown[] }>(cart)).items.length > 1);
  const view = { theme: 'light', width: 1440 } as const;
  const { page, complaints, context } = await signedIn(browser, server.url, view);
  const state = page.locator('.title .badge').last();
  await settled(page, `${server.url}/errors?function=cart-api`, 'in 2 groups');
  await page.getByRole('link', { name: 'OrderError: no cart #' }).click();

  await page.getByRole('button', { name: 'Resolve' }).click();
  await state.getByText('resolved').waitFor();
  await page.getByText('It is reported again if it comes back.').waitFor();
  await page.getByRole('button', { name: 'Ignore' }).click();
  await state.getByText('ignored').waitFor();
  await page.getByRole('button', { name: 'Reopen' }).click();
  await state.getByText('open').waitFor();

  const others = page.getByRole('region', { name: 'Other groups of this function' });
  await others
    .getByRole('row', { name: /cart is closed/ })
    .getByRole('button', { name: 'Merge into this group' })
    .click();
  await others.getByText('1 group is merged into this one.').waitFor();
  await shoot(page, 'errors-merged', view);
  await settled(page, `${server.url}/errors?function=cart-api`, 'in 1 group');
  expect(await page.locator('tbody tr').count()).toBe(1);
  await page.getByRole('link', { name: 'OrderError: no cart #' }).click();
  await others.getByRole('button', { name: 'Separate' }).click();
  await others.getByRole('row', { name: /cart is closed/ }).waitFor();
  await settled(page, `${server.url}/errors?function=cart-api`, 'in 2 groups');
  expect(complaints).toEqual([]);
  await context.close();
});
