/** Pages about setup, alerts and single requests in Japanese and Korean: no text of theirs is English. */
import type { ComponentChild } from 'preact';
import { h } from 'preact';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_ID } from '../../test/support/show-function.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { untranslated } from '../../test/support/untranslated.ts';
import { loadChangeTexts } from '../i18n/change.ts';
import { loadFindingTexts } from '../i18n/finding.ts';
import { catalogue as ja } from '../i18n/ja.ts';
import { catalogue as ko } from '../i18n/ko.ts';
import { loadReasonTexts } from '../i18n/reason.ts';
import { catalogue as setupJa } from '../i18n/setup-ja.ts';
import { catalogue as setupKo } from '../i18n/setup-ko.ts';
import { setCatalogue } from '../i18n/translate.ts';
import { Alerts } from './alerts/alerts.tsx';
import { Compare } from './compare/compare.tsx';
import { Connect } from './ingest/connect.tsx';
import { Ingest } from './ingest/ingest.tsx';
import { InvocationPage } from './invocations/invocation.tsx';
import { TracePage } from './invocations/trace.tsx';
import { Settings } from './settings/settings.tsx';
import { Sql } from './sql/sql.tsx';

beforeAll(async () => {
  await Promise.all([loadFindingTexts(), loadChangeTexts(), loadReasonTexts()]);
});
afterEach(restore);

const RANGE = '?from=now-7d&to=now-1d';
const PAGES: readonly (readonly [name: string, page: ComponentChild, search: string])[] = [
  ...['firing', 'rules', 'rules&new=1', 'silences', 'routes', 'receivers', 'deliveries'].map(
    (tab) => [`alerts, ${tab}`, h(Alerts, {}), `${RANGE}&tab=${tab}`] as const,
  ),
  ['compare', h(Compare, {}), `${RANGE}&function=${FUNCTION_ID}`],
  ['ingest', h(Ingest, {}), ''],
  ['connect', h(Connect, {}), ''],
  ['settings', h(Settings, {}), ''],
  ['sql', h(Sql, {}), ''],
  ['invocation', h(InvocationPage, { requestId: 'a' }), ''],
  ['trace', h(TracePage, { traceId: 'a' }), ''],
];

/** A button of Slack, and roles, which the API takes by these names. */
const NAMES = /^[‘’]?Add New Webhook to Workspace[‘’]?\.?$|^viewer editor$/;

describe.each([
  ['ja', { ...ja, ...setupJa }],
  ['ko', { ...ko, ...setupKo }],
])('%s', (language, catalogue) => {
  test.each(PAGES)('%s', async (_, page, search) => {
    setCatalogue(language, catalogue);
    const { readable } = await showPage(page, { search });
    const data = Object.values(examples).map(({ answer }) => answer);
    expect(untranslated(readable, catalogue, data).filter((text) => !NAMES.test(text))).toEqual([]);
  });
});
