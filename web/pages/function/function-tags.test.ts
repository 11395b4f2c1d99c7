/** Tags on the page of a function: their sources, and the form for those that are set by hand. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { FunctionTagsAnswer } from '../../../server/http/contract/tags.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { FunctionTags } from './function-tags.tsx';

afterEach(restore);

const answer: FunctionTagsAnswer = {
  items: [
    { key: 'team', value: 'shop', source: 'manual', overridden: [{ source: 'file', value: 'web' }] },
    { key: 'tier', value: '', source: 'inventory', overridden: [] },
  ],
  nextCursor: null,
  manual: { team: 'shop' },
};

async function open() {
  return showPage(h(FunctionTags, { id: '1:eu-west-1:checkout' }), {
    answers: { getFunctionTags: answer },
  });
}

test('each tag with its source, and what it replaces', async () => {
  const page = await open();
  expect(page.table('Tags')).toEqual([
    ['Key', 'Value', 'Source'],
    ['team', 'shop', 'set here, in place of file of tags: web'],
    ['tier', '""', 'AWS'],
  ]);
  expect(page.link('shop')).toBe('/functions?tag=team%3Ashop');
});

test('lines become tags, and a line that is none is refused before anything is sent', async () => {
  const page = await open();
  await page.fill('tags set here, one key=value a line', 'team=shop\n a = b=c \n\nempty=');
  await page.submit('Save tags');
  expect(page.sent.at(-1)).toEqual([
    'PUT /api/v1/functions/1%3Aeu-west-1%3Acheckout/tags',
    { tags: { team: 'shop', a: 'b=c', empty: '' } },
  ]);
  const sent = page.sent.length;
  await page.fill('tags set here, one key=value a line', 'team');
  await page.submit('Save tags');
  expect(page.text).toContain('team: expected key=value');
  await page.fill('tags set here, one key=value a line', 'a=1\na=2');
  await page.submit('Save tags');
  expect(page.text).toContain('a appears twice');
  expect(page.sent).toHaveLength(sent);
});
