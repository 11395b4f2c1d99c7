import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { restore, showPage } from './show-page.ts';
import { untranslated } from './untranslated.ts';

afterEach(restore);

const CATALOGUE = { Errors: 'エラー', Lambda: 'Lambda' };
const found = (text: string, data: unknown = []): readonly string[] => untranslated([text], CATALOGUE, data);

test.each([
  'エラー率は 12 % です',
  'p95 1.20 s · 40 min · python3.13 arm64',
  'AWS Lambda、CloudWatch Logs、Ctrl K',
  'Lambda',
  'n=12.3 k',
])('%j has no English sentence', (text) => {
  expect(found(text)).toEqual([]);
});

test.each([
  ['データ Cold starts', 'Cold starts'],
  ['エラー: only 10 failures are known', 'only 10 failures are known'],
  ['合計12 invocations, 1 failed。', 'invocations, 1 failed'],
  // A text that the catalogue has, of one word.
  ['Errors', 'Errors'],
])('%j has one', (text, sentence) => {
  expect(found(text)).toEqual([sentence]);
});

test('texts of the data may be English, whole or as a part', () => {
  const data = { items: [{ title: 'Task timed out\n after 3 s' }, { name: 'check out' }] };
  expect(found('原因: Task timed out after 3 s', data)).toEqual([]);
  expect(found('check out の設定', data)).toEqual([]);
  expect(found('check outside now', data)).toEqual(['check outside now']);
});

test('a name that people gave may be a text that the pages have', () => {
  const catalogue = { Timeouts: 'タイムアウト' };
  const found = (data: unknown) => untranslated(['Timeouts'], catalogue, data);
  expect([found({ items: [{ name: 'Timeouts' }] }), found({ items: [{ title: 'Timeouts' }] })]).toEqual([
    [],
    ['Timeouts'],
  ]);
});

test('a page gives its texts, names and words of charts, without code', async () => {
  const text = h('p', { title: 'A hint' }, 'Run ', h('code', {}, 'npm install it'), ' and ', h('b', {}, 'wait'));
  const { readable } = await showPage(
    h('main', { 'aria-label': 'Page of it' }, text, h('p', { lang: 'en' }, 'In English')),
  );
  expect(readable).toEqual(['Page of it', 'A hint', 'Run and wait', 'wait']);
});

test('names that the product gives to its rules are its own, whatever member has them', () => {
  const catalogue = { 'rule:Initialised again and again': '初期化の繰り返し' };
  const data = { items: [{ ruleName: 'Initialised again and again', name: 'Out of hours' }] };
  expect(untranslated(['search: Initialised again and again'], catalogue, data)).toEqual([
    'search: Initialised again and again',
  ]);
  expect(untranslated(['Out of hours'], catalogue, data)).toEqual([]);
});
