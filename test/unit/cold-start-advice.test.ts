/** The API and the pages write advice on cold starts alike. */
import { expect, test } from 'vitest';
import { adviceSentence } from '../../server/http/presentation/cold-start-advice-text.ts';
import { ADVICE, adviceText } from '../../web/pages/function/advice-text.ts';

const parameters = { share: 0.754, n: 1234, initMs: 1500, runtime: 'python3.13' };
const CODES = Object.keys(ADVICE) as (keyof typeof ADVICE)[];

test.each(CODES)('%s', (code) => {
  expect(adviceText({ code, parameters })).toBe(adviceSentence(code, parameters));
  expect(adviceText({ code, parameters })).not.toMatch(/[{}]|undefined|null/);
});
