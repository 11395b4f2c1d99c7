/** Large responses (5,000 environments with 50,000 invocations, 1,000 functions) cause no long tasks on the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentsAnswer, FunctionsAnswer } from '../../server/http/contract/functions.ts';
import { launch, shoot, signedIn } from '../support/browser.ts';
import { figure } from '../support/drill.ts';
import { longestTaskRatio } from '../support/long-tasks.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';
import { runLines } from '../support/run-lines.ts';

/** Most CPU time of one task of the page, in plain tables of 1,000 rows. */
const LONGEST_TASK = 1.2;
const MAX_SCRIPT_BYTES = 220_000;
/** Of the first page that people open. */
const MAX_FIRST_BYTES = 120_000;
/** Of what only the map, or only pages in another language, load. */
const MAX_ON_DEMAND_BYTES = 32_000;
/** Of all texts in one language, which its readers load in addition. */
const MAX_CATALOGUE_BYTES = 64_000;
/** Of the texts that only pages about setup show. */
const MAX_SETUP_BYTES = 16_000;
const ENVIRONMENTS = 5000;
const RUNS_EACH = 10;
const FUNCTIONS = 1000;
const FUNCTION = 'webhook-fanout';
const STREAM = encodeURIComponent(`2026/11/20/[$LATEST]${'a'.repeat(32)}`);
const wide = { theme: 'light', width: 1440 } as const;

let browser: Browser;
let server: RunningServer;
const folder = temporaryFolder();
beforeAll(async () => {
  browser = await launch();
  server = await startServer(folder);
  const lines = runLines(crypto.randomUUID(), Date.now(), false);
  const sent = await fetch(`${server.url}/ingest/logs?logGroup=/aws/lambda/webhook-fanout&logStream=${STREAM}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}` },
    body: lines.map(({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message.trimEnd()}\n`).join(''),
  });
  expect(sent.status, await sent.text()).toBe(200);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

/** Replaces a response of the server with a larger one. */
async function enlarged<T>(page: Page, path: string, change: (answer: T) => T): Promise<void> {
  await page.route(path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as T) });
  });
}

const WEB = new URL('../../dist/web/', import.meta.url);
const gzippedBytes = (scripts: Iterable<string>): number =>
  [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(new URL(path, WEB))).length, 0);

test('all JavaScript of the UI, gzipped, is below the limit, and what is loaded on demand below its own', () => {
  const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
  const isSetup = (path: string): boolean => /(?:^|\/)setup-(?:ja|ko)-[^/]*$/.test(path);
  const isCatalogue = (path: string): boolean => /(?:^|\/)(?:ja|ko)-[^/]*$/.test(path);
  // The layout of the map, and sentences in other languages than English.
  const isOnDemand = (path: string): boolean =>
    /(?:^|\/)(?:map-layout|finding-texts|change-texts|reason-texts)-[^/]*$/.test(path);
  const catalogues = files.filter(isCatalogue);
  const others = files.filter(isOnDemand);
  const setup = files.filter(isSetup);
  const scripts = files.filter((path) => ![isCatalogue, isOnDemand, isSetup].some((is) => is(path)));
  const bytes = gzippedBytes(scripts);
  const texts = catalogues.map((path) => gzippedBytes([path]));
  const kB = (n: number): string => `${(n / 1000).toFixed(0)} kB`;
  figure(
    'client',
    `${scripts.length} scripts, ${kB(bytes)} gzipped; on demand ${kB(gzippedBytes(others))}, catalogues ${texts.map(kB).join(', ')}`,
  );
  expect(bytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
  expect(others).toHaveLength(4);
  expect(gzippedBytes(others)).toBeLessThanOrEqual(MAX_ON_DEMAND_BYTES);
  expect(texts).toHaveLength(2);
  expect(Math.max(...texts)).toBeLessThanOrEqual(MAX_CATALOGUE_BYTES);
  expect(setup).toHaveLength(2);
  for (const path of setup) expect(gzippedBytes([path])).toBeLessThanOrEqual(MAX_SETUP_BYTES);
});

test('JavaScript of the first page, gzipped, is below the limit', async () => {
  const { context, page } = await signedIn(browser, server.url, wide);
  const scripts = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.js')) scripts.add(pathname.slice(1));
  });
  await page.goto(server.url);
  await page.getByText(FUNCTION).first().waitFor();
  const bytes = gzippedBytes(scripts);
  figure('first page', `${scripts.size} scripts, ${(bytes / 1000).toFixed(0)} kB gzipped`);
  expect(scripts.size).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(MAX_FIRST_BYTES);
  await context.close();
});

test('a task that computes is measured, one that waits is not', async () => {
  const { context, page } = await signedIn(browser, server.url, wide);
  await page.goto(server.url);
  const task = (code: string) =>
    longestTaskRatio(
      browser,
      page,
      async () => {
        await page.evaluate(`new Promise((done) => setTimeout(() => done(${code})))`);
      },
      Number.MAX_VALUE,
    );
  const computes = await task('(() => { let sum = 0; for (let n = 0; n < 1e9; n += 1) sum += n % 7; return sum; })()');
  expect(computes).toBeGreaterThan(LONGEST_TASK);
  const waits = await task('new Promise((late) => setTimeout(late, 500))');
  expect(waits).toBeLessThan(LONGEST_TASK);
  await context.close();
});

test('the timeline draws the visible rows and scrolls', async () => {
  const { context, page } = await signedIn(browser, server.url, wide);
  await enlarged<EnvironmentsAnswer>(page, '**/environments?**', (answer) => {
    const [fromMs, toMs] = [Date.parse(answer.range.from), Date.parse(answer.range.to)];
    const [one] = answer.items;
    if (one === undefined) throw new Error('no environment');
    const items = Array.from({ length: ENVIRONMENTS }, (_, at) => {
      const beginMs = fromMs + ((toMs - fromMs) * at) / ENVIRONMENTS;
      const runs = Array.from({ length: RUNS_EACH }, (__, n) => ({
        ...one.runs[0],
        startMs: beginMs + n * 60_000,
        endMs: beginMs + n * 60_000 + 20_000,
        initMs: n === 0 ? 900 : null,
        status: n === RUNS_EACH - 1 && at % 7 === 0 ? ('timeout' as const) : ('success' as const),
      }));
      return {
        ...one,
        logStream: `s${at}`,
        firstSeenAt: new Date(beginMs).toISOString(),
        // All live until the end, so that each needs a row.
        lastSeenAt: answer.range.to,
        runs,
      };
    });
    return { ...answer, total: ENVIRONMENTS, items: items as EnvironmentsAnswer['items'] };
  });
  const draw = async () => {
    await page.goto(`${server.url}/functions/${encodeURIComponent(FUNCTION)}?tab=environments`);
    await page.getByText('5,000 environments').first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  const box = page.getByRole('region', { name: 'Environment timeline' }).locator('.timeline');
  const scroll = async () => {
    for (let step = 1; step <= 20; step += 1) {
      await box.evaluate((element, to) => element.scrollTo(0, element.scrollHeight * to), step / 20);
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    }
  };
  const drawn = await longestTaskRatio(browser, page, draw, LONGEST_TASK);
  const scrolled = await longestTaskRatio(browser, page, scroll, LONGEST_TASK);
  await shoot(page, 'environments-large', wide);
  figure(
    'timeline',
    `${ENVIRONMENTS} environments, ${ENVIRONMENTS * RUNS_EACH} runs: longest task ${drawn.toFixed(2)} plain tables until drawn, ${scrolled.toFixed(2)} while scrolling`,
  );
  expect(drawn).toBeLessThanOrEqual(LONGEST_TASK);
  expect(scrolled).toBeLessThanOrEqual(LONGEST_TASK);
  await context.close();
});

/** Opens the list and scrolls to its end. */
async function thousand(page: Page): Promise<void> {
  await page.goto(`${server.url}/functions`);
  await page.getByText('function-999').first().waitFor();
  await page.waitForLoadState('networkidle');
  const rows = page.locator('table[aria-label="Functions"] tbody tr');
  expect(await rows.count()).toBeLessThan(FUNCTIONS);
  for (let shown = await rows.count(); shown < FUNCTIONS; shown = await rows.count()) {
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await rows.nth(shown).waitFor({ state: 'attached' });
  }
  expect(await rows.count()).toBe(FUNCTIONS);
}

test('1,000 functions: rows are drawn as they are scrolled to, and search finds all', async () => {
  const { context, page } = await signedIn(browser, server.url, wide);
  await enlarged<FunctionsAnswer>(page, '**/api/v1/functions?**', (answer) => {
    const [one] = answer.items;
    if (one === undefined) throw new Error('no function');
    const items = Array.from({ length: FUNCTIONS }, (_, at) => ({
      ...one,
      id: `1:eu-west-1:f${at}`,
      name: `function-${at}`,
      invocations: at,
    }));
    return { ...answer, items };
  });
  const slowest = await longestTaskRatio(browser, page, () => thousand(page), LONGEST_TASK);
  figure('functions', `${FUNCTIONS} rows: longest task ${slowest.toFixed(2)} plain tables`);
  expect(slowest).toBeLessThanOrEqual(LONGEST_TASK);
  await page.getByLabel('Search functions').fill('function-37');
  await page.waitForURL(/q=function-37/);
  expect(await page.locator('table[aria-label="Functions"] tbody tr').count()).toBe(11);
  await context.close();
});
