/** Alerts, Ingest and Settings in Japanese: no text of their own is left in English. */
import type { ComponentChild } from 'preact';
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { FirstRun } from '../../components/first-run.tsx';
import { catalogue } from '../../i18n/ja.ts';
import { setCatalogue } from '../../i18n/translate.ts';
import { Ingest } from '../ingest/ingest.tsx';
import { Settings } from '../settings/settings.tsx';
import { Alerts } from './alerts.tsx';

/** Whole sentences: single words also occur in names and in texts of the server. */
const ENGLISH = Object.entries(catalogue)
  .filter(([english, japanese]) => english !== japanese && /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(english))
  .map(([english]) => english)
  // The name of a rule that is installed with the product.
  .filter((english) => !english.includes('{') && english !== 'Out of memory');

afterEach(() => {
  setCatalogue('en', {});
  restore();
});

const PAGES: readonly (readonly [name: string, view: ComponentChild, search: string, shows: string])[] = [
  ...(
    [
      ['firing', 'サイレンス'],
      ['rules', '新しいルール'],
      ['rules&new=1', 'ルールを作成'],
      ['silences', '新しいサイレンス'],
      ['receivers', '新しい通知先'],
      ['routes', '誰に通知されますか？'],
      ['deliveries', '配信'],
    ] as const
  ).map(([tab, shows]) => [`alerts, ${tab}`, h(Alerts, {}), `?tab=${tab}`, shows] as const),
  ['ingest', h(Ingest, {}), '', 'データは揃っていますか？'],
  ['settings', h(Settings, {}), '', 'データの保持期間'],
  ['first run', h(FirstRun, {}), '', 'データを取得する 3 つの方法'],
];

test.each(PAGES)('%s', async (_, view, search, shows) => {
  setCatalogue('ja', catalogue);
  const { text } = await showPage(view, { search });
  expect(text).toContain(shows);
  expect(ENGLISH.filter((english) => text.includes(english))).toEqual([]);
});

test('states, severities and the title are words of the language', async () => {
  setCatalogue('ja', catalogue);
  const { text } = await showPage(h(Alerts, {}), { search: '?tab=rules' });
  expect(text).toMatch(/^アラート/);
  expect(text).toMatch(/発報中|正常|保留中|無効/);
  expect(text).not.toMatch(/\b(?:inactive|pending|firing|disabled|critical|warning)\b/);
});
