/** The advice on the Cold starts tab. */
import { expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_PATH, RANGE, showTabOf } from '../../../test/support/show-function.ts';
import { FunctionPage } from './function.tsx';

const show = showTabOf(FunctionPage);
const parameters = { share: 0.754, n: 1234, initMs: 1500, runtime: 'python3.13' };
const ANSWER = examples.getFunctionColdStarts.answer;

test('advice has its basis and the tab on which it is followed up', async () => {
  const advice = { code: 'fix-failures', parameters, sentence: 'not shown' } as const;
  const answers = { getFunctionColdStarts: { ...ANSWER, advice, adviceReason: null } };
  const { section, link } = await show('cold-starts', { answers });
  expect(section('What to do')).toContain(
    '75 % of the cold starts that callers waited for followed a failure: mend what fails first, because each crash costs another init.',
  );
  expect(section('What to do')).toContain('From n=1,234 cold starts');
  expect(link('See the failures')).toBe(`${FUNCTION_PATH}?${RANGE}&tab=failures`);
});

test('without advice, the reason', async () => {
  const adviceReason = {
    code: 'init-short',
    parameters: { ...parameters, initMs: 80 },
    sentence: 'not shown',
  } as const;
  const answers = { getFunctionColdStarts: { ...ANSWER, advice: null, adviceReason } };
  const { text } = await show('cold-starts', { answers });
  expect(text).toContain('No advice. Init takes only 80 ms at the median: shortening it would hardly be felt.');
});
