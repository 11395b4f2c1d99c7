/** The page of changes, with answers written by hand. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Changes } from './changes.tsx';

afterEach(restore);

type Answer = NonNullable<Answers['listChanges']>;
const [EXAMPLE] = examples.listChanges.answer.items;
if (EXAMPLE === undefined) throw new Error('The contract has no example of a change.');

const change = (more: Partial<Answer['items'][number]>): Answer['items'][number] => ({
  ...EXAMPLE,
  function: { id: '111122223333:eu-west-1:checkout', name: 'checkout' },
  at: '2026-11-27T14:02:31.000Z',
  ...more,
});
const worse = change({ verdict: 'worse', label: 'memory 1024 → 512 MB', summary: 'p95 +38 %, cost −12 %' });
const early = change({
  ...{ verdict: 'insufficient-data', function: { id: '111122223333:eu-west-1:search', name: 'search' } },
  ...{ summary: 'Not enough data yet: 0 of 3 comparable hours', reason: 'Not yet: only 0 of the 3 …' },
  hours: { compared: 0, required: 3 },
});
const counts = { improved: 1, worse: 1, 'no-evidence': 0, 'insufficient-data': 1 };
const answer = (more: Partial<Answer>): Answer => ({
  ...examples.listChanges.answer,
  ...{ items: [change({}), worse, early], total: 3, verdicts: counts, notJudged: 0 },
  ...more,
});
const show = (more: Partial<Answer> = {}, search = '?from=now-7d&to=now-1d&tz=utc') =>
  showPage(h(Changes, {}), { path: '/changes', search, answers: { listChanges: answer(more) } });

test('a glance tells whether anything became worse, and a row what each change did', async () => {
  const { text, section, requested, link, elements } = await show();
  expect(requested).toContain('/api/v1/changes?from=now-7d&to=now-1d&order=newest&limit=50');
  expect(text).toContain('3 changes: 1 made something worse.');
  const rows = section('Changes');
  expect(rows).toContain(
    'better: checkout version 43, 11-27 14:02: p95 unchanged (+15 %, not significant), cost −8.0 %',
  );
  expect(rows).toContain('worse: checkout memory 1024 → 512 MB, 11-27 14:02: p95 +38 %, cost −12 %');
  expect(rows).toContain('not enough data: search version 43, 11-27 14:02: Not enough data yet');
  expect(link('search')).toBe('/functions/111122223333%3Aeu-west-1%3Asearch?from=now-7d&to=now-1d&tz=utc&tab=changes');
  // What is not settled is grey.
  const effects = elements('span').filter(({ attributes }) => attributes['class']?.startsWith('effect'));
  expect(effects.map(({ attributes }) => attributes['class'])).toEqual(['effect', 'effect', 'effect soft']);
});

test('without anything worse it says so, and what cannot be compared yet', async () => {
  const none = { items: [change({}), early], total: 2, verdicts: { ...counts, worse: 0 } };
  expect((await show(none)).text).toContain('2 changes: none made anything worse. 1 cannot be compared yet.');
  restore();
  const tooEarly = { items: [early], total: 1, verdicts: { ...counts, worse: 0, improved: 0 } };
  expect((await show(tooEarly)).text).toContain('1 change: not enough data yet to compare any of them.');
  restore();
  expect((await show({ total: 120, notJudged: 2 })).text).toContain('3 of 120 changes: 1 made something worse.');
});

test('an effect can be chosen, in the address', async () => {
  const page = await show();
  await page.click('worse 1');
  expect(page.address).toContain('verdict=worse');
  expect(page.section('Changes')).not.toContain('version 43');
  await page.click('Worst first');
  expect(page.requested.at(-1)).toContain('order=worst');
});

test('details show values and differences; older changes are the next page', async () => {
  const page = await show({ items: [change({})], nextCursor: 'abc' });
  expect(page.section('Changes')).not.toContain('14,210 invocations before');
  await page.click('Details');
  expect(page.section('Changes')).toContain('14,210 invocations before, 3,106 invocations after');
  expect(page.section('Changes')).toContain('9f2c1d7, reported by Ada at 2026-11-27 06:57:40');
  expect(page.link('9f2c1d7')).toBe('https://github.com/acme/search/commit/9f2c1d7be04a');
  expect(page.table('Changed values')).toEqual([
    ['Field', 'Before', 'After'],
    ['Version', '42', '43'],
  ]);
  // 412.1 ms and 473.9 ms.
  expect(page.table('Differences')[1]).toEqual([
    'Duration p95',
    '412 ms',
    '474 ms',
    '+15 %',
    '−6.0 % to +41 %',
    'no evidence of a change',
  ]);
  await page.click('Older');
  expect(page.requested.at(-1)).toContain('cursor=abc');
  await page.click('Newest');
  expect(page.requested.at(-1)).not.toContain('cursor');
});

test('details say why a change is not compared yet', async () => {
  const page = await show({ items: [early] });
  expect(page.section('Changes')).not.toContain('Not yet: only');
  await page.click('Details');
  expect(page.section('Changes')).toContain('Not yet: only 0 of the 3 …');
});

test('an empty range says what it looked for', async () => {
  const { text } = await show({ items: [], total: 0, nextCursor: null });
  expect(text).toContain('No changes in this time range');
});
