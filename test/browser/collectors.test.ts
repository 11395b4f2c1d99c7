/** The Ingest page while collectors are late, fail, or cannot read a log group. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsDouble } from '../support/aws.ts';
import { launch, settled, shoot, signedIn } from '../support/browser.ts';
import type { RunningServer } from '../support/product.ts';
import { removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const wide = { theme: 'light', width: 1440 } as const;
/** At one request a second, a run that has sent so many outlasts its interval of five seconds. */
const BACKLOG_CALLS = 8;
let browser: Browser;
let server: RunningServer;
let aws: AwsDouble;
const folder = temporaryFolder();

beforeAll(async () => {
  browser = await launch();
  aws = await AwsDouble.start();
  aws.group('/aws/lambda/busy');
  aws.group('/aws/lambda/denied');
  aws.emptyPages = 100;
  let reachBacklog = (): void => {};
  const backlog = new Promise<void>((resolve) => {
    reachBacklog = resolve;
  });
  let calls = 0;
  aws.script = ({ target, input }) => {
    if (target.startsWith('GET /2015-03-31/functions')) {
      return { status: 403, type: 'AccessDeniedException', message: 'not authorized to perform: lambda:ListFunctions' };
    }
    if (target !== 'FilterLogEvents') return undefined;
    calls += 1;
    if (calls === BACKLOG_CALLS) reachBacklog();
    if (input['logGroupName'] !== '/aws/lambda/denied') return undefined;
    return { type: 'AccessDeniedException', message: 'not authorized to perform: logs:FilterLogEvents' };
  };
  server = await startServer(folder, {
    ...aws.environment,
    THERMOCLINE_PULL_LOG_GROUPS: '/aws/lambda/*',
    THERMOCLINE_PULL_INTERVAL_SECONDS: '5',
    THERMOCLINE_PULL_REQUESTS_PER_SECOND: '1',
    THERMOCLINE_INVENTORY: 'on',
  });
  await backlog;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await aws?.stop();
  removeFolder(folder);
});

test('a backlog, a failed collector and a log group that cannot be read are shown with advice', async () => {
  const { context, page, complaints } = await signedIn(browser, server.url, wide);
  await settled(page, `${server.url}/ingest`, 'Collectors with problems');
  const collectors = page.getByRole('region', { name: 'Collectors with problems' });
  const late = collectors.locator('li', { hasText: 'logs:FilterLogEvents' });
  expect(await late.locator('.badge').textContent()).toBe('late');
  const backlog = await late.textContent();
  expect(backlog).toContain('longer than its interval of 5 s: data arrives late.');
  expect(backlog).toContain('raise THERMOCLINE_PULL_REQUESTS_PER_SECOND within your quota');
  const failed = collectors.locator('li', { hasText: 'lambda:ListFunctions' });
  expect(await failed.locator('.badge').textContent()).toBe('problem');
  expect(await failed.textContent()).toContain('Allow lambda:ListFunctions');
  const group = page
    .getByRole('region', { name: 'Pulled log groups' })
    .locator('tr', { hasText: '/aws/lambda/denied' });
  expect(await group.textContent()).toContain('Allow logs:FilterLogEvents');
  await shoot(page, 'collectors', wide);
  expect(complaints).toEqual([]);
  await context.close();
});
