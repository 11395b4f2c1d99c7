/** Silences: what is listed, and how one is changed. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { matchersIn, matcherText } from './matcher-text.ts';
import { Silences } from './silences.tsx';

afterEach(restore);

const [first] = examples.listSilences.answer.items;
const silence = {
  ...first,
  matchers: [
    { name: 'function', value: 'webhook-.*', isRegex: true, isEqual: true },
    { name: 'severity', value: 'critical', isRegex: false, isEqual: false },
  ],
};
const show = (failures: object = {}) =>
  showPage(h(Silences, {}), {
    path: '/alerts',
    answers: { listSilences: { items: [silence], nextCursor: null } as never },
    failures,
  });
const PATH = 'PUT /api/v1/alerts/silences/si_9f234e8530dffa0f6710eb17';

test('matchers are listed as Alertmanager writes them', async () => {
  const { table } = await show();
  expect(table('Silences')[1]?.[0]).toBe('function=~webhook-.*, severity!=critical');
});

test('a comment and matchers are changed, with the revision that was read; the end stays as it is', async () => {
  const page = await show();
  await page.click('Edit');
  await page.fill('Matchers', 'function=webhook-fanout\n alertname!~Cost.*');
  await page.fill('comment', 'Second try');
  await page.submit('Save');
  const matchers = [
    { name: 'function', value: 'webhook-fanout', isRegex: false, isEqual: true },
    { name: 'alertname', value: 'Cost.*', isRegex: true, isEqual: false },
  ];
  const { endsAt, revision } = silence;
  expect(page.sent).toEqual([[PATH, { matchers, endsAt, comment: 'Second try', revision }]]);
});

test('another end is from now on', async () => {
  const page = await show();
  await page.click('Edit');
  await page.fill('ends in', '1.5');
  await page.submit('Save');
  expect(page.sent[0]?.[1]).toMatchObject({ endsAt: expect.stringMatching(/^2026-11-28T09:30:0/) });
});

test('a line that is no matcher is named, and nothing is sent', async () => {
  const page = await show();
  await page.click('Edit');
  await page.fill('Matchers', 'function=a\nfunction a');
  await page.submit('Save');
  expect(page.sent).toEqual([]);
  expect(page.text).toContain('function a: expected name=value');
});

test('a silence that was changed meanwhile is not overwritten', async () => {
  const page = await show({
    updateSilence: { code: 'conflict', detail: 'Silence si_9 was changed after it was read.' },
  });
  await page.click('Edit');
  await page.submit('Save');
  expect(page.text).toContain('was changed after it was read');
});

test.each(['a=b', 'a!=b', 'a=~b.*', 'a!~b|c', 'a=b=c', 'tag.team=', 'a=~x, y'])(
  '%s is read as it is written',
  (text) => {
    expect(matchersIn(`\n${text}\n`).map(matcherText)).toEqual([text]);
  },
);
