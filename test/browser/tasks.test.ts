/** Everyday tasks, by the clicks that they take from the overview. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch, settled, signedIn } from '../support/browser.ts';

const { demo } = inject('sites');
let browser: Browser;
let page: Page;
let clicks = 0;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await signedIn(browser, demo, { theme: 'light', width: 1440 }));
});
afterAll(() => browser?.close());

async function fromOverview(): Promise<void> {
  await settled(page, `${demo}/`, 'What needs attention');
  clicks = 0;
}

/** Links of the page, not of the frame. */
async function click(name: string | RegExp): Promise<void> {
  clicks += 1;
  await page.getByRole('main').getByRole('link', { name }).first().click();
}

test('whose cold starts hurt users most, why, and what to do: one click', async () => {
  await fromOverview();
  await page.getByText(/Callers of .+ waited \d+ times for a cold start/).waitFor();
  await click(/See why .+ starts cold, and what helps/);
  await page.getByRole('region', { name: 'Causes' }).waitFor();
  expect(clicks).toBe(1);
});

test('whether deploys made anything worse: one click', async () => {
  await fromOverview();
  clicks += 1;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Changes' }).click();
  await page.getByText(/^\d+ changes?: /).waitFor();
  expect(clicks).toBe(1);
});

test('why the VPC function is slow: two clicks', async () => {
  await fromOverview();
  await click('pricing');
  await click('Network');
  await page.getByText('Network latency').first().waitFor();
  expect(clicks).toBe(2);
});

test('whether provisioned concurrency is worth it: a tab', async () => {
  await fromOverview();
  await click('search');
  await click('Provisioned concurrency');
  await page.getByText('Numbers of provisioned environments').first().waitFor();
  expect(clicks).toBe(2);
});
