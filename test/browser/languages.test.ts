/** Every page in Japanese and Korean, with the demo's data, on a phone: no English sentence outside of the data, nothing cut, names for all. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { catalogue as ja } from '../../web/i18n/ja.ts';
import { catalogue as ko } from '../../web/i18n/ko.ts';
import type { Opened } from '../support/browser.ts';
import { launch, shoot, signedIn } from '../support/browser.ts';
import { pages } from '../support/pages.ts';
import { untranslated } from '../support/untranslated.ts';

const { demo } = inject('sites');
const view = { theme: 'light', width: 390 } as const;
/** Rules about names, roles, forms and the language of the page: others do not depend on the language. */
const AXE = `axe.run({ resultTypes: ['violations'], runOnly: ['cat.name-role-value', 'cat.forms', 'cat.language', 'cat.aria'] })
  .then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.map((n) => n.target).join(' ')))`;

/** Texts of elements that have some of their own, and attributes that are read aloud; without code and what is in another language. */
const READABLE = `(() => {
  const foreign = 'code, pre, kbd, samp, script, style, noscript, [translate=no], body [lang]';
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest(foreign) !== null) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(element.getAttribute(name) ?? '');
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    const copy = element.cloneNode(true);
    for (const inner of copy.querySelectorAll(foreign + ', select')) inner.replaceWith(' ');
    found.push(copy.textContent.replaceAll(/\\s+/g, ' ').trim());
  }
  return found;
})()`;

let browser: Browser;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each([
  ['ja', ja],
  ['ko', ko],
] as const)('%s', (language, catalogue) => {
  let opened: Opened;
  /** Answers of the API to the page that is open. */
  let answers: Promise<unknown>[] = [];
  beforeAll(async () => {
    opened = await signedIn(browser, demo, view);
    await opened.page.addInitScript((chosen) => localStorage.setItem('language', chosen), language);
    opened.page.on('response', (response) => {
      if (response.headers()['content-type']?.includes('json') === true)
        answers.push(response.json().catch(() => null));
    });
  });
  afterAll(() => opened?.context.close());

  async function open(page: Page, path: string): Promise<void> {
    answers = [];
    await page.goto(demo + path, { waitUntil: 'networkidle' });
    await page.locator('main:not([aria-busy="true"]) h1').first().waitFor({ state: 'attached' });
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
  }

  test.each(pages)('%s', async (name, path) => {
    const { page, complaints } = opened;
    complaints.length = 0;
    await open(page, path);
    await shoot(page, `${name}-${language}`, view);
    expect(await page.evaluate('document.documentElement.lang')).toBe(language);
    expect(complaints).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
    const readable = (await page.evaluate(READABLE)) as string[];
    const found = untranslated(readable, catalogue, await Promise.all(answers));
    // The name of a button of Slack.
    expect(
      found.filter((text) => !/^.?Add New Webhook to Workspace.?\.?$/.test(text)),
      'English sentences',
    ).toEqual([]);
    await page.evaluate(axe);
    expect(await page.evaluate(AXE), 'accessibility').toEqual([]);
  });
});
