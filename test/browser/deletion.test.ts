/** Taking data out again in the browser: the undo of an import, and the deletion of a function. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, settled, signedIn } from '../support/browser.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { runLines } from '../support/run-lines.ts';

const wide = { theme: 'light', width: 1440 } as const;
const folder = temporaryFolder();
let browser: Browser;
let server: RunningServer;

beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

async function store(name: string, importId?: string): Promise<void> {
  const body = runLines(crypto.randomUUID(), Date.now(), false)
    .map(({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message.trimEnd()}\n`)
    .join('');
  const response = await fetch(`${server.url}/ingest/logs?function=${name}&account=111122223333&region=eu-west-1`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ADMIN}`,
      'x-thermocline-source': 'import',
      'x-thermocline-source-name': `${name}.txt`,
      ...(importId === undefined ? {} : { 'x-thermocline-import': importId }),
    },
    body,
  });
  expect(response.status).toBe(200);
}

async function functions(): Promise<readonly string[]> {
  const response = await fetch(`${server.url}/api/v1/functions?from=now-1h`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  return ((await response.json()) as { items: { name: string }[] }).items.map(({ name }) => name).toSorted();
}

test('an import is undone after a second click', async () => {
  await store('kept');
  await store('mistaken', '20261128-00000001');
  expect(await functions()).toEqual(['kept', 'mistaken']);
  const { context, page } = await signedIn(browser, server.url, wide);
  await settled(page, `${server.url}/ingest`, 'mistaken.txt');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await functions()).toEqual(['kept', 'mistaken']);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: /^Remove \d+ events?$/ }).click();
  await page.getByText('Import undone. Data that was also delivered another way was kept.').waitFor();
  await page.getByText('undone', { exact: true }).waitFor();
  expect(await functions()).toEqual(['kept']);
  await context.close();
});

test('a function is deleted after its name is typed', async () => {
  await store('misnamed');
  const { context, page } = await signedIn(browser, server.url, wide);
  await settled(page, `${server.url}/functions/111122223333:eu-west-1:misnamed`, 'Delete this function');
  await page.getByText('Delete this function').click();
  const name = page.getByLabel('name of the function');
  await name.fill('missnamed');
  await page.getByRole('button', { name: 'Delete function' }).click();
  await page.getByText('Type misnamed to delete it.').waitFor();
  expect(await functions()).toEqual(['kept', 'misnamed']);
  await name.fill('misnamed');
  await page.getByRole('button', { name: 'Delete function' }).click();
  await page.getByText('Deleted. What is delivered again from now on is stored as new.').waitFor();
  expect(await functions()).toEqual(['kept']);
  await context.close();
});
