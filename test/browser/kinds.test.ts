/** Tabs of functions of special kinds, in both themes and widths. */
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Opened } from '../support/browser.ts';
import { changeView, launch, settled, shoot, signedIn, views } from '../support/browser.ts';
import { KINDS_PARTS, KINDS_RANGE, KINDS_SCOPE, kindId, UPDATE_EVENT } from '../support/kinds-fixture.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

let browser: Browser;
let server: RunningServer;
const folder = temporaryFolder();
const RANGE = `from=${KINDS_RANGE.fromMs}&to=${KINDS_RANGE.toMs}`;

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder);
  for (const { identity, events } of KINDS_PARTS) {
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: identity.account,
      logGroup: identity.logGroup,
      logStream: identity.logStream,
      subscriptionFilters: ['all'],
      logEvents: events.map(({ id, timestampMs, message: text }) => ({ id, timestamp: timestampMs, message: text })),
    };
    const data = gzipSync(JSON.stringify(message)).toString('base64');
    await post('/ingest/lambda', { awslogs: { data } });
  }
  await post('/ingest/logs?logGroup=aws-cloudtrail-logs&logStream=trail', UPDATE_EVENT);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

const tabs: readonly [name: string, functionName: string, tab: string, shows: string][] = [
  ['kind-tenants', 'isolated', 'tenants', 'green'],
  ['kind-executions', 'workflow', 'executions', 'order-17'],
  ['kind-responses', 'streams', 'responses', 'Time to first byte'],
  ['kind-deploys', 'latest', 'changes', 'code updated'],
  ['kind-managed', 'managed', 'memory', 'Managed Instances cost'],
];

test('the overview and the list of functions say why a cost is unknown', async () => {
  const { context, page, complaints } = await signedIn(browser, server.url, { theme: 'light', width: 1440 });
  await settled(page, `${server.url}/?${RANGE}`, 'Cost: Unknown for 1 of 5 functions');
  expect(await page.locator('[role=note]', { hasText: 'Cost: Unknown' }).textContent()).toContain(
    'declare the number of EC2 instances',
  );
  await settled(page, `${server.url}/functions?${RANGE}`, 'managed');
  const cost = page.locator('tr', { hasText: 'managed' }).locator('[title*="no billed duration"]');
  expect(await cost.textContent()).toBe('unknown');
  expect(complaints).toEqual([]);
  await context.close();
});

test('the page of an invocation says that it replays a durable execution, and leads to it', async () => {
  const { context, page, complaints } = await signedIn(browser, server.url, { theme: 'light', width: 390 });
  await settled(page, `${server.url}/invocations/${kindId(42)}?${RANGE}`, 'Durable execution');
  await page.getByText('invocation 2 of 3 that have lines').waitFor();
  await page.getByRole('link', { name: 'order-17' }).click();
  await page.getByText('Only the execution order-17/0f1e2d3c').waitFor();
  await page.getByText('Durable executions (1)').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

describe('in both themes and widths', () => {
  const first = { theme: 'light', width: 1440 } as const;
  let signed: Opened;
  beforeAll(async () => {
    signed = await signedIn(browser, server.url, first);
  });
  afterAll(() => signed?.context.close());
  // What one page complains about does not fail the next.
  beforeEach(() => {
    signed.complaints.length = 0;
  });

  test.each(tabs)('%s', async (name, functionName, tab, shows) => {
    const { page, complaints } = signed;
    const id = encodeURIComponent(`${KINDS_SCOPE.account}:${KINDS_SCOPE.region}:${functionName}`);
    await page.emulateMedia({ colorScheme: first.theme });
    await page.goto(`${server.url}/functions/${id}?tab=${tab}&${RANGE}`);
    for (const view of views) {
      await changeView(page, view, shows);
      await shoot(page, name, view);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([view, overflow], 'scrolls sideways').toEqual([view, 0]);
      expect(complaints).toEqual([]);
    }
  });
});
