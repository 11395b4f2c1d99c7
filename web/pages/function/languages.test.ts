/** No English text is left on the tabs of a function in Japanese and Korean. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_ID, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { untranslated } from '../../../test/support/untranslated.ts';
import { loadChangeTexts } from '../../i18n/change.ts';
import { loadReasonTexts } from '../../i18n/reason.ts';
import type { Catalogue } from '../../i18n/translate.ts';
import { setCatalogue } from '../../i18n/translate.ts';
import { FunctionPage } from './function.tsx';

const TABS = [
  ...['cold-starts', 'environments', 'keep-alive', 'provisioned', 'memory', 'network', 'metrics', 'failures'],
  ...['changes', 'load-tests', 'invocations', 'tenants', 'executions', 'responses'],
];
const show = showTabOf(FunctionPage);

describe.each(['ja', 'ko'])('in %s', (language) => {
  let catalogue: Catalogue = {};
  beforeEach(async () => {
    await Promise.all([loadReasonTexts(), loadChangeTexts()]);
    const load = language === 'ja' ? import('../../i18n/ja.ts') : import('../../i18n/ko.ts');
    catalogue = (await load).catalogue;
    setCatalogue(language, catalogue);
  });
  afterEach(() => {
    restore();
    setCatalogue('en', {});
  });

  test.each(TABS)('the tab %s', async (tab) => {
    const page = await show(tab, { facts: { id: FUNCTION_ID } });
    const data = Object.values(examples).map(({ answer }) => answer);
    expect(untranslated(page.readable, catalogue, data)).toEqual([]);
  });

  test('advice on cold starts, and other sizes', async () => {
    const parameters = { share: 0.75, n: 1234, initMs: 1500, runtime: 'python3.13' };
    const advice = { code: 'snap-start', parameters, sentence: 'not shown' } as const;
    const answers: Answers = {
      getFunctionColdStarts: { ...examples.getFunctionColdStarts.answer, advice, adviceReason: null },
    };
    const page = await show('cold-starts', { answers });
    expect(page.text).toContain('SnapStart');
    expect(page.text).not.toContain('callers');
  });
});
