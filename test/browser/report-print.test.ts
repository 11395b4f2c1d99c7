/** A report on paper: A4, every column within the margins, the head of the table on each page. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportHtml } from '../../server/jobs/reports/html.ts';
import { ENGLISH } from '../../server/jobs/reports/texts/texts.ts';
import { launch } from '../support/browser.ts';
import { reportContent } from '../support/report-content.ts';

/** A4 less margins of 12 mm, in CSS pixels. */
const PAPER_PX = Math.floor(((210 - 24) / 25.4) * 96);

let browser: Browser;
let html: string;
beforeAll(async () => {
  const page = {
    content: reportContent(500),
    name: 'Costs',
    madeAt: '2026-11-23T07:00:00.000Z',
    note: null,
    texts: ENGLISH,
  };
  html = reportHtml(page);
  browser = await launch();
});
afterAll(() => browser?.close());

test('500 functions print without cut columns', async () => {
  const page = await browser.newPage({ viewport: { width: PAPER_PX, height: 1000 } });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.setContent(html);
  const found = await page.evaluate(() => {
    const rights = [...document.querySelectorAll('th, td, .fact, svg, li')].map(
      (one) => one.getBoundingClientRect().right,
    );
    return {
      widest: Math.max(...rights),
      scroll: document.documentElement.scrollWidth,
      rows: document.querySelectorAll('tbody tr').length,
      head: getComputedStyle(document.querySelector('thead') as Element).display,
      background: getComputedStyle(document.body).backgroundColor,
    };
  });
  expect(found.rows).toBe(500);
  expect(found.widest).toBeLessThanOrEqual(PAPER_PX);
  expect(found.scroll).toBeLessThanOrEqual(PAPER_PX);
  expect([found.head, found.background]).toEqual(['table-header-group', 'rgb(255, 255, 255)']);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => [
    Math.round(Number(width)),
    Math.round(Number(height)),
  ]);
  // A4 has 595 × 842 points. 500 rows need more than eight pages.
  expect(boxes.length).toBeGreaterThan(8);
  expect(new Set(boxes.map(String))).toEqual(new Set(['595,842']));
  await page.close();
});

test('it fits a phone', async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  await page.setContent(html);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.close();
});
