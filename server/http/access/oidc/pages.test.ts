/** The page of a sign-in that failed: in the reader's language, and without anything from outside. */
import { expect, test } from 'vitest';
import { FAILURE_STATUS, failurePage } from './pages.ts';

test.each<[string | undefined, string, string]>([
  [undefined, 'en', 'Sign-in failed'],
  ['', 'en', 'Sign-in failed'],
  ['de-DE,fr;q=0.5', 'en', 'Sign-in failed'],
  ['ja', 'ja', 'サインインできませんでした'],
  ['JA-jp', 'ja', 'サインインできませんでした'],
  ['de, ko-KR;q=0.9, en;q=0.1', 'ko', '로그인하지 못했습니다'],
  ['en-GB, ja', 'en', 'Sign-in failed'],
  ['constructor, __proto__', 'en', 'Sign-in failed'],
])('for %j it is in %s', (header, language, title) => {
  const html = failurePage('denied', header);
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(`<title>${title} – Thermocline</title>`);
  expect(html).toContain(`<h1>${title}</h1>`);
  expect(html).toContain('<a href="/">');
});

test('each failure has a sentence of its own in each language, and none shows another', () => {
  for (const language of ['en', 'ja', 'ko']) {
    const pages = (Object.keys(FAILURE_STATUS) as (keyof typeof FAILURE_STATUS)[]).map((one) =>
      failurePage(one, language),
    );
    const sentences = pages.map((html) => /<p>(.*)<\/p>\n<p><a href="\/">(.+)<\/a>/.exec(html)?.[1] ?? '');
    expect(new Set(sentences).size).toBe(7);
    for (const one of sentences) expect(one.length).toBeGreaterThan(10);
  }
});

test('who is refused gets 403, what is wrong 400, too much 429, and a provider that is down 503', () => {
  expect(FAILURE_STATUS).toEqual({
    ...{ cancelled: 403, denied: 403, disabled: 403, expired: 400, invalid: 400, throttled: 429, unreachable: 503 },
  });
});
