/** Everyday tasks, by the clicks that they take from the overview. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ColdStartsAnswer } from '../../server/http/contract/functions.ts';
import { launch, settled, signedIn } from '../support/browser.ts';

const { demo } = inject('sites');
let browser: Browser;
let page: Page;
let clicks = 0;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await signedIn(browser, demo, { theme: 'light', width: 1440 }));
  await causesAreKnown();
});
afterAll(() => browser?.close());

/** Causes are attributed some minutes after lines arrive, and a page that is open shows what it was answered. */
async function causesAreKnown(): Promise<void> {
  const known = async (): Promise<boolean> => {
    const answer = await page.context().request.get(`${demo}/api/v1/functions/search/cold-starts`);
    expect(answer.status()).toBe(200);
    return ((await answer.json()) as ColdStartsAnswer).advice !== null;
  };
  while (!(await known())) await new Promise((resolve) => setTimeout(resolve, 250));
}

async function fromOverview(): Promise<void> {
  await settled(page, `${demo}/`, 'What needs attention');
  clicks = 0;
}

/** Links of the page, not of the frame. */
async function click(name: string | RegExp): Promise<void> {
  clicks += 1;
  await page.getByRole('main').getByRole('link', { name }).first().click();
}

/** Of the function whose page is open, the newest cold start that has a trace. */
async function tracedRequest(): Promise<string> {
  await page.getByRole('region', { name: 'Latest cold starts' }).waitFor();
  const { pathname } = new URL(page.url());
  const answer = await page.context().request.get(`${demo}/api/v1${pathname}/cold-starts`);
  const { examples } = (await answer.json()) as ColdStartsAnswer;
  const traced = examples.find(({ traceId }) => traceId !== null);
  if (traced === undefined) throw new Error('no cold start has a trace');
  return traced.requestId;
}

test('whose cold starts hurt users most, why, and what to do: one click', async () => {
  await fromOverview();
  await page.getByText(/Callers of .+ waited \d+ times for a cold start/).waitFor();
  await click(/See why .+ starts cold, and what helps/);
  await page.getByRole('region', { name: 'Causes' }).waitFor();
  // What to do, in one sentence that names the share of the cold starts that it would spare.
  const advice = await page.getByRole('region', { name: 'What to do' }).innerText();
  expect(advice).toMatch(/\d+ % of the cold starts that callers waited for .+: load fewer and smaller modules/);
  expect(clicks).toBe(1);
});

test('which memory change saves most per month, how sure, and how much slower: one click', async () => {
  await fromOverview();
  await click(/Compare cost and duration of .+ by memory size/);
  const conclusion = page.getByRole('region', { name: 'Memory size', exact: true });
  await conclusion
    .getByText(/would save/)
    .first()
    .waitFor();
  const text = await conclusion.textContent();
  expect(text).toMatch(/\d+ MB would save \$[\d.]+ a month and be (equally fast|[\d.]+ % (faster|slower))/);
  expect(text).toMatch(/95 % interval \$[\d.]+ to \$[\d.]+ a month; saves with \d+ % probability/);
  expect(clicks).toBe(1);
});

test('one failed invocation with its lines: two clicks', async () => {
  await fromOverview();
  await click(/See how long .+ ran, and which timeout would do|See the errors of .+ by cause, with their lines/);
  await click(/^[\da-f]{8}-[\da-f]{4}-/);
  await page.getByRole('heading', { name: 'Timeline' }).first().waitFor();
  await page
    .getByText(/REPORT RequestId/)
    .first()
    .waitFor();
  expect(clicks).toBe(2);
});

test('one slow invocation with its lines and its trace: two clicks', async () => {
  await fromOverview();
  // The newest cold starts of the demo are sampled by X-Ray.
  await click(/See why .+ starts cold, and what helps/);
  const traced = await tracedRequest();
  clicks += 1;
  await page.getByRole('main').getByRole('link', { name: traced }).first().click();
  await page.getByRole('heading', { name: 'Timeline' }).first().waitFor();
  // Lines and calls of the trace are on one time line.
  const timeLine = page.getByRole('region', { name: 'Attempt 1' }).locator('.lines');
  await timeLine.getByText(/START RequestId/).waitFor();
  await timeLine.locator('svg.fall').first().waitFor();
  expect(clicks).toBe(2);
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
  await click('Provisioned');
  await page.getByText('Numbers of provisioned environments').first().waitFor();
  expect(clicks).toBe(2);
});

test('the timeline of environments says what is pointed at, and leads to its lines', async () => {
  await settled(page, `${demo}/functions/search?tab=environments`, 'Environment timeline');
  const timeline = page.getByRole('region', { name: 'Environment timeline' });
  await timeline.locator('section').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const said = await timeline.getByRole('status').last().textContent();
  expect(said).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\].+ invocations?, \d+ failed\. busy [\d.]+ % of its time/);
  // Beside it stands the same.
  const shown = await timeline.locator('.timeline-tip').textContent();
  expect(said?.startsWith(shown?.slice(0, 40) ?? '?')).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/logs\?.*stream/);
  await page
    .getByText(/REPORT RequestId/)
    .first()
    .waitFor();
});

test('last month’s cost by team, with its trend: one click', async () => {
  await fromOverview();
  clicks += 1;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Report' }).click();
  const costs = page.getByRole('table', { name: 'Cost by team' });
  await costs.waitFor();
  expect(await costs.getByRole('columnheader').allInnerTexts()).toEqual(
    expect.arrayContaining([
      'team',
      expect.stringMatching(/^\w+ \d{4}$/),
      'Before',
      'Change',
      expect.stringMatching(/^Trend: \w+ \d{4} – \w+ \d{4}$/),
    ]),
  );
  // Two months are over: each team has a cost in dollars, and a line over the periods.
  await costs.getByRole('row', { name: /^payments \$/ }).waitFor();
  await costs.getByRole('row', { name: /^no team/ }).waitFor();
  await costs.getByRole('img', { name: 'Cost of payments, the last 6 periods' }).waitFor();
  expect(clicks).toBe(1);
});
